import CSystemd
import Glibc

/// A unit as PID 1 has it (org.freedesktop.systemd1(5)).
package struct ServiceUnit: Sendable, Equatable {
  package var loadState: String
  package var activeState: String
  package var result: String
  package var exitStatus: Int32
  package var restarts: UInt32
  package var statusText: String
  package var dropIns: [String]
  /// Whom a service runs as; empty for root and for what is no service.
  package var user: String

  private static let service = "org.freedesktop.systemd1"
  private static let unit = "org.freedesktop.systemd1.Unit"
  /// A system bus that does not answer is given up after this, microseconds.
  private static let patienceMicroseconds: UInt64 = 4_000_000

  /// Asks the service manager, on a connection of its own: over the system bus, and where there is none, as root, over PID 1's own
  /// socket. Blocks.
  /// - Throws: `HostError` where neither can be asked, or no systemd answers.
  package static func read(_ name: String) throws -> ServiceUnit {
    let bus = try manager()
    let path = "/org/freedesktop/systemd1/unit/" + escaped(name)
    let isService = name.hasSuffix(".service")
    let kind = "org.freedesktop.systemd1.Service"
    return ServiceUnit(
      loadState: try bus.string(service, path, unit, "LoadState"),
      activeState: try bus.string(service, path, unit, "ActiveState"),
      result: isService ? try bus.string(service, path, kind, "Result") : "success",
      exitStatus: isService ? try bus.number(service, path, kind, "ExecMainStatus", "i", as: Int32.self) : 0,
      restarts: isService ? try bus.number(service, path, kind, "NRestarts", "u", as: UInt32.self) : 0,
      statusText: isService ? try bus.string(service, path, kind, "StatusText") : "",
      dropIns: try bus.strings(service, path, unit, "DropInPaths"),
      user: isService ? try bus.string(service, path, kind, "User") : "")
  }

  private static func manager() throws -> SystemBusQuestion {
    do {
      return try SystemBusQuestion(patienceMicroseconds: patienceMicroseconds)
    } catch {
      guard Groups.ownUser == 0, let direct = try? SystemBusQuestion(managerPatienceMicroseconds: patienceMicroseconds)
      else { throw error }
      return direct
    }
  }

  /// As sd_bus_path_encode(3) does it.
  private static func escaped(_ name: String) -> String {
    name.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        String(UnicodeScalar(byte))
      default: "_" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }.joined()
  }
}

/// A short-lived connection to the system bus that asks and waits.
@safe
package final class SystemBusQuestion {
  private let bus: OpaquePointer

  package init(patienceMicroseconds: UInt64) throws {
    var opened: OpaquePointer?
    let result = unsafe sd_bus_open_system(&opened)
    guard result >= 0, let opened = unsafe opened else {
      throw HostError.failed("sd_bus_open_system", result, "there is no system bus to ask")
    }
    unsafe bus = unsafe opened
    _ = unsafe sd_bus_set_method_call_timeout(bus, patienceMicroseconds)
  }

  /// PID 1 itself, as `systemctl` asks it for root while no broker runs.
  init(managerPatienceMicroseconds patience: UInt64) throws {
    var made: OpaquePointer?
    guard unsafe sd_bus_new(&made) >= 0, let made = unsafe made else {
      throw HostError.failed("sd_bus_new", -ENOMEM, "no connection can be made")
    }
    var result = unsafe sd_bus_set_address(made, "unix:path=/run/systemd/private")
    if result >= 0 { result = unsafe sd_bus_start(made) }
    guard result >= 0 else {
      unsafe sd_bus_close_unref(made)
      throw HostError.failed("sd_bus_start", result, "the service manager cannot be asked")
    }
    unsafe bus = unsafe made
    _ = unsafe sd_bus_set_method_call_timeout(bus, patience)
  }

  deinit { unsafe sd_bus_close_unref(bus) }

  /// Whether anybody owns a name.
  package func isOwned(_ name: String) -> Bool {
    var credentials: OpaquePointer?
    let result = unsafe sd_bus_get_name_creds(bus, name, 0, &credentials)
    unsafe sd_bus_creds_unref(credentials)
    return result >= 0
  }

  func string(_ service: String, _ path: String, _ interface: String, _ name: String) throws -> String {
    var text: UnsafeMutablePointer<CChar>?
    let result = unsafe sd_bus_get_property_string(bus, service, path, interface, name, nil, &text)
    guard result >= 0, let text = unsafe text else { throw Self.failed(result, name) }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  func strings(_ service: String, _ path: String, _ interface: String, _ name: String) throws -> [String] {
    var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    let result = unsafe sd_bus_get_property_strv(bus, service, path, interface, name, nil, &list)
    guard result >= 0 else { throw Self.failed(result, name) }
    guard let list = unsafe list else { return [] }
    defer { unsafe free(list) }
    var texts: [String] = []
    var index = 0
    while let text = unsafe list[index] {
      unsafe texts.append(String(cString: text))
      unsafe free(text)
      index += 1
    }
    return texts
  }

  func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ service: String, _ path: String, _ interface: String, _ name: String, _ kind: Character, as: Number.Type
  ) throws -> Number {
    var value: Number = 0
    let result = unsafe sd_bus_get_property_trivial(
      bus, service, path, interface, name, nil, CChar(bitPattern: kind.asciiValue ?? 0), &value)
    guard result >= 0 else { throw Self.failed(result, name) }
    return value
  }

  private static func failed(_ result: Int32, _ name: String) -> HostError {
    HostError.failed("sd_bus_get_property", result, "the service manager does not tell \(name)")
  }
}
