import AgentCore
import ArgumentParser
import LocalAPI

/// `request`: a child asks a parent.
struct RequestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "request", abstract: "Ask a parent for a title or for more time.",
    discussion:
      "The answer comes as the signal RequestAnswered ('axolotlyctl monitor'); what was granted comes with the policy.",
    subcommands: [RequestTitleCommand.self, RequestTimeCommand.self])

  static func show(_ answer: BusAnswer, _ output: Output) throws {
    let request = try answer.string(0)
    if output.isJSON { return try output.json(["request": .string(request)]) }
    try output.fact("Asked", request)
  }
}

/// `request title`.
struct RequestTitleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "title", abstract: "Ask a parent to allow a title.")

  @Argument(help: ArgumentHelp("The title's reference, such as tmdb:movie:603.", valueName: "TITLE"))
  var title: String
  @OptionGroup var profile: ProfileOption
  @OptionGroup var common: CommonOptions

  func run() throws {
    try RequestCommand.show(
      common.connect().launcher("RequestTitle", [.string(profile.value), .string(title)]), common.output)
  }
}

/// `request time`.
struct RequestTimeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "time", abstract: "Ask a parent for more time today.")

  @Argument(help: ArgumentHelp("How many minutes, 1 to 1440.", valueName: "MINUTES"))
  var minutes: UInt32
  @OptionGroup var profile: ProfileOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (1...1_440).contains(minutes) else { throw ValidationError("MINUTES has to be 1 to 1440") }
  }

  func run() throws {
    try RequestCommand.show(
      common.connect().launcher("RequestTime", [.string(profile.value), .uint32(minutes)]), common.output)
  }
}

/// `requests`: what was asked, and what became of it.
struct RequestsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "requests", abstract: "List what children asked for, and the answers.")

  @OptionGroup var common: CommonOptions

  func run() throws {
    let document = try Document<RequestsDocument>(common.connect().device("Requests"))
    if common.json { return try common.output.raw(document.text) }
    var table = Table([
      .init(heading: "REQUEST"), .init(heading: "PROFILE"), .init(heading: "ASKS", mayBeCut: true),
      .init(heading: "AT"),
      .init(heading: "STATE"),
    ])
    for request in document.content.requests {
      let asks = request.title ?? request.minutes.map { "\($0) min" } ?? request.asks
      table.add([request.request, request.profile, asks, Words.instant(request.at), request.state])
    }
    if !table.isEmpty { return try table.print(to: common.output) }
    try common.output.remark("Nobody asked for anything.")
  }
}

/// `standby`: the screen goes dark, or comes back.
struct StandbyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "standby", abstract: "Say that the screen goes dark, or comes back.",
    discussion: "In standby sessions end and no profile is active; after it the policy's default profile is.")

  enum Change: String, ExpressibleByArgument, CaseIterable { case on, off }

  @Argument(help: "on or off.")
  var change: Change
  @OptionGroup var common: CommonOptions

  func run() throws {
    _ = try common.connect().launcher("Standby", [.boolean(change == .on)])
    if common.json { return try common.output.json(["standby": .bool(change == .on)]) }
    try common.output.line(change == .on ? "In standby" : "Awake", .good)
  }
}
