package import AgentCore
import Glibc
internal import LocalAPI

/// The agent's object on the system bus (design, The local bus), as long as there is a broker that lets it have its name.
///
/// Each `connect` ends in one report, and a name that was held in one more when it is lost; when to connect again is for
/// the core to say. Confined to the loop's thread; nothing in it waits.
package final class SystemBus {
  private let loop: EventLoop
  private let service: BusService
  private let address: String
  private let report: (SystemBusReport) -> Void
  private var connection: SystemBusConnection?
  /// Suspend begins (true) or has ended, as logind says.
  package var onSleep: ((Bool) -> Void)?

  /// - Parameter address: as `DBUS_SYSTEM_BUS_ADDRESS` has it.
  package init(
    loop: EventLoop, address: String, service: BusService, report: @escaping (SystemBusReport) -> Void
  ) {
    (self.loop, self.address, self.service, self.report) = (loop, address, service, report)
  }

  deinit { connection?.release() }

  /// Connects and asks for the name, in place of whatever connection there was.
  package func connect() {
    connection?.release()
    connection = nil
    do {
      guard let address = BusAddress(address) else {
        throw HostError(.unsuitable, "\"\(address)\" is no address of the form unix:path=FILE")
      }
      connection = try SystemBusConnection(socket: address.connect(), service: service, loop: loop) {
        [unowned self] in take($0)
      }
    } catch {
      report(.failed(.unreachable, cause: Self.cause(error)))
    }
  }

  /// Sends a signal to those whom the broker's policy lets hear it, while the name is held.
  package func emit(_ signal: BusSignal) {
    do {
      try connection?.emit(signal)
    } catch {
      service.log(.warning, "A signal cannot be sent", [("signal", signal.name), ("error", "\(error)")])
    }
  }

  private func take(_ outcome: SystemBusConnection.Outcome) {
    switch outcome {
    case .named: report(.named)
    case .taken: drop(.nameTaken, "another process owns \(Agent1.busName)")
    case .refused(let error) where error.name == Agent1.ErrorName.accessDenied: drop(.nameRefused, error.message)
    case .refused(let error): drop(.unreachable, "\(error.name): \(error.message)")
    case .ended(let reason): drop(.unreachable, reason)
    case .sleep(let begins): onSleep?(begins)
    }
  }

  /// The connection goes when nothing uses it any more.
  private func drop(_ fault: SystemBusPresence.Fault, _ cause: String) {
    let connection = connection
    loop.atEndOfTurn { [weak self] in
      connection?.release()
      if let self, self.connection === connection { self.connection = nil }
    }
    report(.failed(fault, cause: cause))
  }

  /// A missing broker is said as such: `UnixSocket` speaks of the daemon.
  private static func cause(_ error: any Error) -> String {
    guard let error = error as? HostError, let cause = error.cause else { return "\(error)" }
    return error.code == .notRunning ? "no broker listens (\(cause))" : "the broker cannot be reached (\(cause))"
  }
}
