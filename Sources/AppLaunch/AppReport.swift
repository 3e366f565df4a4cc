/// What `axolotly-launch` says of the app, one line each: `started`, then how it ended; or that it did not start.
package enum AppReport: Sendable, Equatable {
  case started(process: Int32)
  /// The number of the error that kept it from starting.
  case notStarted(errorNumber: Int32)
  case exited(code: Int32)
  case signalled(number: Int32)

  /// Without the line feed.
  package var line: String {
    switch self {
    case .started(let process): "started \(process)"
    case .notStarted(let number): "failed \(number)"
    case .exited(let code): "exited \(code)"
    case .signalled(let number): "signalled \(number)"
    }
  }

  /// Nil where the line is none of these.
  package init?(line: some StringProtocol) {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, let number = Int32(words[1]), number >= 0 else { return nil }
    switch words[0] {
    case "started": self = .started(process: number)
    case "failed": self = .notStarted(errorNumber: number)
    case "exited": self = .exited(code: number)
    case "signalled": self = .signalled(number: number)
    default: return nil
    }
  }
}
