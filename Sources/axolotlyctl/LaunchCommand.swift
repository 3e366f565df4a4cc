import AgentCore
import ArgumentParser
import LocalAPI

/// `launch`: opens a title or an app on the screen.
struct LaunchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "launch",
    abstract: "Open a title or an app on this box.",
    discussion: """
      The policy decides first; then the best target is started, and the next where it fails. A session begins with the app and \
      ends with it, and the app is stopped when the time is up. 'session end' stops it; 'resolve' shows the targets.
      """)

  @Argument(help: ArgumentHelp("The title's reference, such as tmdb:movie:603.", valueName: "TITLE"))
  var title: String?
  @Option(
    name: .long, help: ArgumentHelp("The app by itself, or with a title: only targets of this app.", valueName: "APP"))
  var app: String?
  @OptionGroup var profile: ProfileOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if title == nil && app == nil { throw ValidationError("name a TITLE or give --app APP") }
  }

  func run() throws {
    let connection = try common.connect()
    let subject: [BusValue] = [.string(profile.value), .string(title ?? ""), .string(app ?? "")]
    let answer = try connection.launcher("Launch", subject)
    let (session, remaining) = (try answer.string(0), try answer.remainingSeconds(1))
    let output = common.output
    if output.isJSON {
      return try output.json(["session": .string(session), "remaining_s": JSONValue(remaining)])
    }
    try output.fact("Session", session)
    try output.fact("Remaining", Words.remaining(remaining))
    try output.remark("The app runs; it ends with: axolotlyctl session end \(session)")
  }
}
