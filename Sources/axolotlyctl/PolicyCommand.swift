import ArgumentParser

/// `policy`: what the family decided.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Show the family's policy.", subcommands: [PolicyShowCommand.self])
}
