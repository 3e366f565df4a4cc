internal import AgentCore
import CSystemd
import Glibc
internal import LocalAPI

/// One connection to the system bus's broker: the agent's name, its object, and who calls it.
///
/// Nothing here waits: the greeting, the name and the callers' credentials are asked for, and what depends on them follows
/// when they come. A caller is known by what the broker says of its connection (GetConnectionCredentials), which never
/// changes; nothing is read of its process. Confined to the loop's thread.
@safe
final class SystemBusConnection: BusPeer {
  /// What became of the connection, in this order at most once each: the name, or none, then the end.
  enum Outcome {
    case named
    case refused(BusCallError)
    case taken
    case ended(String)
    /// Not about the connection: logind says that suspend begins, or has ended.
    case sleep(begins: Bool)
  }

  private(set) var isOpen = true
  private(set) var isNamed = false

  private let service: BusService
  private let bus: OpaquePointer
  private let outcome: (Outcome) -> Void
  private var slots: BusSlots?
  private var input: BusInput?
  private var nameAnswer: PendingAnswer?
  private var callers: [String: BusCaller] = [:]
  private var unknown: [String: Unknown] = [:]
  private var waitingCalls = 0
  private var backlog = BusBacklog(messages: Limits.systemBusQueuedMessages, bytes: Limits.systemBusQueuedBytes)

  /// A caller of whom the broker has not said yet who it is, and its messages.
  private struct Unknown {
    var answer: PendingAnswer
    var held: [BusMessage] = []
  }

  init(
    socket: consuming Descriptor, service: BusService, loop: EventLoop, outcome: @escaping (Outcome) -> Void
  ) throws {
    self.service = service
    self.outcome = outcome
    let source = try Descriptor(duplicating: socket.number)
    let pipe = try Pipe()
    unsafe bus = unsafe try Self.makeBus(input: pipe.read, output: socket)
    let slots = BusSlots(
      called: { [unowned self] in receive($0) }, filter: { [unowned self] in isHandled($0) },
      ended: { [unowned self] in end("the broker closed the connection") },
      slept: { [unowned self] begins in if isOpen { self.outcome(.sleep(begins: begins)) } })
    try unsafe slots.attach(to: bus, path: service.objectPath, objects: service.objects)
    self.slots = slots
    let result = unsafe sd_bus_attach_event(bus, loop.handle, 0)
    guard result >= 0 else { throw HostError.failed("sd_bus_attach_event", result, "the system bus cannot be served") }
    input = try BusInput(
      source: source, sink: pipe.write, framing: BusFraming(side: .broker), loop: loop,
      dropped: { [unowned self] reason in end(reason) },
      passedOver: {
        service.log(
          .warning, "A message over the limit is passed over", [("limit_bytes", "\(Limits.busMessageBytes)")])
      })
    let answer = PendingAnswer { [unowned self] in nameAnswered($0) }
    try unsafe answer.requestName(Agent1.busName, on: bus)
    nameAnswer = answer
  }

  deinit {
    release()
    unsafe sd_bus_close_unref(bus)
  }

  func send(_ message: BusMessage, bytes: Int) throws {
    guard isOpen else { throw HostError(.disconnected, "the broker has gone") }
    guard bytes + BusBacklog.headerBytes <= Limits.busMessageBytes else {
      throw HostError(.tooLarge, "a message is larger than \(Limits.busMessageBytes) bytes")
    }
    let result = unsafe sd_bus_send(bus, message.handle, nil)
    guard result >= 0 else { throw HostError.failed("sd_bus_send", result, "a message cannot be sent") }
    backlog.append(bytes: bytes)
    checkBacklog()
  }

  /// Without the name nobody's policy applies, so nothing is told.
  func emit(_ signal: BusSignal) throws {
    guard isOpen, isNamed else { return }
    let message = unsafe try BusMessage.signal(
      on: bus, path: service.objectPath, interface: signal.interface, member: signal.name)
    try BusMarshalling.append(signal.arguments, to: message)
    try send(message, bytes: BusMarshalling.size(of: signal.arguments))
  }

  func callBegins() -> Bool {
    guard waitingCalls < Limits.systemBusPendingCalls else { return false }
    waitingCalls += 1
    return true
  }

  func callEnded() { waitingCalls -= 1 }

  /// Stops watching; nothing more is called back.
  func release() {
    isOpen = false
    isNamed = false
    input = nil
    nameAnswer = nil
    unknown = [:]
    slots?.release()
    slots = nil
    _ = unsafe sd_bus_detach_event(bus)
    unsafe sd_bus_close(bus)
  }

  // MARK: The name

  private func nameAnswered(_ answer: BusMessage) {
    guard isOpen else { return }
    if let error = answer.error {
      isOpen = false
      return outcome(.refused(error))
    }
    let code = try? BusMarshalling.readAll(from: answer).first
    guard code == .uint32(Self.primaryOwner) || code == .uint32(Self.alreadyOwner) else {
      isOpen = false
      return outcome(.taken)
    }
    isNamed = true
    // Anybody may send the signal to this connection alone, past the match; all that follows is that totals are saved and the
    // inhibitor is given back, so that the next suspend may lose what the usual saving leaves, 15 s.
    do { try unsafe slots?.listenForSleep(on: bus) } catch {
      service.log(.warning, "logind is not listened to", [("cause", "\(error)")])
    }
    outcome(.named)
  }

  /// DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER and _ALREADY_OWNER (D-Bus specification, RequestName).
  private static let (primaryOwner, alreadyOwner): (UInt32, UInt32) = (1, 4)

  private func end(_ reason: String) {
    guard isOpen else { return }
    (isOpen, isNamed) = (false, false)
    outcome(.ended(reason))
  }

  private func checkBacklog() {
    var count: UInt64 = 0
    guard unsafe sd_bus_get_n_queued_write(bus, &count) >= 0 else { return }
    if backlog.isTooLong(queued: count) { end("the broker does not read") }
  }

  // MARK: Calls

  /// Every message comes by here first. What the agent answers waits until its caller is known; descriptions and pings
  /// are sd-bus's to answer.
  private func isHandled(_ message: BusMessage) -> Bool {
    guard message.isMethodCall, let sender = message.sender else { return false }
    guard isOpen else { return true }
    guard let caller = callers[sender] else {
      guard service.asksForProperties(message) else { return false }
      hold(message, of: sender)
      return true
    }
    guard service.admit(message, of: caller, from: self) else { return true }
    return service.asksForProperties(message) && service.receiveProperties(message, of: caller, from: self)
  }

  private func receive(_ message: BusMessage) {
    guard isOpen, let sender = message.sender else { return }
    if let caller = callers[sender] { return service.receive(message, of: caller, from: self) }
    hold(message, of: sender)
  }

  private func hold(_ message: BusMessage, of sender: String) {
    let all = unknown.values.reduce(0) { $0 + $1.held.count }
    let own = unknown[sender]?.held.count ?? 0
    guard all < Limits.systemBusHeldMessages, own < Limits.systemBusHeldMessagesPerCaller else {
      return refuse(message, name: Agent1.ErrorName.limit, "too many calls wait until the broker says who calls")
    }
    if unknown[sender] == nil {
      let answer = PendingAnswer { [unowned self] in learn(sender, $0) }
      do {
        try unsafe answer.call(
          on: bus, member: "GetConnectionCredentials", text: sender,
          microseconds: Limits.systemBusCredentialsMicroseconds)
      } catch {
        return refuse(message, name: Agent1.ErrorName.unavailable, "\(error)")
      }
      unknown[sender] = Unknown(answer: answer)
    }
    unknown[sender]?.held.append(message)
  }

  /// The broker has said who a caller is: what it asked meanwhile is handled in its order.
  private func learn(_ sender: String, _ answer: BusMessage) {
    guard let held = unknown.removeValue(forKey: sender)?.held, isOpen else { return }
    do {
      if let error = answer.error { throw error }
      let caller = try BusCaller.credentials(in: answer)
      if callers.count >= Limits.systemBusCallers { callers.removeAll() }
      callers[sender] = caller
      for message in held where service.admit(message, of: caller, from: self) { handle(message, of: caller) }
    } catch {
      // One that has left needs no answer, and gets none from the broker.
      for message in held {
        refuse(message, name: Agent1.ErrorName.unavailable, "the broker does not say who calls: \(error)")
      }
    }
  }

  private func handle(_ message: BusMessage, of caller: BusCaller) {
    guard service.asksForProperties(message) else { return service.receive(message, of: caller, from: self) }
    guard !service.receiveProperties(message, of: caller, from: self) else { return }
    refuse(message, name: Agent1.ErrorName.invalidArguments, "the agent has no such property that can be so asked for")
  }

  // MARK: sd-bus

  private static func makeBus(input: consuming Descriptor, output: consuming Descriptor) throws -> OpaquePointer {
    var created: OpaquePointer?
    try check(unsafe sd_bus_new(&created), "sd_bus_new")
    guard let bus = unsafe created else { throw HostError(.system, "the system bus cannot be served") }
    do {
      let input = input.release()
      let output = output.release()
      let adopted = unsafe sd_bus_set_fd(bus, input, output)
      if adopted < 0 {
        _ = close(input)
        _ = close(output)
      }
      try check(adopted, "sd_bus_set_fd")
      try check(unsafe sd_bus_set_bus_client(bus, 1), "sd_bus_set_bus_client")
      try check(unsafe sd_bus_negotiate_fds(bus, 0), "sd_bus_negotiate_fds")
      try check(unsafe sd_bus_set_close_on_exit(bus, 0), "sd_bus_set_close_on_exit")
      try check(unsafe sd_bus_start(bus), "sd_bus_start")
    } catch {
      unsafe sd_bus_close_unref(bus)
      throw error
    }
    return unsafe bus
  }

  private static func check(_ result: Int32, _ call: String) throws {
    guard result < 0 else { return }
    throw HostError.failed(call, result, "the system bus cannot be served")
  }
}
