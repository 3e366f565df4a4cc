import AgentCore
import CSystemd
import Glibc
import SystemdHost

/// A logind of a test's own on a test's own broker: it gives delay inhibitors and announces suspends. It works while the test
/// waits for it, in the test's thread.
@safe
final class FakeLogind {
  private let bus: OpaquePointer
  /// The ends of the locks that it keeps; the other end is whoever asked for one.
  private var locks: [Int32] = []
  private(set) var given = 0

  init(address: String) throws {
    var created: OpaquePointer?
    unsafe sd_bus_new(&created)
    guard let created = unsafe created else { throw TestFailure("no bus for the fake logind", log: "") }
    unsafe bus = unsafe created
    let results = [
      unsafe sd_bus_set_address(bus, address), unsafe sd_bus_set_bus_client(bus, 1),
      unsafe sd_bus_negotiate_fds(bus, 1), unsafe sd_bus_start(bus),
      unsafe sd_bus_request_name(bus, "org.freedesktop.login1", 0),
      unsafe sd_bus_add_filter(bus, nil, called, Unmanaged.passUnretained(self).toOpaque()),
    ]
    guard results.allSatisfy({ $0 >= 0 }) else { throw TestFailure("the fake logind: \(results)", log: "") }
  }

  deinit {
    for lock in locks { close(lock) }
    unsafe sd_bus_close_unref(bus)
  }

  /// Locks that somebody still holds.
  var held: Int {
    locks.count { lock in
      var entry = pollfd(fd: lock, events: 0, revents: 0)
      return unsafe poll(&entry, 1, 0) == 0
    }
  }

  /// Works until something is true of it; false at the deadline.
  func works(until deadline: Moment = .soon, _ isTrue: () -> Bool) -> Bool {
    while !isTrue() {
      guard Moment.now < deadline else { return false }
      while unsafe sd_bus_process(bus, nil) > 0 {}
      _ = unsafe sd_bus_wait(bus, 10_000)
    }
    return true
  }

  /// Says that suspend begins, or has ended.
  func announce(begins: Bool) {
    var signal: OpaquePointer?
    unsafe sd_bus_message_new_signal(
      bus, &signal, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep")
    var value: Int32 = begins ? 1 : 0
    unsafe sd_bus_message_append_basic(signal, CChar(UInt8(ascii: "b")), &value)
    unsafe sd_bus_send(bus, signal, nil)
    unsafe sd_bus_flush(bus)
    unsafe sd_bus_message_unref(signal)
  }

  fileprivate func giveLock(to call: OpaquePointer) {
    var ends: [Int32] = [-1, -1]
    let made = unsafe pipe(&ends)
    precondition(made == 0, "a test can make a pipe")
    var reply: OpaquePointer?
    unsafe sd_bus_message_new_method_return(call, &reply)
    unsafe sd_bus_message_append_basic(reply, CChar(UInt8(ascii: "h")), &ends[1])
    unsafe sd_bus_send(bus, reply, nil)
    unsafe sd_bus_flush(bus)
    unsafe sd_bus_message_unref(reply)
    close(ends[1])
    locks.append(ends[0])
    given += 1
  }
}

private func called(
  _ message: OpaquePointer?, _ userdata: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<sd_bus_error>?
) -> Int32 {
  guard let message = unsafe message, let userdata = unsafe userdata,
    unsafe sd_bus_message_is_method_call(message, "org.freedesktop.login1.Manager", "Inhibit") > 0
  else { return 0 }
  unsafe Unmanaged<FakeLogind>.fromOpaque(userdata).takeUnretainedValue().giveLock(to: message)
  return 1
}
