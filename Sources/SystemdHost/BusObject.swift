import CSystemd
import Glibc
internal import LocalAPI

/// The sd-bus vtable of one interface, made from its description. Its memory outlives every bus it is added to.
///
/// Methods are called back with `BusSlots` as userdata.
@safe
final class BusObject {
  let interface: BusInterface
  let entries: UnsafeMutablePointer<sd_bus_vtable>
  private let count: Int
  private var texts: [UnsafeMutablePointer<CChar>] = unsafe []

  init(_ interface: BusInterface) {
    self.interface = interface
    count = interface.methods.count + interface.properties.count + interface.signals.count + 2
    unsafe entries = .allocate(capacity: count)
    fill()
  }

  deinit {
    unsafe texts.forEach { unsafe $0.deallocate() }
    unsafe entries.deallocate()
  }

  private func fill() {
    var entry = unsafe entries
    unsafe axolotly_vtable_start(entry)
    for method in interface.methods {
      unsafe entry += 1
      unsafe axolotly_vtable_method(
        entry, keep(method.name), keep(Self.signature(method.arguments)), keep(Self.signature(method.results)),
        keep(names: method.arguments + method.results), methodCalled)
    }
    for property in interface.properties {
      unsafe entry += 1
      unsafe axolotly_vtable_property(entry, keep(property.name), keep(property.signature), propertyAsked)
    }
    for signal in interface.signals {
      unsafe entry += 1
      unsafe axolotly_vtable_signal(
        entry, keep(signal.name), keep(Self.signature(signal.arguments)), keep(names: signal.arguments))
    }
    unsafe entry += 1
    unsafe axolotly_vtable_end(entry)
  }

  private static func signature(_ arguments: [BusInterface.Argument]) -> String {
    arguments.map(\.signature).joined()
  }

  private func keep(_ text: String) -> UnsafePointer<CChar>? {
    unsafe keep(Array(text.utf8) + [0])
  }

  /// Names one after another, each ended by a zero, and one more zero at the end (SD_BUS_PARAM).
  private func keep(names arguments: [BusInterface.Argument]) -> UnsafePointer<CChar>? {
    unsafe keep(arguments.flatMap { Array($0.name.utf8) + [0] } + [0])
  }

  private func keep(_ bytes: [UInt8]) -> UnsafePointer<CChar>? {
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    for (index, byte) in bytes.enumerated() { unsafe copy[index] = CChar(bitPattern: byte) }
    unsafe texts.append(copy)
    return unsafe UnsafePointer(copy)
  }
}

private func methodCalled(
  _ message: OpaquePointer?, _ userdata: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<sd_bus_error>?
) -> Int32 {
  unsafe BusSlots.methodCalled(message, userdata)
}

/// `BusService` answers for properties before sd-bus looks for them; what gets here is refused.
private func propertyAsked(
  _ bus: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ interface: UnsafePointer<CChar>?,
  _ property: UnsafePointer<CChar>?, _ reply: OpaquePointer?, _ userdata: UnsafeMutableRawPointer?,
  _ error: UnsafeMutablePointer<sd_bus_error>?
) -> Int32 { -EACCES }
