import AgentCore
import ArgumentParser

/// `sync`: asks the upstream at once.
struct SyncCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Ask the upstream at once for what is new.",
    discussion: """
      It ends when the upstream has answered; shelves that are new are fetched after that, which 'axolotlyctl status \
      --watch' shows. It breaks any other wait once, but never a Retry-After of the upstream.
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    _ = try common.connect().device("Sync", within: AgentConnection.Patience.upstream)
    if common.json { return try common.output.json(["synced": true]) }
    try common.output.line("In touch", .good, ": the upstream has answered; 'axolotlyctl status' shows what is there.")
  }
}
