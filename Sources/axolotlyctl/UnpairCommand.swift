import AgentCore
import ArgumentParser
import Terminal

/// `unpair`: takes the box out of its family.
struct UnpairCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpair",
    abstract: "Take this box out of its family.",
    discussion: "Everything private is erased from the box, also when the upstream cannot be told of it.")

  @Flag(name: .long, help: "Do not ask for confirmation.")
  var yes = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    if !yes { try confirm() }
    _ = try common.connect().device("Unpair", within: AgentConnection.Patience.upstream)
    if common.json { return try common.output.json(["unpaired": true]) }
    try common.output.line("Unpaired", .good, ": everything private is erased. 'axolotlyctl pair' pairs the box again.")
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
