import AgentCore
import LocalAPI
import SystemdHost

/// A daemon as its launcher sees it, over one connection of its bus.
final class Box {
  let socket: String
  private let client: BusClient

  static let patience = Duration.seconds(15)

  /// Connects and waits until the daemon serves the connection: from then on no signal is missed.
  init(socket: String) throws {
    self.socket = socket
    client = try BusClient(socketPath: socket)
    try client.ping(timeout: Self.patience)
  }

  /// The empty method of the same bus: sd-bus answers it without the daemon's rules.
  func ping() throws { try client.ping(timeout: Self.patience) }

  /// The verdict on a title for the active profile.
  func decide(_ title: String) throws -> String {
    let values = try launcher("Decide", [.string(""), .string(title), .string("")])
    guard case .string(let verdict)? = values.first else { throw BenchError("Decide answers without a verdict") }
    return verdict
  }

  /// The first page of what the active profile may see, as the document that Browse answers.
  func browse() throws -> String {
    let page: [BusValue] = [.string(""), .string(""), .string(""), .uint32(0), .uint32(Self.pageTitles)]
    guard case .string(let document)? = try launcher("Browse", page).first else {
      throw BenchError("Browse answers without a document")
    }
    return document
  }

  private static let pageTitles: UInt32 = 50

  func pair(code: String) throws {
    _ = try client.call(
      interface: Agent1.device.name, member: "PairWithCode", arguments: [.string(code)], timeout: .seconds(60))
  }

  /// The next signal of launchers that has this name and that the body takes; others are passed over.
  ///
  /// - Throws: `BenchError` where it does not come in time.
  @discardableResult
  func awaitSignal(_ name: String, within patience: Duration, where isWanted: ([BusValue]) -> Bool) throws
    -> SuspendingClock.Instant
  {
    let deadline = SystemClocks.boot() + patience
    while let signal = try client.nextSignal(until: deadline) {
      let now = SuspendingClock.now
      if signal.interface == Agent1.launcher.name, signal.name == name, isWanted(signal.arguments) { return now }
    }
    throw BenchError("\(name) did not come within \(patience) at \(socket)")
  }

  /// Passes over signals until then; it is how this program waits.
  func passOverSignals(until moment: Moment) throws {
    while try client.nextSignal(until: moment) != nil {}
  }

  /// Passes over the signals that have come so far.
  func passOverSignals() throws {
    try ping()
    try passOverSignals(until: SystemClocks.boot())
  }

  private func launcher(_ member: String, _ arguments: [BusValue]) throws -> [BusValue] {
    try client.call(interface: Agent1.launcher.name, member: member, arguments: arguments, timeout: Self.patience)
  }
}
