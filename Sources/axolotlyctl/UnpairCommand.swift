import AgentCore
import ArgumentParser
import LocalAPI
import Terminal

/// `unpair`: takes the box out of its family.
struct UnpairCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpair",
    abstract: "Take this box out of its family.",
    discussion: """
      Everything private is erased from the box, also when the upstream cannot be told of it. Root and group axolotly-admin \
      need no PIN; a member of group axolotly names an adult's profile and is asked for its PIN.
      """)

  @Flag(name: .long, help: "Do not ask for confirmation.")
  var yes = false
  @Option(name: .long, help: ArgumentHelp("An adult's profile, whose PIN is given.", valueName: "PROFILE"))
  var profile: String?
  @Option(name: .long, help: ArgumentHelp("Its PIN; typed on the terminal where it is not given.", valueName: "PIN"))
  var pin: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    if !yes { try confirm() }
    let pin = try profile == nil ? "" : self.pin ?? typedPIN()
    _ = try common.connect().device(
      "Unpair", [.string(profile ?? ""), .string(pin)], within: AgentConnection.Patience.upstream)
    if common.json { return try common.output.json(["unpaired": true]) }
    try common.output.line("Unpaired", .good, ": everything private is erased. 'axolotlyctl pair' pairs the box again.")
  }

  private func typedPIN() throws -> String {
    guard Terminal.isTerminal(.input), let profile else { return "" }
    guard let pin = try Terminal.readHidden(prompt: "PIN of \(PlainText.shown(profile)): ") else {
      throw CommandFailure(.refused, "no PIN was given; nothing was changed")
    }
    return pin
  }

  private func confirm() throws {
    guard Terminal.isTerminal(.input) else {
      throw CommandFailure(
        .usage, "unpairing erases everything private from this box; add --yes where nobody can be asked")
    }
    try Terminal.write(
      "This erases policy, usage and catalogue from this box and takes it out of its family.\nType yes to go on: ",
      to: .error)
    guard readLine()?.lowercased() == "yes" else {
      throw CommandFailure(.refused, "not confirmed; nothing was changed")
    }
  }
}
