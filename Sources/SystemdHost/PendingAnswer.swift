import CSystemd
import Glibc
internal import LocalAPI

/// An answer of the broker that is waited for; it is wanted as long as this object lives.
///
/// Confined to the loop's thread.
@safe
final class PendingAnswer {
  private let answered: (BusMessage) -> Void
  private var slot: OpaquePointer?

  /// `answered` is called once, with the answer or an error.
  init(_ answered: @escaping (BusMessage) -> Void) { self.answered = answered }

  deinit { unsafe sd_bus_slot_unref(slot) }

  /// Asks a method of the broker, with a text.
  func call(on bus: OpaquePointer, member: String, text: String, microseconds: UInt64) throws {
    let message = unsafe try BusMessage.call(
      on: bus, destination: "org.freedesktop.DBus", path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus",
      member: member)
    try BusMarshalling.append([.string(text)], to: message)
    let userdata = unsafe Unmanaged.passUnretained(self).toOpaque()
    let result = unsafe sd_bus_call_async(bus, &slot, message.handle, answerCame, userdata, microseconds)
    guard result >= 0 else { throw HostError.failed("sd_bus_call_async", result, "the broker cannot be asked") }
  }

  /// Asks for a name; the answer is that of RequestName.
  func requestName(_ name: String, on bus: OpaquePointer) throws {
    let userdata = unsafe Unmanaged.passUnretained(self).toOpaque()
    let result = unsafe sd_bus_request_name_async(bus, &slot, name, 0, answerCame, userdata)
    guard result >= 0 else { throw HostError.failed("sd_bus_request_name_async", result, "no name can be asked for") }
  }

  fileprivate static func deliver(_ message: OpaquePointer?, _ userdata: UnsafeMutableRawPointer?) {
    guard let message = unsafe message, let userdata = unsafe userdata else { return }
    let pending = unsafe Unmanaged<PendingAnswer>.fromOpaque(userdata).takeUnretainedValue()
    pending.answered(unsafe BusMessage(retaining: message))
  }
}

private func answerCame(
  _ message: OpaquePointer?, _ userdata: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<sd_bus_error>?
) -> Int32 {
  unsafe PendingAnswer.deliver(message, userdata)
  return 0
}
