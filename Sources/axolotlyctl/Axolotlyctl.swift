import ArgumentParser
import SystemdHost
import Terminal

/// `axolotlyctl`: what a person or a script asks the daemon of this box.
struct Axolotlyctl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "axolotlyctl",
    abstract: "Ask the Axolotly daemon of this box.",
    discussion: """
      Every command talks to the daemon's private socket: --socket, else AXOLOTLY_SOCKET, else /run/axolotly/bus. \
      Group axolotly may use profiles, select, decide, policy explain, resolve, browse, launch, session, standby and request, pair while the box is unpaired, and unpair with an adult's PIN; \
      the others, and another profile than the active one, need root or group axolotly-admin.

      With --json a command prints one JSON document with sorted keys; one that waits (pair, status --watch, monitor) prints one \
      a line.

      \(ExitStatus.table)
      """,
    version: "0.1.0",
    subcommands: [
      PairCommand.self, UnpairCommand.self, StatusCommand.self, SyncCommand.self, ProfilesCommand.self,
      SelectCommand.self, BrowseCommand.self, DecideCommand.self, ResolveCommand.self, LaunchCommand.self,
      SessionCommand.self, StandbyCommand.self, RequestCommand.self, RequestsCommand.self,
      UsageCommand.self, PolicyCommand.self, MonitorCommand.self, DoctorCommand.self,
    ])

  /// Parses, runs, and says in one line what went wrong; returns the exit status.
  static func run(_ arguments: [String]) -> Int32 {
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
      return ExitStatus.done.rawValue
    } catch let failure as CommandFailure {
      return complain(failure)
    } catch let status as ExitStatus {
      return status.rawValue
    } catch let status as DoctorStatus {
      return status.rawValue
    } catch let error as HostError {
      return complain(CommandFailure(error))
    } catch let error as TerminalError {
      return complain(CommandFailure(.inputOutput, "\(error)"))
    } catch {
      return answer(error, to: arguments)
    }
  }

  /// What the argument parser throws: help and version go to standard output, the rest is wrong usage.
  private static func answer(_ error: any Error, to arguments: [String]) -> Int32 {
    guard exitCode(for: error).isSuccess else {
      let message = message(for: error).split(separator: "\n").joined(separator: " ")
      return complain(CommandFailure(.usage, "\(message); see '\(commandName(in: arguments)) --help'"))
    }
    do {
      try Terminal.write(fullMessage(for: error) + "\n", to: .output)
      return ExitStatus.done.rawValue
    } catch {
      return complain(CommandFailure(.inputOutput, "\(error)"))
    }
  }

  /// The longest sub-command that the arguments begin with.
  private static func commandName(in arguments: [String]) -> String {
    var command: any ParsableCommand.Type = Self.self
    var names = ["axolotlyctl"]
    for argument in arguments {
      guard let next = command.configuration.subcommands.first(where: { $0.configuration.commandName == argument })
      else { break }
      command = next
      names.append(argument)
    }
    return names.joined(separator: " ")
  }

  private static func complain(_ failure: CommandFailure) -> Int32 {
    // Where even this cannot be written, the status still says it.
    try? Terminal.write("axolotlyctl: \(PlainText.shown(failure.message))\n", to: .error)
    return failure.status.rawValue
  }
}
