import CSystemd
import Glibc

/// What went wrong at the border to the operating system: a code, one line to read, and the call that failed.
package struct HostError: Error, CustomStringConvertible, Sendable {
  package enum Code: String, Sendable {
    /// A socket or a directory is used by another running daemon.
    case inUse
    /// Nobody listens at the socket.
    case notRunning
    /// The operating system refuses it to this user.
    case permission
    /// A path is not what it has to be (owner, kind, mode, length).
    case unsuitable
    /// Larger than its limit.
    case tooLarge
    /// A value or message of the bus that has no meaning here.
    case malformed
    /// No answer in time.
    case timeout
    /// The other side has closed the connection.
    case disconnected
    /// Any other failure of a call.
    case system
  }

  package var code: Code
  /// One sentence, with what to do where something can be done.
  package var message: String
  /// The failed call and its result, for example `bind: Permission denied (13)`; nil where no call failed.
  package var cause: String?

  package init(_ code: Code, _ message: String, cause: String? = nil) {
    (self.code, self.message, self.cause) = (code, message, cause)
  }

  package var description: String {
    guard let cause else { return message }
    return "\(message) (\(cause))"
  }

  /// The error of a call that answered `result`, a negative errno.
  static func failed(_ call: String, _ result: Int32, _ message: String, code: Code? = nil) -> HostError {
    let number = result < 0 ? -result : result
    let cause = "\(call): \(text(ofErrno: number)) (\(number))"
    return HostError(code ?? usualCode(of: number), message, cause: cause)
  }

  private static func usualCode(of number: Int32) -> Code {
    switch number {
    case EACCES, EPERM, EROFS: .permission
    case ETIMEDOUT: .timeout
    case ECONNRESET, ENOTCONN, EPIPE, ESHUTDOWN: .disconnected
    case ECONNREFUSED: .notRunning
    case EADDRINUSE: .inUse
    case EMSGSIZE, ENOBUFS, E2BIG: .tooLarge
    default: .system
    }
  }

  private static func text(ofErrno number: Int32) -> String {
    guard let pointer = unsafe axolotly_error_text(number) else { return "unknown error" }
    return unsafe String(cString: pointer)
  }
}
