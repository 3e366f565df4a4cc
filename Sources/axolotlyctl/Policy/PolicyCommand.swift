import ArgumentParser

/// `policy`: what the family decided.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Show, explain and try policies.",
    subcommands: [PolicyShowCommand.self, PolicyExplainCommand.self, PolicyTestCommand.self, PolicyLintCommand.self])
}
