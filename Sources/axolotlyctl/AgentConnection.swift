import AgentCore
import LocalAPI
import SystemdHost

/// The connection to the daemon, with the methods of its two interfaces.
struct AgentConnection {
  private let client: BusClient

  /// How long the daemon is given to answer, by what it has to do for it.
  enum Patience {
    /// Out of its own memory and database, a PIN's scrypt included.
    static let local = Duration.seconds(15)
    /// Through the upstream, whose own deadlines are shorter.
    static let upstream = Duration.seconds(60)
    /// Before a person is told that the network is waited for.
    static let firstCode = Duration.seconds(5)
  }

  init(socketPath: String) throws { client = try BusClient(socketPath: socketPath) }

  func launcher(_ member: String, _ arguments: [BusValue] = [], within timeout: Duration = Patience.local) throws
    -> BusAnswer
  {
    try call(Agent1.launcher, member, arguments, timeout)
  }

  func device(_ member: String, _ arguments: [BusValue] = [], within timeout: Duration = Patience.local) throws
    -> BusAnswer
  {
    try call(Agent1.device, member, arguments, timeout)
  }

  /// Waits until the daemon serves this connection: from then on no signal is missed. Whoever may call nothing hears nothing, and is
  /// told so.
  func listen() throws {
    do {
      try client.ping(timeout: Patience.local)
    } catch let error as BusCallError {
      throw CommandFailure(error)
    }
    do {
      _ = try launcher("Profiles")
    } catch let failure as CommandFailure where failure.status != .accessDenied {
      // Its answer is not what is wanted here.
    }
  }

  /// The next signal, nil when the deadline passes first.
  func nextSignal(until deadline: Moment?) throws -> BusSignal? { try client.nextSignal(until: deadline) }

  private func call(
    _ interface: BusInterface, _ member: String, _ arguments: [BusValue], _ timeout: Duration
  ) throws -> BusAnswer {
    do {
      let values = try client.call(interface: interface.name, member: member, arguments: arguments, timeout: timeout)
      return BusAnswer(member: member, values: values)
    } catch let error as BusCallError {
      throw CommandFailure(error)
    }
  }
}
