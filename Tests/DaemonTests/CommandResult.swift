import AgentCore

/// How a command ended and what it said.
struct CommandResult {
  var status: ChildProcess.ExitStatus
  var output: String
  var errors: String

  /// Runs a program to its end, which has to come in time.
  static func of(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], through wrapper: [String] = []
  ) throws -> CommandResult {
    let directory = TemporaryDirectory()
    let process = try ChildProcess(program, arguments, environment: environment, in: directory, through: wrapper)
    guard let status = try process.exit(until: .soon) else {
      throw TestFailure("\(process.name) does not end", log: process.log)
    }
    return CommandResult(status: status, output: process.text, errors: process.log)
  }

  /// Whether standard error is exactly one line.
  var isOneLine: Bool { errors.hasSuffix("\n") && errors.dropLast().allSatisfy { $0 != "\n" } && errors.count > 1 }

  func expect(_ wanted: ChildProcess.ExitStatus, _ what: String, log: String = "") throws {
    guard status == wanted else {
      throw TestFailure("expected \(what) (\(wanted)); came \(status): \(output)\(errors)", log: log)
    }
  }
}
