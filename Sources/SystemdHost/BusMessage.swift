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

  static func call(on bus: OpaquePointer, path: String, interface: String, member: String) throws -> BusMessage {
    var message: OpaquePointer?
    let result = unsafe sd_bus_message_new_method_call(bus, &message, nil, path, interface, member)
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
  var interface: String? { unsafe sd_bus_message_get_interface(handle).map { unsafe String(cString: $0) } }
  var member: String? { unsafe sd_bus_message_get_member(handle).map { unsafe String(cString: $0) } }
  var path: String? { unsafe sd_bus_message_get_path(handle).map { unsafe String(cString: $0) } }
}
