import AgentCore
import ArgumentParser

/// `session begin`.
struct SessionBeginCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "begin", abstract: "Begin a session and print its id.",
    discussion: "Its time does not count before the first 'session playing'.")

  @OptionGroup var subject: SessionSubject
  @OptionGroup var common: CommonOptions

  func run() throws {
    let (session, remaining) = try subject.begin(common.connect())
    if common.json {
      return try common.output.json(["session": .string(session), "remaining_s": JSONValue(remaining)])
    }
    try common.output.fact("Session", session)
    try common.output.fact("Remaining", Words.remaining(remaining))
  }
}
