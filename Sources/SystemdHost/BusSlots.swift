import CSystemd
import Glibc
internal import LocalAPI

/// What sd-bus calls back for one bus: the agent's object, every message before it is looked at, and the end.
///
/// It is the userdata of its own slots, unretained: whoever owns it calls `release` before it goes. Confined to the
/// loop's thread.
@safe
final class BusSlots {
  /// A method of the agent's object is called, its signature checked.
  let called: (BusMessage) -> Void
  /// A message has come; true: it needs no further handling.
  let filter: (BusMessage) -> Bool
  /// The connection has ended.
  let ended: () -> Void
  /// logind says that suspend begins (true) or has ended.
  let slept: (Bool) -> Void
  private var slots: [OpaquePointer] = unsafe []

  init(
    called: @escaping (BusMessage) -> Void, filter: @escaping (BusMessage) -> Bool, ended: @escaping () -> Void,
    slept: @escaping (Bool) -> Void = { _ in }
  ) {
    (self.called, self.filter, self.ended, self.slept) = (called, filter, ended, slept)
  }

  /// Listens for logind; that the broker takes note of it is not waited for.
  func listenForSleep(on bus: OpaquePointer) throws {
    let userdata = unsafe Unmanaged.passUnretained(self).toOpaque()
    try unsafe add("sd_bus_match_signal_async") {
      unsafe sd_bus_match_signal_async(
        bus, &$0, Logind.name, Logind.path, Logind.interface, Logind.signal, sleepAnnounced, nil, userdata)
    }
  }

  func attach(to bus: OpaquePointer, path: String, objects: [BusObject]) throws {
    let userdata = unsafe Unmanaged.passUnretained(self).toOpaque()
    for object in objects {
      try unsafe add("sd_bus_add_object_vtable") {
        unsafe sd_bus_add_object_vtable(bus, &$0, path, object.interface.name, object.entries, userdata)
      }
    }
    try unsafe add("sd_bus_add_filter") { unsafe sd_bus_add_filter(bus, &$0, messageCame, userdata) }
    try unsafe add("sd_bus_match_signal") {
      unsafe sd_bus_match_signal(
        bus, &$0, "org.freedesktop.DBus.Local", "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local",
        "Disconnected", connectionEnded, userdata)
    }
  }

  /// Nothing is called back any more.
  func release() {
    unsafe slots.forEach { unsafe sd_bus_slot_unref($0) }
    unsafe slots = []
  }

  private func add(_ call: String, _ body: (inout OpaquePointer?) -> Int32) throws {
    var slot: OpaquePointer?
    let result = unsafe body(&slot)
    guard result >= 0 else { throw HostError.failed(call, result, "the bus cannot be served") }
    if let slot = unsafe slot { unsafe slots.append(slot) }
  }

  fileprivate static func of(_ userdata: UnsafeMutableRawPointer?) -> BusSlots? {
    unsafe userdata.map { unsafe Unmanaged<BusSlots>.fromOpaque($0).takeUnretainedValue() }
  }

  /// The callback of a method's vtable entry.
  static func methodCalled(_ message: OpaquePointer?, _ userdata: UnsafeMutableRawPointer?) -> Int32 {
    guard let message = unsafe message, let slots = unsafe of(userdata) else { return -EINVAL }
    slots.called(unsafe BusMessage(retaining: message))
    return 1
  }
}

private func messageCame(
  _ message: OpaquePointer?, _ userdata: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<sd_bus_error>?
) -> Int32 {
  guard let message = unsafe message, let slots = unsafe BusSlots.of(userdata) else { return 0 }
  return slots.filter(unsafe BusMessage(retaining: message)) ? 1 : 0
}

private func connectionEnded(
  _ message: OpaquePointer?, _ userdata: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<sd_bus_error>?
) -> Int32 {
  unsafe BusSlots.of(userdata)?.ended()
  return 0
}

private func sleepAnnounced(
  _ message: OpaquePointer?, _ userdata: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<sd_bus_error>?
) -> Int32 {
  guard let message = unsafe message, let slots = unsafe BusSlots.of(userdata) else { return 0 }
  let values = try? BusMarshalling.readAll(from: unsafe BusMessage(retaining: message))
  if case .boolean(let begins)? = values?.first { slots.slept(begins) }
  return 0
}
