import ArgumentParser
import LocalAPI

/// `usage`: what the box tells the family.
struct UsageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage", abstract: "Show what this box reports.", subcommands: [UsageShowCommand.self])
}

/// `usage show`: the lines of the outbox, exactly as they are sent.
struct UsageShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print the latest usage lines that wait to be sent, exactly as they are sent.",
    discussion: "With --json the same lines are the elements of one array.")

  @Option(name: .long, help: ArgumentHelp("How many lines at most, 1 to 500.", valueName: "N"))
  var limit: UInt32 = 100
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (1...500).contains(limit) else { throw ValidationError("--limit has to be 1 to 500") }
  }

  func run() throws {
    let lines = try common.connect().device("UsageLog", [.uint32(limit)]).strings(0)
    if common.json { return try common.output.raw("[" + lines.joined(separator: ",") + "]") }
    for line in lines { try common.output.raw(line) }
    if lines.isEmpty { try common.output.remark("Nothing waits to be sent.") }
  }
}
