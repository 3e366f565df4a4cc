import ArgumentParser

/// The reference upstream of Axolotly boxes: it serves them, and its other commands speak to the one that runs.
struct UpstreamCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "axolotly-upstream",
    abstract: "The reference upstream: families, policies, a catalogue and usage for Axolotly boxes.",
    discussion: """
      Exit codes: 0 done, 1 the upstream refused, 64 wrong usage, 65 malformed policy, refused lines under --strict or a file without titles, \
      66 a file cannot be read, 69 no upstream answers or the port is in use, 73 the data directory cannot be used, \
      74 input or output failed, 75 another process uses the data directory, 77 the token is refused.
      """,
    subcommands: [
      ServeCommand.self, ImportCommand.self, FamilyCommand.self, PolicyCommand.self, DevicesCommand.self,
      PairingCommand.self, RequestCommand.self, UsageCommand.self, ShelvesCommand.self,
    ])
}
