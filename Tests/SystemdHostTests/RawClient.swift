import Glibc
import SystemdHost

/// A client that writes the bytes of the protocol by itself (D-Bus specification, Message Format, little endian).
final class RawClient {
  private let descriptor: Int32

  static let usualGreeting = Array("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n".utf8)

  init(_ path: String, greeting: [UInt8] = usualGreeting) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let descriptor = descriptor
    let connected = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard connected == 0 else { throw HostError(.notRunning, "nobody listens") }
    // An answer that never comes fails its test instead of holding it up.
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    send(greeting)
  }

  deinit { _ = close(descriptor) }

  func send(_ bytes: [UInt8]) {
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  /// Reads until `text` has come; false when the server closes first, or says nothing for 30 s.
  func receive(containing text: String) -> Bool {
    var all: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = unsafe part.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return false }
      all += part.prefix(count)
      if String(decoding: all, as: UTF8.self).contains(text) { return true }
    }
  }

  /// A method call without arguments to the agent's object.
  static func call(serial: UInt32, interface: String, member: String) -> [UInt8] {
    var fields: [UInt8] = []
    for (code, type, text) in [(1, "o", "/com/axolotly/Agent1"), (2, "s", interface), (3, "s", member)] {
      fields += [UInt8](repeating: 0, count: (8 - fields.count % 8) % 8)
      fields += [UInt8(code), 1] + Array(type.utf8) + [0] + number(UInt32(text.utf8.count)) + Array(text.utf8) + [0]
    }
    let padding = [UInt8](repeating: 0, count: (8 - fields.count % 8) % 8)
    return Array("l".utf8) + [1, 0, 1] + number(0) + number(serial) + number(UInt32(fields.count)) + fields + padding
  }

  private static func number(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
