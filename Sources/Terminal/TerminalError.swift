/// Why a terminal or a standard stream could not be used: a code, one line to read, and the call that failed.
package struct TerminalError: Error, CustomStringConvertible, Sendable {
  package enum Code: String, Sendable {
    /// A stream cannot be written to.
    case output
    /// Standard input is no terminal, or its echo cannot be switched off.
    case input
  }

  package var code: Code
  package var message: String
  package var cause: String?

  init(_ code: Code, _ message: String, cause: String? = nil) {
    (self.code, self.message, self.cause) = (code, message, cause)
  }

  package var description: String { cause.map { "\(message) (\($0))" } ?? message }
}
