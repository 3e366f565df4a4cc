internal import AgentCore

/// Where a message bus listens: the socket files that an address names (D-Bus specification, Server Addresses).
package struct BusAddress: Sendable, Equatable {
  /// What is asked where `DBUS_SYSTEM_BUS_ADDRESS` says nothing else (D-Bus specification, System message bus).
  package static let usualSystemBus = "unix:path=/run/dbus/system_bus_socket"

  /// In the order in which they are tried.
  package let paths: [String]

  /// Reads `unix:path=…` addresses, several with semicolons between them; nil where one is no such address.
  package init?(_ text: String) {
    guard text.utf8.count <= Limits.busAddressBytes else { return nil }
    var paths: [String] = []
    for address in text.split(separator: ";") {
      guard address.hasPrefix("unix:") else { return nil }
      let members = address.dropFirst("unix:".count).split(separator: ",")
      guard let member = members.first(where: { $0.hasPrefix("path=") }),
        let path = Self.unescaped(member.dropFirst("path=".count)), path.hasPrefix("/")
      else { return nil }
      paths.append(path)
    }
    guard !paths.isEmpty else { return nil }
    self.paths = paths
  }

  /// `%20` and the like as the bytes that they stand for.
  private static func unescaped(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), value != 0
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Connects to the first that answers; the error is the last one's.
  func connect() throws -> Descriptor {
    var failure: (any Error)?
    for path in paths {
      do { return try UnixSocket.connect(path, isBlocking: false) } catch { failure = error }
    }
    throw failure ?? HostError(.unsuitable, "the address names no socket")
  }
}
