/// Why a file or directory of handlers was passed over: the one error of this edge for `handlers.d`.
package struct HandlerProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// The path.
  package let file: String
  package let code: Code
  /// What is wrong, without the path.
  package let message: String
  /// What the system or the JSON reader said, where either did.
  package let cause: String?

  package enum Code: String, Sendable, CaseIterable {
    case unreadable
    case tooLarge = "too_large"
    case tooMany = "too_many"
    case badJSON = "bad_json"
    /// A member has a value that it may not have.
    case badMember = "bad_member"
    case unknownPlaceholder = "unknown_placeholder"
    case shell
    /// What the handler requires is not on this box; on most boxes true of some shipped handlers.
    case notInstalled = "not_installed"
    /// An earlier file has the same id.
    case duplicate
  }

  package init(file: String, code: Code, message: String, cause: String? = nil) {
    self.file = file
    self.code = code
    self.message = message
    self.cause = cause
  }

  /// One line.
  package var description: String { "\(file): \(message)" + (cause.map { " (\($0))" } ?? "") }
}
