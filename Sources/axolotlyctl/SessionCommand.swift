import ArgumentParser
import LocalAPI

/// `session`: what a launcher says while something plays.
struct SessionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "session",
    abstract: "Begin, keep and end a session, as a launcher does.",
    discussion: """
      A session's time counts while it is playing. It ends 15 seconds after its last heartbeat (playing or paused), so \
      repeat one every 5 seconds; 'session play' does.
      """,
    subcommands: [
      SessionBeginCommand.self, SessionPlayingCommand.self, SessionPausedCommand.self, SessionEndCommand.self,
      SessionPlayCommand.self,
    ])
}

/// What a new session is about.
struct SessionSubject: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The title's reference, such as tmdb:movie:603.", valueName: "TITLE"))
  var title: String?
  @Option(name: .long, help: ArgumentHelp("The app that shows it, or that is used by itself.", valueName: "APP"))
  var app: String?
  @Option(name: .long, help: ArgumentHelp("The service that it comes from.", valueName: "SERVICE"))
  var service: String?
  @OptionGroup var profile: ProfileOption

  func validate() throws {
    if title == nil && app == nil { throw ValidationError("a session needs --title or --app") }
  }

  /// Begins it; the session's id and how long it could go on.
  func begin(_ connection: AgentConnection) throws -> (session: String, remainingSeconds: Int64?) {
    let subject: [BusValue] = [.string(profile.value), .string(title ?? ""), .string(app ?? "")]
    do {
      let answer = try connection.launcher("BeginSession", subject + [.string(service ?? "")])
      return (try answer.string(0), try answer.remainingSeconds(1))
    } catch let failure as CommandFailure where failure.status == .deny {
      throw try refusal(DecisionAnswer(connection.launcher("Decide", subject))) ?? failure
    }
  }

  /// Why it may not begin, in words; nil where it could by now.
  private func refusal(_ decision: DecisionAnswer) -> CommandFailure? {
    let (words, _, status) = Words.verdict(decision.verdict)
    guard status != .done else { return nil }
    return CommandFailure(status, "\(words): " + decision.reasons.map(Words.reason).joined(separator: ", "))
  }
}

/// The session that is meant.
struct SessionArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The session's id.", valueName: "ID"))
  var session: String
}
