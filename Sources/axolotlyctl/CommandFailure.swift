import LocalAPI
import SystemdHost

/// Why a command ends without what was asked for: the exit status, and one line that says what to do.
struct CommandFailure: Error {
  var status: ExitStatus
  var message: String

  init(_ status: ExitStatus, _ message: String) { (self.status, self.message) = (status, message) }

  /// The daemon did not answer.
  init(_ error: HostError) {
    switch error.code {
    case .notRunning:
      self.init(
        .notReachable,
        "\(error.message); start it with 'systemctl start axolotlyd', or name its socket with --socket PATH")
    case .disconnected:
      self.init(.notReachable, "\(error.message); see 'systemctl status axolotlyd' for why, then try again")
    case .timeout:
      self.init(.notReachable, "\(error.message); 'systemctl restart axolotlyd' if it stays so")
    case .permission:
      self.init(.accessDenied, "\(error.message); run it as root or as a member of group axolotly")
    case .unsuitable: self.init(.usage, "\(error.message); name the daemon's socket with --socket PATH")
    case .malformed, .tooLarge: self.init(.protocolBroken, "\(error)")
    case .inUse, .system: self.init(.notReachable, "\(error)")
    }
  }

  /// The daemon answered with an error, whose message says what to do where it can.
  init(_ error: BusCallError) {
    let name = error.name.split(separator: ".").last.map(String.init) ?? error.name
    let said = error.message.isEmpty ? name : error.message
    switch error.name {
    case Agent1.ErrorName.accessDenied: self.init(.accessDenied, said)
    case Agent1.ErrorName.invalidArguments: self.init(.usage, said)
    case Agent1.ErrorName.unavailable: self.init(.upstreamUnreachable, said)
    case Agent1.ErrorName.storage: self.init(.inputOutput, said)
    case Agent1.ErrorName.denied: self.init(.deny, said)
    case Agent1.ErrorName.notPaired, Agent1.ErrorName.noPolicy, Agent1.ErrorName.noActiveProfile,
      Agent1.ErrorName.unknownProfile, Agent1.ErrorName.unknownTitle, Agent1.ErrorName.unknownSession,
      Agent1.ErrorName.alreadyPaired, Agent1.ErrorName.pairingFailed, Agent1.ErrorName.wrongPIN,
      Agent1.ErrorName.pinLocked, Agent1.ErrorName.limit, Agent1.ErrorName.noHandler, Agent1.ErrorName.launchFailed:
      self.init(.refused, said)
    default:
      self.init(.protocolBroken, "\(said) (\(error.name)); install daemon and axolotlyctl of one version")
    }
  }

  /// The daemon answered something else than its interface declares.
  static func malformed(_ member: String) -> CommandFailure {
    CommandFailure(
      .protocolBroken,
      "the daemon's answer to \(member) is not as declared; install daemon and axolotlyctl of one version")
  }
}
