internal import AgentCore
import CSystemd
import Glibc

/// The agent's object on the private bus: peer to peer over a socket file, without a broker (design, The local bus).
///
/// Confined to the loop's thread. At most `Limits.busClients` connections, of which one user holds at most
/// `Limits.busClientsPerUser`, and all who may hear nothing `Limits.busClientsOfStrangers`; the last
/// `Limits.busClientsKept` are for root and the daemon's own user. Further ones are closed at once.
package final class BusServer {
  /// The name of the service manager's socket (`FileDescriptorName=`).
  package static let passedName = BusListener.passedName

  package let service: BusService

  private let listener: BusListener
  private let loop: EventLoop
  private let log: Log
  private let identify: (_ socket: Int32) throws -> BusCaller
  private var connections: [BusConnection] = []
  private var accepting: EventSource?
  private var refusalsSilentUntil = Moment(nanoseconds: 0)

  /// - Parameters:
  ///   - path: of the socket file; its directory exists.
  ///   - passed: what the service manager passed; its socket `bus` is listened at instead of one of our own.
  ///   - identify: who is at the other end of a connected socket.
  /// - Throws: `HostError`, `.inUse` where a living daemon serves the socket.
  package init(
    loop: EventLoop, path: String, passed: PassedDescriptors? = nil, service: BusService,
    identify: @escaping (_ socket: Int32) throws -> BusCaller = BusCaller.peer
  ) throws {
    self.loop = loop
    self.service = service
    self.identify = identify
    log = service.log
    listener = try BusListener(path: path, passed: passed)
    accepting = try loop.watch(listener.socket.number, events: EPOLLIN.rawValue) { [unowned self] _ in accept() }
    accepting?.limitRate(count: UInt32(Limits.busAcceptsPerSecond), microseconds: 1_000_000)
  }

  /// Refuses a start whose socket a living daemon serves, before anything is made.
  /// - Throws: `HostError`, `.inUse`.
  package static func refuseWhereServed(_ path: String) throws {
    guard (try? UnixSocket.connect(path, isBlocking: false)) != nil else { return }
    throw HostError(.inUse, "another daemon serves \(path): stop it or give another --runtime directory")
  }

  /// The connections go before the vtables that sd-bus reads through them.
  deinit {
    accepting = nil
    for connection in connections { connection.release() }
    connections = []
  }

  /// How many clients are connected.
  package var clientCount: Int { connections.count { $0.isOpen } }

  /// Sends a signal to every client that may hear it.
  package func emit(_ signal: BusSignal) {
    let bytes = BusMarshalling.size(of: signal.arguments)
    for connection in connections where service.access.mayHear(connection.caller) {
      do {
        try connection.emit(signal, bytes: bytes)
      } catch let error as HostError where error.code == .disconnected {
        // A client that leaves meanwhile is ordinary.
        log(.debug, "A client left during a signal", [("signal", signal.name), ("error", "\(error)")])
      } catch {
        log(.warning, "A signal cannot be sent", [("signal", signal.name), ("error", "\(error)")])
      }
    }
  }

  /// Takes a connection out at the end of the turn, when nothing uses it any more.
  func lost(_ connection: BusConnection, reason: String?) {
    if let reason {
      log(.warning, "A client is dropped", [("reason", reason), ("pid", "\(connection.caller.pid)")])
    }
    loop.atEndOfTurn { [weak self] in
      connection.release()
      self?.connections.removeAll { $0 === connection }
    }
  }

  private func accept() {
    let number = axolotly_accept(listener.socket.number)
    guard number >= 0 else {
      if number != -EAGAIN && number != -ECONNABORTED {
        log(.warning, "A client cannot be accepted", [("errno", "\(-number)")])
      }
      return
    }
    let socket = Descriptor(adopting: number)
    do {
      let caller = try identify(number)
      guard service.admitConnection(of: caller) else {
        return log(.debug, "A client is refused, its user connects too often", [("uid", "\(caller.uid)")])
      }
      guard hasPlace(for: caller) else { return noteRefusal(of: caller) }
      connections.append(try BusConnection(socket: socket, caller: caller, server: self, loop: loop))
    } catch {
      log(.warning, "A client cannot be served", [("error", "\(error)")])
    }
  }

  private func hasPlace(for caller: BusCaller) -> Bool {
    let ofUser = connections.count { $0.caller.uid == caller.uid }
    if service.access.unlimitedUsers.contains(caller.uid) {
      return connections.count < Limits.busClients && ofUser < Limits.busClientsPerUser
    }
    guard connections.count < Limits.busClients - Limits.busClientsKept, ofUser < Limits.busClientsPerUser else {
      return false
    }
    return service.access.mayHear(caller)
      || connections.count { !service.access.mayHear($0.caller) } < Limits.busClientsOfStrangers
  }

  /// Once a minute: whoever is refused may try again a thousand times a second.
  private func noteRefusal(of caller: BusCaller) {
    guard SystemClocks.boot() >= refusalsSilentUntil else { return }
    refusalsSilentUntil = SystemClocks.boot() + .seconds(60)
    let holders = Dictionary(grouping: connections, by: \.caller.uid).mapValues(\.count)
    let most = holders.max { ($0.value, $0.key) < ($1.value, $1.key) }
    log(
      .warning, "A client is refused, too many are connected",
      [
        ("uid", "\(caller.uid)"), ("pid", "\(caller.pid)"), ("connected", "\(connections.count)"),
        ("most_by_uid", most.map { "\($0.key)" } ?? "none"), ("most", "\(most?.value ?? 0)"),
      ])
  }
}
