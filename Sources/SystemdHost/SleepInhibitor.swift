internal import AgentCore
import CSystemd
import Glibc

/// A delay inhibitor of logind: suspend waits for it a few seconds, so that what was counted is durable before.
///
/// logind is asked on a connection of its own that lasts as long as the call: descriptors cannot travel over the agent's
/// connection, whose messages are held to a size before sd-bus sees them. The lock itself outlives that connection. Where there is
/// no logind, or it refuses, suspend comes unannounced and is seen by the clocks. Confined to the loop's thread.
package final class SleepInhibitor {
  private let loop: EventLoop
  private let log: Log
  private let address: String
  private var state = State.free
  private var refusal: String?

  private enum State {
    case free
    case asking
    /// It was given up while logind was being asked.
    case unwanted
    case held(Lock)
  }

  /// The lock is the descriptor.
  private final class Lock: Sendable {
    let descriptor: Descriptor
    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
  }

  /// - Parameter address: of the system bus, as `DBUS_SYSTEM_BUS_ADDRESS` has it.
  package init(loop: EventLoop, address: String, log: Log) {
    (self.loop, self.address, self.log) = (loop, address, log)
  }

  /// Asks for the lock, unless it is held or asked for.
  package func take() {
    switch state {
    case .held, .asking: return
    case .unwanted: return state = .asking
    case .free: break
    }
    state = .asking
    let (address, mailbox) = (address, loop.mailbox)
    let answer = Answer(self)
    do {
      try DetachedThread.start {
        let result = Result { () throws(HostError) in Lock(try Self.ask(address)) }
        mailbox.post { answer.deliver(result) }
      }
    } catch {
      refused("\(error)")
    }
  }

  /// Lets suspend go on.
  package func release() {
    switch state {
    case .held, .free: state = .free
    case .asking, .unwanted: state = .unwanted
    }
  }

  /// Carries an answer to its owner, on the loop's thread, if that still lives.
  private final class Answer: @unchecked Sendable {
    // Sendable because it is made and delivered on the loop's thread; the other thread only hands it on.
    private weak var owner: SleepInhibitor?
    init(_ owner: SleepInhibitor) { self.owner = owner }
    func deliver(_ result: Result<Lock, HostError>) { owner?.answered(result) }
  }

  private func answered(_ result: Result<Lock, HostError>) {
    switch result {
    case .success(let lock):
      if case .unwanted = state { state = .free } else { state = .held(lock) }
      refusal = nil
    case .failure(let error): refused("\(error)")
    }
  }

  /// Said once: a box without logind is in order.
  private func refused(_ cause: String) {
    state = .free
    if refusal == nil { log(.info, "suspend is not announced; it is seen by the clocks", [("cause", cause)]) }
    refusal = cause
  }

  // MARK: logind

  private static func ask(_ address: String) throws(HostError) -> Descriptor {
    var created: OpaquePointer?
    try check(unsafe sd_bus_new(&created), "sd_bus_new")
    guard let bus = unsafe created else { throw HostError(.system, "logind cannot be asked") }
    defer { unsafe sd_bus_close_unref(bus) }
    try check(unsafe sd_bus_set_address(bus, address), "sd_bus_set_address")
    try check(unsafe sd_bus_set_bus_client(bus, 1), "sd_bus_set_bus_client")
    try check(unsafe sd_bus_negotiate_fds(bus, 1), "sd_bus_negotiate_fds")
    try check(unsafe sd_bus_start(bus), "sd_bus_start")
    var reply: OpaquePointer?
    defer { unsafe sd_bus_message_unref(reply) }
    let call = try unsafe inhibit(on: bus)
    defer { unsafe sd_bus_message_unref(call) }
    try check(unsafe sd_bus_call(bus, call, Limits.logindMicroseconds, nil, &reply), "Inhibit")
    var number: Int32 = -1
    try check(unsafe sd_bus_message_read_basic(reply, CChar(UInt8(ascii: "h")), &number), "sd_bus_message_read_basic")
    do { return try Descriptor(duplicating: number) } catch let error as HostError { throw error } catch {
      throw HostError(.system, "logind's lock cannot be kept")
    }
  }

  private static func inhibit(on bus: OpaquePointer) throws(HostError) -> OpaquePointer {
    var made: OpaquePointer?
    try check(
      unsafe sd_bus_message_new_method_call(
        bus, &made, Logind.name, Logind.path, Logind.interface, "Inhibit"), "sd_bus_message_new_method_call")
    guard let call = unsafe made else { throw HostError(.system, "logind cannot be asked") }
    for text in ["sleep", "Axolotly agent", "Counted screen time is being saved", "delay"] {
      let result = unsafe sd_bus_message_append_basic(call, CChar(UInt8(ascii: "s")), text)
      if result < 0 { unsafe sd_bus_message_unref(call) }
      try check(result, "sd_bus_message_append_basic")
    }
    return unsafe call
  }

  private static func check(_ result: Int32, _ call: String) throws(HostError) {
    guard result < 0 else { return }
    throw HostError.failed(call, result, "logind gives no inhibitor")
  }
}

/// logind on the system bus (org.freedesktop.login1(5)).
enum Logind {
  static let name = "org.freedesktop.login1"
  static let path = "/org/freedesktop/login1"
  static let interface = "org.freedesktop.login1.Manager"
  /// Its argument says whether suspend begins, or has ended.
  static let signal = "PrepareForSleep"
}
