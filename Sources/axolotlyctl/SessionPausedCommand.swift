import AgentCore
import ArgumentParser
import LocalAPI

/// `session paused`.
struct SessionPausedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paused", abstract: "Say that a session is paused; its time does not count.")

  @OptionGroup var argument: SessionArgument
  @OptionGroup var common: CommonOptions

  func run() throws {
    _ = try common.connect().launcher("Paused", [.string(argument.session)])
    if common.json { return try common.output.json(["session": .string(argument.session), "state": "paused"]) }
    try common.output.line("Paused.")
  }
}
