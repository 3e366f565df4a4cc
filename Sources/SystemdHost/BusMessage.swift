import CSystemd
import Glibc

/// A message of sd-bus, released with its owner. Confined to the thread of its bus.
@safe
final class BusMessage {
  let handle: OpaquePointer

  /// Takes over a reference.
  init(adopting handle: OpaquePointer) { unsafe self.handle = unsafe handle }

  /// Adds a reference to a message that somebody else owns.
  convenience init(retaining handle: OpaquePointer) {
    unsafe sd_bus_message_ref(handle)
    unsafe self.init(adopting: handle)
  }

  deinit { unsafe sd_bus_message_unref(handle) }

  /// Without a destination the call is for the other end of the connection.
  static func call(
    on bus: OpaquePointer, destination: String? = nil, path: String, interface: String, member: String
  ) throws -> BusMessage {
    var message: OpaquePointer?
    let result = unsafe sd_bus_message_new_method_call(bus, &message, destination, path, interface, member)
    return unsafe try made(message, result, "sd_bus_message_new_method_call")
  }

  static func signal(on bus: OpaquePointer, path: String, interface: String, member: String) throws -> BusMessage {
    var message: OpaquePointer?
    let result = unsafe sd_bus_message_new_signal(bus, &message, path, interface, member)
    return unsafe try made(message, result, "sd_bus_message_new_signal")
  }

  static func answer(to call: BusMessage) throws -> BusMessage {
    var message: OpaquePointer?
    let result = unsafe sd_bus_message_new_method_return(call.handle, &message)
    return unsafe try made(message, result, "sd_bus_message_new_method_return")
  }

  static func error(to call: BusMessage, name: String, text: String) throws -> BusMessage {
    var message: OpaquePointer?
    let result = unsafe axolotly_error_message(call.handle, &message, name, text)
    return unsafe try made(message, result, "sd_bus_message_new_method_error")
  }

  private static func made(_ message: OpaquePointer?, _ result: Int32, _ call: String) throws -> BusMessage {
    guard result >= 0, let message = unsafe message else {
      throw HostError.failed(call, result, "a message cannot be made", code: result == -EINVAL ? .malformed : nil)
    }
    return unsafe BusMessage(adopting: message)
  }

  var isSignal: Bool {
    var type: UInt8 = 0
    return unsafe sd_bus_message_get_type(handle, &type) >= 0 && type == UInt8(SD_BUS_MESSAGE_SIGNAL)
  }
  var isMethodCall: Bool { unsafe sd_bus_message_is_method_call(handle, nil, nil) > 0 }
  /// The caller's unique name; the broker sets it.
  var sender: String? { unsafe sd_bus_message_get_sender(handle).map { unsafe String(cString: $0) } }
  /// The signature of all values.
  var signature: String { unsafe sd_bus_message_get_signature(handle, 1).map { unsafe String(cString: $0) } ?? "" }
  /// The error that a call ended with, its name and text; nil for an answer.
  var error: BusCallError? {
    guard let error = unsafe sd_bus_message_get_error(handle), let name = unsafe error.pointee.name else { return nil }
    return unsafe BusCallError(
      name: String(cString: name), message: error.pointee.message.map { unsafe String(cString: $0) } ?? "")
  }

  /// Values are read from the first again.
  func rewind() { _ = unsafe sd_bus_message_rewind(handle, 1) }

  var interface: String? { unsafe sd_bus_message_get_interface(handle).map { unsafe String(cString: $0) } }
  var member: String? { unsafe sd_bus_message_get_member(handle).map { unsafe String(cString: $0) } }
  var path: String? { unsafe sd_bus_message_get_path(handle).map { unsafe String(cString: $0) } }
}
