import ArgumentParser
import SystemdHost

/// Why the daemon did not start, or ended: one line, and the exit status that `axolotlyd --help` documents.
struct StartFailure: Error {
  var status: Int32
  var message: String

  init(status: Int32, _ message: String) { (self.status, self.message) = (status, message) }

  func exit() -> Never {
    say()
    exitSilently()
  }

  func say() { StandardError.line("axolotlyd: \(message)") }
  func exitSilently() -> Never { Axolotlyd.exit(withError: ExitCode(status)) }
}
