internal import AgentCore
import CSystemd
import Glibc
internal import LocalAPI

/// One client of the private bus: an sd-bus connection without a broker.
///
/// The client's bytes pass `BusFraming` and a pipe on their way in, so that sd-bus never allocates for a message over
/// the limit; answers and signals go straight to the client's socket. Confined to the loop's thread.
/// The server owns it.
@safe
final class BusConnection: BusPeer {
  let caller: BusCaller
  private(set) var isOpen = true

  private unowned let server: BusServer
  private let service: BusService
  private let bus: OpaquePointer
  private var slots: BusSlots?
  private var input: BusInput?
  private var waitingCalls = 0
  private var backlog = BusBacklog(messages: Limits.busQueuedMessages, bytes: Limits.busQueuedBytes)

  init(socket: consuming Descriptor, caller: BusCaller, server: BusServer, loop: EventLoop) throws {
    self.caller = caller
    self.server = server
    service = server.service
    let source = try Descriptor(duplicating: socket.number)
    let pipe = try Pipe()
    unsafe bus = unsafe try Self.makeBus(input: pipe.read, output: socket)
    let slots = BusSlots(
      called: { [unowned self] in service.receive($0, of: caller, from: self) },
      filter: { [unowned self] in isHandled($0) }, ended: { [unowned self] in drop(nil) })
    try unsafe slots.attach(to: bus, path: service.objectPath, objects: service.objects)
    self.slots = slots
    let result = unsafe sd_bus_attach_event(bus, loop.handle, 0)
    guard result >= 0 else { throw HostError.failed("sd_bus_attach_event", result, "a client cannot be served") }
    input = try BusInput(source: source, sink: pipe.write, framing: BusFraming(side: .client), loop: loop) {
      [unowned self] reason in drop(reason)
    }
  }

  deinit {
    release()
    unsafe sd_bus_close_unref(bus)
  }

  /// A client that lets too much wait is dropped.
  func send(_ message: BusMessage, bytes: Int) throws {
    guard isOpen else { throw HostError(.disconnected, "the client has gone") }
    guard bytes + BusBacklog.headerBytes <= Limits.busMessageBytes else {
      throw HostError(.tooLarge, "a message is larger than \(Limits.busMessageBytes) bytes")
    }
    let result = unsafe sd_bus_send(bus, message.handle, nil)
    guard result >= 0 else { throw HostError.failed("sd_bus_send", result, "a message cannot be sent") }
    backlog.append(bytes: bytes)
    checkBacklog()
  }

  func emit(_ signal: BusSignal, bytes: Int) throws {
    guard isOpen else { return }
    let message = unsafe try BusMessage.signal(
      on: bus, path: service.objectPath, interface: signal.interface, member: signal.name)
    try BusMarshalling.append(signal.arguments, to: message)
    try send(message, bytes: bytes)
  }

  func callBegins() -> Bool {
    guard waitingCalls < Limits.busPendingCalls else { return false }
    waitingCalls += 1
    return true
  }

  func callEnded() { waitingCalls -= 1 }

  /// Every message comes by here first: it counts, and properties are answered.
  private func isHandled(_ message: BusMessage) -> Bool {
    guard message.isMethodCall else { return false }
    guard isOpen, checkBacklog(), service.admit(message, of: caller, from: self) else { return true }
    return service.asksForProperties(message) && service.receiveProperties(message, of: caller, from: self)
  }

  /// Stops watching; what sd-bus still holds for the client is dropped.
  func release() {
    isOpen = false
    input = nil
    slots?.release()
    slots = nil
    _ = unsafe sd_bus_detach_event(bus)
    unsafe sd_bus_close(bus)
  }

  /// Whether the client keeps up; one that does not is dropped.
  @discardableResult
  private func checkBacklog() -> Bool {
    var count: UInt64 = 0
    guard unsafe sd_bus_get_n_queued_write(bus, &count) >= 0 else { return isOpen }
    if backlog.isTooLong(queued: count) { drop("the client does not read") }
    return isOpen
  }

  private func drop(_ reason: String?) {
    guard isOpen else { return }
    isOpen = false
    server.lost(self, reason: reason)
  }

  private static func makeBus(input: consuming Descriptor, output: consuming Descriptor) throws -> OpaquePointer {
    var created: OpaquePointer?
    try check(unsafe sd_bus_new(&created), "sd_bus_new")
    guard let bus = unsafe created else { throw HostError(.system, "a client cannot be served") }
    do {
      let input = input.release()
      let output = output.release()
      let adopted = unsafe sd_bus_set_fd(bus, input, output)
      if adopted < 0 {
        _ = close(input)
        _ = close(output)
      }
      try check(adopted, "sd_bus_set_fd")
      var identity = sd_id128_t()
      try check(unsafe sd_id128_randomize(&identity), "sd_id128_randomize")
      try check(unsafe sd_bus_set_server(bus, 1, identity), "sd_bus_set_server")
      // Who calls is known from the socket; what the client says of itself is not compared with it, since
      // sd-bus sees a pipe.
      try check(unsafe sd_bus_set_anonymous(bus, 1), "sd_bus_set_anonymous")
      try check(unsafe sd_bus_negotiate_fds(bus, 0), "sd_bus_negotiate_fds")
      try check(unsafe sd_bus_set_sender(bus, Agent1.busName), "sd_bus_set_sender")
      // At the loop's end sd-bus would flush, and wait up to 90 s for a client that has not finished its greeting.
      try check(unsafe sd_bus_set_close_on_exit(bus, 0), "sd_bus_set_close_on_exit")
      try check(unsafe sd_bus_start(bus), "sd_bus_start")
      limitSendBuffer(output)
    } catch {
      unsafe sd_bus_close_unref(bus)
      throw error
    }
    return unsafe bus
  }

  /// sd-bus asks for 8 MiB; where the daemon is privileged the kernel would give it to every client.
  private static func limitSendBuffer(_ socket: Int32) {
    var bytes = Int32(Limits.busSocketBufferBytes)
    _ = unsafe setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func check(_ result: Int32, _ call: String) throws {
    guard result < 0 else { return }
    throw HostError.failed(call, result, "a client cannot be served")
  }
}
