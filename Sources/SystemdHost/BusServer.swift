internal import AgentCore
import CSystemd
import Glibc
package import LocalAPI

/// The agent's object on the private bus: peer to peer over a socket file, without a broker (design, The local bus).
///
/// Confined to the loop's thread. At most `Limits.busClients` connections, of which one user holds at most
/// `Limits.busClientsPerUser`; further ones are closed at once.
package final class BusServer {
  let objectPath: String
  let objects: [BusObject]
  let property: (_ interface: String, _ name: String) -> BusValue

  private let listener: BusListener
  private let loop: EventLoop
  private let log: Log
  private let handler: (BusCall) -> Void
  private var connections: [BusConnection] = []
  private var accepting: EventSource?

  /// - Parameters:
  ///   - path: of the socket file; its directory exists.
  ///   - passed: what the service manager passed; its socket `bus` is listened at instead of one of our own.
  ///   - property: the value of a property of one of `interfaces`, of the declared signature.
  ///   - handler: receives every method call on the loop's thread, its arguments checked against the signature.
  /// - Throws: `HostError`, `.inUse` where a living daemon serves the socket.
  package init(
    loop: EventLoop, path: String, passed: PassedDescriptors? = nil, objectPath: String, interfaces: [BusInterface],
    log: Log,
    property: @escaping (_ interface: String, _ name: String) -> BusValue, handler: @escaping (BusCall) -> Void
  ) throws {
    self.loop = loop
    self.log = log
    self.objectPath = objectPath
    self.objects = interfaces.map(BusObject.init)
    self.property = property
    self.handler = handler
    listener = try BusListener(path: path, passed: passed)
    accepting = try loop.watch(listener.socket.number, events: EPOLLIN.rawValue) { [unowned self] _ in accept() }
    accepting?.limitRate(count: UInt32(Limits.busAcceptsPerSecond), microseconds: 1_000_000)
  }

  /// The connections go before the vtables that sd-bus reads through them.
  deinit {
    accepting = nil
    for connection in connections { connection.release() }
    connections = []
  }

  /// How many clients are connected.
  package var clientCount: Int { connections.count { $0.isOpen } }

  /// Sends a signal to every connected client. One whose arguments are not as declared is logged and not sent.
  package func emit(interface: String, signal: String, arguments: [BusValue]) {
    let declared = objects.first { $0.interface.name == interface }?.interface.signals.first { $0.name == signal }
    guard let declared, declared.arguments.map(\.signature) == arguments.map(\.signature) else {
      log(.error, "A signal is not as declared", [("interface", interface), ("signal", signal)])
      return
    }
    send(interface: interface, signal: signal, arguments: arguments)
  }

  /// Announces the present values of properties (org.freedesktop.DBus.Properties.PropertiesChanged).
  package func emitPropertiesChanged(interface: String, _ names: [String]) {
    let changed = names.map { BusValue.dictionaryEntry(.string($0), .variant(property(interface, $0))) }
    send(
      interface: "org.freedesktop.DBus.Properties", signal: "PropertiesChanged",
      arguments: [.string(interface), .array(element: "{sv}", changed), .array(element: "s", [])])
  }

  func receive(_ message: BusMessage, from connection: BusConnection) {
    let member = message.member ?? ""
    guard let (interface, method) = method(named: member, in: message.interface) else {
      connection.callEnded()
      return
    }
    do {
      let call = BusCall(
        message: message, connection: connection, interface: interface.name, method: method,
        arguments: try BusMarshalling.readAll(from: message))
      guard !connection.hasTooManyCalls else {
        call.fail(name: Agent1.ErrorName.limit, message: "\(Limits.busPendingCalls) calls wait for their answers")
        return
      }
      handler(call)
    } catch {
      connection.callEnded()
      connection.refuse(message, name: Agent1.ErrorName.invalidArguments, "\(error)")
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

  private func method(
    named member: String, in interface: String?
  ) -> (interface: BusInterface, method: BusInterface.Method)? {
    for object in objects where interface == nil || interface == object.interface.name {
      if let method = object.interface.methods.first(where: { $0.name == member }) {
        return (object.interface, method)
      }
    }
    return nil
  }

  private func send(interface: String, signal: String, arguments: [BusValue]) {
    let bytes = BusMarshalling.size(of: arguments)
    for connection in connections {
      do {
        try connection.emit(
          path: objectPath, interface: interface, signal: signal, arguments: arguments, bytes: bytes)
      } catch let error as HostError where error.code == .disconnected {
        // A client that leaves meanwhile is ordinary.
        log(.debug, "A client left during a signal", [("signal", signal), ("error", "\(error)")])
      } catch {
        log(.warning, "A signal cannot be sent", [("signal", signal), ("error", "\(error)")])
      }
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
      let caller = try BusCaller.peer(of: number)
      guard hasPlace(for: caller) else {
        log(
          .warning, "A client is refused, too many are connected", [("uid", "\(caller.uid)"), ("pid", "\(caller.pid)")])
        return
      }
      connections.append(try BusConnection(socket: socket, caller: caller, server: self, loop: loop))
    } catch {
      log(.warning, "A client cannot be served", [("error", "\(error)")])
    }
  }

  private func hasPlace(for caller: BusCaller) -> Bool {
    let ofUser = connections.count { $0.caller.uid == caller.uid }
    return connections.count < Limits.busClients && ofUser < Limits.busClientsPerUser
  }
}
