import Glibc

/// A call of the system that failed while an app was run; one line.
package struct AppLaunchError: Error, Sendable, CustomStringConvertible {
  /// The call, such as `prctl`.
  package let call: String
  package let number: Int32
  package let message: String

  /// What came over the connection was at fault, not the system.
  package var isOfRequest: Bool { call == "read" || call == "poll" }

  init(_ call: String, _ number: Int32, _ message: String) {
    (self.call, self.number, self.message) = (call, number, message)
  }

  /// Says it on standard error, one line.
  package func report(as program: String) {
    let line = Array("\(program): \(description)\n".utf8)
    _ = unsafe line.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
  }

  package var description: String { "\(message) (\(call): \(AppLaunchError.text(number)))" }

  /// The system's words for an error number.
  package static func text(_ number: Int32) -> String {
    words[number] ?? "error \(number)"
  }

  /// The errors that starting a program ends with.
  private static let words: [Int32: String] = [
    ENOENT: "there is no such program", EACCES: "it may not be run", ENOEXEC: "it is no program for this machine",
    ENOMEM: "no memory", EAGAIN: "too many processes", E2BIG: "its arguments are too long", EPERM: "not permitted",
    EPROTO: "not understood", ETIMEDOUT: "too late", EPIPE: "the other end is gone",
  ]
}
