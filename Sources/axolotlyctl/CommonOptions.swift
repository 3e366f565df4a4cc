import ArgumentParser
import LocalAPI
import Terminal

/// The option of a command that asks no daemon.
struct OutputOptions: ParsableArguments {
  @Flag(name: .long, help: "Print JSON with sorted keys.")
  var json = false

  var output: Output { Output(isJSON: json, style: .current) }
}

/// The options of every command that asks the daemon.
struct CommonOptions: ParsableArguments {
  @Flag(name: .long, help: "Print JSON with sorted keys.")
  var json = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The daemon's socket (default: AXOLOTLY_SOCKET, else \(Agent1.defaultSocket)).", valueName: "PATH"))
  var socket: String?

  func connect() throws -> AgentConnection {
    try AgentConnection(socketPath: socket ?? Terminal.variable("AXOLOTLY_SOCKET") ?? Agent1.defaultSocket)
  }

  var output: Output { Output(isJSON: json, style: .current) }
}

/// The profile that a question is about.
struct ProfileOption: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("Another profile than the active one; needs axolotly-admin.", valueName: "PROFILE"))
  var profile: String?

  /// As the bus has it: empty is the active one.
  var value: String { profile ?? "" }
}
