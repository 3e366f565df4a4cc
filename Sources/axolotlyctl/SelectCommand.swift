import AgentCore
import ArgumentParser
import LocalAPI
import Terminal

/// `select`: makes a profile the active one.
struct SelectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "select",
    abstract: "Make a profile the active one.",
    discussion: """
      Where the profile has a PIN and none is given, it is asked for on the terminal and not shown. Open sessions end. \
      Other users of the box can see the options of a running program: type the PIN rather than give it.
      """)

  @Argument(help: ArgumentHelp("The profile's id.", valueName: "PROFILE"))
  var profile: String
  @Option(name: .long, help: ArgumentHelp("The profile's PIN.", valueName: "PIN"))
  var pin: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    let connection = try common.connect()
    let pin = try self.pin ?? typedPIN(connection)
    _ = try connection.launcher("SelectProfile", [.string(profile), .string(pin)])
    if common.json { return try common.output.json(["profile": .string(profile)]) }
    try common.output.line("Active", .good, ": \(profile)")
  }

  private func typedPIN(_ connection: AgentConnection) throws -> String {
    guard Terminal.isTerminal(.input),
      try ProfileListing(connection).profiles.first(where: { $0.id == profile })?.hasPIN == true
    else { return "" }
    guard let pin = try Terminal.readHidden(prompt: "PIN of \(PlainText.shown(profile)): ") else {
      throw CommandFailure(.refused, "no PIN was given; nothing was changed")
    }
    return pin
  }
}
