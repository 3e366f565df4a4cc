internal import AgentCore
import CSystemd
import Glibc
internal import LocalAPI

/// One client of the private bus: an sd-bus connection without a broker.
///
/// The client's bytes pass `BusFraming` and a pipe on their way in, so that sd-bus never allocates for a message over
/// the limit; answers and signals go straight to the client's socket. Confined to the loop's thread.
/// The server owns it, and sd-bus calls it back through unretained pointers in `slots`, which go first.
@safe
final class BusConnection {
  let caller: BusCaller
  private(set) var isOpen = true

  private unowned let server: BusServer
  private let bus: OpaquePointer
  private var slots: [OpaquePointer] = unsafe []
  private var input: BusInput?
  private var pendingCalls = 0
  /// The sizes of the messages that sd-bus holds for a client that does not read, oldest first.
  private var queuedBytes: [Int] = []

  init(socket: consuming Descriptor, caller: BusCaller, server: BusServer, loop: EventLoop) throws {
    self.caller = caller
    self.server = server
    let source = try Descriptor(duplicating: socket.number)
    let pipe = try Pipe()
    unsafe bus = unsafe try Self.makeBus(input: pipe.read, output: socket)
    for object in server.objects { try add(object) }
    try watchForEnd()
    let result = unsafe sd_bus_attach_event(bus, loop.handle, 0)
    guard result >= 0 else { throw HostError.failed("sd_bus_attach_event", result, "a client cannot be served") }
    input = try BusInput(source: source, sink: pipe.write, loop: loop) { [unowned self] reason in drop(reason) }
  }

  deinit {
    release()
    unsafe sd_bus_close_unref(bus)
  }

  /// Sends an answer or a signal whose values take `bytes`; a client that lets too much wait is dropped.
  func send(_ message: BusMessage, bytes: Int) throws {
    guard isOpen else { throw HostError(.disconnected, "the client has gone") }
    guard bytes + Self.headerBytes <= Limits.busMessageBytes else {
      throw HostError(.tooLarge, "a message is larger than \(Limits.busMessageBytes) bytes")
    }
    let result = unsafe sd_bus_send(bus, message.handle, nil)
    guard result >= 0 else { throw HostError.failed("sd_bus_send", result, "a message cannot be sent") }
    queuedBytes.append(bytes + Self.headerBytes)
    checkQueue()
  }

  func emit(path: String, interface: String, signal: String, arguments: [BusValue], bytes: Int) throws {
    guard isOpen else { return }
    let message = unsafe try BusMessage.signal(on: bus, path: path, interface: interface, member: signal)
    try BusMarshalling.append(arguments, to: message)
    try send(message, bytes: bytes)
  }

  /// A method call has come.
  func receive(_ message: BusMessage) {
    guard isOpen, checkQueue() else { return }
    pendingCalls += 1
    server.receive(message, from: self)
  }

  /// Answers a call with an error. A connection that cannot even carry that is closing.
  func refuse(_ message: BusMessage, name: String, _ text: String) {
    let text = String(text.prefix(Self.errorCharacters))
    guard let answer = try? BusMessage.error(to: message, name: name, text: text) else { return }
    try? send(answer, bytes: name.utf8.count + text.utf8.count)
  }

  /// A call has been answered or given up.
  func callEnded() { pendingCalls -= 1 }

  var hasTooManyCalls: Bool { pendingCalls > Limits.busPendingCalls }

  /// Answers Properties.Get and GetAll; false where the value does not fit its signature.
  func answer(property: String, of interface: String, in reply: BusMessage) -> Bool {
    guard checkQueue() else { return false }
    return (try? BusMarshalling.append([server.property(interface, property)], to: reply)) != nil
  }

  /// Stops watching; what sd-bus still holds for the client is dropped.
  func release() {
    isOpen = false
    input = nil
    unsafe slots.forEach { unsafe sd_bus_slot_unref($0) }
    unsafe slots = []
    _ = unsafe sd_bus_detach_event(bus)
    unsafe sd_bus_close(bus)
  }

  /// Whether the client keeps up; one that does not is dropped. Answers that sd-bus makes by itself count by number.
  @discardableResult
  private func checkQueue() -> Bool {
    var count: UInt64 = 0
    guard unsafe sd_bus_get_n_queued_write(bus, &count) >= 0 else { return isOpen }
    if queuedBytes.count > Int(count) { queuedBytes.removeFirst(queuedBytes.count - Int(count)) }
    if count > UInt64(Limits.busQueuedMessages) || queuedBytes.reduce(0, +) > Limits.busQueuedBytes {
      drop("the client does not read")
    }
    return isOpen
  }

  private func drop(_ reason: String?) {
    guard isOpen else { return }
    isOpen = false
    server.lost(self, reason: reason)
  }

  /// What a message takes beside its values: fixed header, path, interface, member, signature.
  private static let headerBytes = 512

  private static let errorCharacters = 1_024

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

  private func add(_ object: BusObject) throws {
    var slot: OpaquePointer?
    let userdata = unsafe Unmanaged.passUnretained(self).toOpaque()
    let result = unsafe sd_bus_add_object_vtable(
      bus, &slot, server.objectPath, object.interface.name, object.entries, userdata)
    try Self.check(result, "sd_bus_add_object_vtable")
    if let slot = unsafe slot { unsafe slots.append(slot) }
  }

  private func watchForEnd() throws {
    var slot: OpaquePointer?
    let result = unsafe sd_bus_match_signal(
      bus, &slot, "org.freedesktop.DBus.Local", "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local",
      "Disconnected",
      { _, userdata, _ in
        guard let userdata = unsafe userdata else { return 0 }
        unsafe Unmanaged<BusConnection>.fromOpaque(userdata).takeUnretainedValue().drop(nil)
        return 0
      }, unsafe Unmanaged.passUnretained(self).toOpaque())
    try Self.check(result, "sd_bus_match_signal")
    if let slot = unsafe slot { unsafe slots.append(slot) }
  }
}
