import AgentCore
import ArgumentParser
import LocalAPI

/// `session end`.
struct SessionEndCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "end", abstract: "End a session and print how long it played.")

  @OptionGroup var argument: SessionArgument
  @OptionGroup var common: CommonOptions

  func run() throws {
    let played = try common.connect().launcher("EndSession", [.string(argument.session)]).int64(0)
    if common.json { return try common.output.json(["played_s": .integer(played)]) }
    try common.output.fact("Played", Words.clock(played))
  }
}
