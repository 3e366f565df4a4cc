import AgentCore
import ArgumentParser
import LocalAPI

/// `session playing`.
struct SessionPlayingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "playing", abstract: "Say that a session is playing; its time counts from now on.")

  @OptionGroup var argument: SessionArgument
  @OptionGroup var common: CommonOptions

  func run() throws {
    let answer = try common.connect().launcher("Playing", [.string(argument.session)])
    let remaining = try answer.remainingSeconds(0)
    if common.json { return try common.output.json(["remaining_s": JSONValue(remaining)]) }
    try common.output.fact("Remaining", Words.remaining(remaining))
  }
}
