import ArgumentParser
import Database
import Foundation
import Glibc

/// Ends the process with one line and the exit code of a failure.
func end(_ failure: Failure) -> Never {
  complain("axolotly-upstream: " + failure.message)
  exit(failure.exit.rawValue)
}

/// Runs a command whether it is asynchronous or not.
func run(_ parsed: any ParsableCommand) async throws {
  if var command = parsed as? any AsyncParsableCommand { return try await command.run() }
  var command = parsed
  try command.run()
}

// Keys, codes and what families do are nobody else's to read.
umask(0o077)
do {
  try await run(try UpstreamCommand.parseAsRoot())
} catch let failure as Failure {
  end(failure)
} catch let error as DatabaseError {
  if error.isCorrupt {
    end(Failure(.io, "\(error); put a copy of the data directory back, or begin with an empty one: boxes pair anew"))
  }
  let exit: Failure.Exit = error.isForeignSchema ? .cannotCreate : error.isBusy ? .busy : .io
  end(Failure(exit, error.description))
} catch {
  guard UpstreamCommand.exitCode(for: error) == .validationFailure else { UpstreamCommand.exit(withError: error) }
  end(Failure(.usage, UpstreamCommand.message(for: error) + "; see axolotly-upstream --help"))
}
