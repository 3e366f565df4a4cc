package import AgentCore
import CSystemd
import Glibc
package import LocalAPI

/// A blocking client of the private bus, for programs that do one thing at a time.
///
/// Confined to the thread that uses it. Signals that come during a call are kept for `nextSignal`.
@safe
package final class BusClient {
  private let bus: OpaquePointer

  /// - Throws: `HostError`: `.notRunning` where nobody listens, `.permission`, `.unsuitable`.
  package init(socketPath: String) throws {
    let socket = try UnixSocket.connect(socketPath, isBlocking: true)
    unsafe bus = unsafe try Self.start(socket)
  }

  deinit { unsafe sd_bus_flush_close_unref(bus) }

  /// Calls a method of the agent's object and waits for its results.
  ///
  /// - Throws: `BusCallError` where the daemon answered with an error; `HostError` where it did not answer.
  package func call(
    interface: String, member: String, arguments: [BusValue], timeout: Duration
  ) throws -> [BusValue] {
    let message = unsafe try BusMessage.call(on: bus, path: Agent1.objectPath, interface: interface, member: member)
    try BusMarshalling.append(arguments, to: message)
    return try BusMarshalling.readAll(from: answer(to: message, timeout: timeout))
  }

  /// The value of a property of the agent's object.
  package func property(interface: String, name: String, timeout: Duration) throws -> BusValue {
    let results = try call(
      interface: "org.freedesktop.DBus.Properties", member: "Get", arguments: [.string(interface), .string(name)],
      timeout: timeout)
    guard case .variant(let value)? = results.first else { throw HostError(.malformed, "a property has one value") }
    return value
  }

  /// The object's description as introspection XML.
  package func introspect(timeout: Duration) throws -> String {
    let results = try call(
      interface: "org.freedesktop.DBus.Introspectable", member: "Introspect", arguments: [], timeout: timeout)
    guard case .string(let document)? = results.first else { throw HostError(.malformed, "a description is a text") }
    return document
  }

  /// Asks whether the daemon's loop turns; it answers without any of the daemon's rules.
  package func ping(timeout: Duration) throws {
    _ = try call(interface: "org.freedesktop.DBus.Peer", member: "Ping", arguments: [], timeout: timeout)
  }

  /// The next signal, nil when the deadline passes first; without a deadline it waits as long as it takes.
  ///
  /// - Throws: `HostError.disconnected` when the daemon ends.
  package func nextSignal(until deadline: Moment?) throws -> BusSignal? {
    while true {
      var handle: OpaquePointer?
      let result = unsafe sd_bus_process(bus, &handle)
      if let handle = unsafe handle {
        if let signal = try Self.signal(unsafe BusMessage(adopting: handle)) { return signal }
        continue
      }
      guard result >= 0 else { throw Self.lost("sd_bus_process", result) }
      if result > 0 { continue }
      guard try wait(until: deadline) else { return nil }
    }
  }

  private func wait(until deadline: Moment?) throws -> Bool {
    var limit = UInt64.max
    if let deadline {
      let left = (deadline - SystemClocks.boot()).nanoseconds
      guard left > 0 else { return false }
      limit = UInt64(left + 999) / 1_000
    }
    let result = unsafe sd_bus_wait(bus, limit)
    guard result >= 0 || result == -EINTR else { throw Self.lost("sd_bus_wait", result) }
    return true
  }

  private func answer(to message: BusMessage, timeout: Duration) throws -> BusMessage {
    let deadline = SystemClocks.boot() + timeout
    try becomeReady(until: deadline)
    var error = unsafe sd_bus_error()
    var handle: OpaquePointer?
    let microseconds = UInt64(max(1_000, (deadline - SystemClocks.boot()).nanoseconds / 1_000))
    let result = unsafe sd_bus_call(bus, message.handle, microseconds, &error, &handle)
    defer { unsafe sd_bus_error_free(&error) }
    if let handle = unsafe handle, result >= 0 { return unsafe BusMessage(adopting: handle) }
    switch -result {
    case ETIMEDOUT: throw HostError.failed("sd_bus_call", result, "the daemon does not answer")
    case ECONNRESET, ENOTCONN, EPIPE, ESHUTDOWN: throw Self.lost("sd_bus_call", result)
    default: break
    }
    guard let name = unsafe error.name else { throw Self.lost("sd_bus_call", result) }
    throw unsafe BusCallError(
      name: String(cString: name), message: error.message.map { unsafe String(cString: $0) } ?? "")
  }

  /// The daemon's half of the greeting, for which sd_bus_call would wait without end.
  private func becomeReady(until deadline: Moment) throws {
    while unsafe sd_bus_is_ready(bus) == 0 {
      let result = unsafe sd_bus_process(bus, nil)
      guard result >= 0 else { throw Self.lost("sd_bus_process", result) }
      if result > 0 { continue }
      guard try wait(until: deadline) else {
        throw HostError(.timeout, "the daemon does not answer; see: axolotlyctl doctor")
      }
    }
  }

  private static func signal(_ message: BusMessage) throws -> BusSignal? {
    guard message.isSignal, let interface = message.interface, let name = message.member else { return nil }
    if interface == "org.freedesktop.DBus.Local" { throw HostError(.disconnected, "the daemon has ended") }
    return BusSignal(interface: interface, name: name, arguments: try BusMarshalling.readAll(from: message))
  }

  private static func lost(_ call: String, _ result: Int32) -> HostError {
    .failed(call, result, "the connection to the daemon is lost", code: .disconnected)
  }

  private static func start(_ socket: consuming Descriptor) throws -> OpaquePointer {
    var created: OpaquePointer?
    let result = unsafe sd_bus_new(&created)
    guard result >= 0, let bus = unsafe created else { throw lost("sd_bus_new", result) }
    let number = socket.release()
    let adopted = unsafe sd_bus_set_fd(bus, number, number)
    if adopted < 0 { _ = close(number) }
    let started = adopted < 0 ? adopted : unsafe sd_bus_start(bus)
    guard started >= 0 else {
      unsafe sd_bus_unref(bus)
      throw lost("sd_bus_start", started)
    }
    return unsafe bus
  }
}
