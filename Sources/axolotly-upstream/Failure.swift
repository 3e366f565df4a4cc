import Foundation

/// Why a command ends without success: one line that says what to do, and the exit code.
struct Failure: Error, CustomStringConvertible {
  var exit: Exit
  var message: String
  /// Where a policy is malformed, the member's path as a JSON Pointer.
  var path: String?

  init(_ exit: Exit, _ message: String, path: String? = nil) {
    (self.exit, self.message, self.path) = (exit, message, path)
  }

  var description: String { message }

  /// Exit codes of every command (sysexits.h where it has one).
  enum Exit: Int32 {
    /// The upstream refused what was asked (unknown family, used code, …).
    case refused = 1
    /// EX_USAGE.
    case usage = 64
    /// EX_DATAERR: a policy that is none, lines refused under `--strict`.
    case data = 65
    /// EX_NOINPUT: a file that is not there or cannot be read.
    case noInput = 66
    /// EX_UNAVAILABLE: no upstream answers, or the port is in use.
    case unavailable = 69
    /// EX_CANTCREAT: the data directory cannot be made or written, or is another program's.
    case cannotCreate = 73
    /// EX_IOERR.
    case io = 74
    /// EX_TEMPFAIL: another process uses the data directory.
    case busy = 75
    /// EX_NOPERM: the token is refused.
    case noPermission = 77
  }
}

/// Writes one line to standard error.
func complain(_ line: String) {
  FileHandle.standardError.write(Data((line + "\n").utf8))
}
