import Glibc
import SystemdHost

/// A broker of the system bus that does only what a test tells it, over the real protocol.
final class SimulatedBroker {
  private static let name = "org.freedesktop.DBus"
  private static let agent = ":1.1"

  private let listener: Int32
  private var connection: Int32 = -1
  private var received: [UInt8] = []
  private var lastSerial: UInt32 = 0

  init(path: String) throws {
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let listener = listener
    let bound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(listener, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0, listen(listener, 8) == 0 else { throw HostError(.system, "a test can listen in its directory") }
  }

  deinit {
    _ = close(listener)
    if connection >= 0 { _ = close(connection) }
  }

  /// Lets the agent in and answers its greeting; returns its request for a name.
  func greet() throws -> WireMessage {
    connection = accept(listener, nil, nil)
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    _ = unsafe setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let end = Array("BEGIN\r\n".utf8)
    while !received.suffix(end.count).elementsEqual(end) { try receive() }
    received = []
    send(Array("DATA\r\nOK 00112233445566778899aabbccddeeff\r\n".utf8))
    let hello = try next()
    answer(hello, "s") { WireMessage.append(Self.agent, to: &$0) }
    return try next()
  }

  /// Lets the agent in and gives it the name.
  func welcome() throws { answer(try greet(), "u") { WireMessage.append(1 as UInt32, to: &$0) } }

  func hangUp() {
    _ = close(connection)
    connection = -1
  }

  /// The agent's next message, but for what it listens to.
  func next() throws -> WireMessage {
    while true {
      if let message = WireMessage(from: &received) {
        guard message.member == "AddMatch" else { return message }
        answer(message, "") { _ in }
        continue
      }
      try receive()
    }
  }

  func answer(_ call: WireMessage, _ signature: String, _ body: (inout [UInt8]) -> Void) {
    var message = WireMessage(.answer, serial: nextSerial())
    message.replySerial = call.serial
    message.signature = signature
    body(&message.body)
    sendAsBroker(message)
  }

  func refuse(_ call: WireMessage, _ name: String) {
    var message = WireMessage(.error, serial: nextSerial())
    (message.replySerial, message.errorName) = (call.serial, name)
    sendAsBroker(message)
  }

  /// Says who a caller is: GetConnectionCredentials' answer, a{sv}, with a member that nobody reads.
  func introduce(_ question: WireMessage, uid: UInt32, groups: [UInt32]) {
    answer(question, "a{sv}") { body in
      var entries: [UInt8] = []
      func entry(_ name: String, _ signature: String) {
        WireMessage.pad(&entries, to: 8)
        WireMessage.append(name, to: &entries)
        WireMessage.append(signature: signature, to: &entries)
      }
      entry("LinuxSecurityLabel", "ay")
      WireMessage.append(2 as UInt32, to: &entries)
      entries += [65, 0]
      entry("UnixUserID", "u")
      WireMessage.append(uid, to: &entries)
      entry("UnixGroupIDs", "au")
      WireMessage.append(UInt32(groups.count * 4), to: &entries)
      for group in groups { WireMessage.append(group, to: &entries) }
      // The entries begin at a multiple of 8, right after the array's length and its padding.
      WireMessage.append(UInt32(entries.count), to: &body)
      WireMessage.pad(&body, to: 8)
      body += entries
    }
  }

  /// Forwards a caller's method call with texts; returns its serial.
  @discardableResult
  func forward(from sender: String, _ interface: String, _ member: String, _ texts: [String] = []) -> UInt32 {
    var message = WireMessage(.call, serial: nextSerial())
    (message.path, message.interface, message.member) = ("/com/axolotly/Agent1", interface, member)
    (message.sender, message.destination) = (sender, Self.agent)
    message.signature = String(repeating: "s", count: texts.count)
    for text in texts { WireMessage.append(text, to: &message.body) }
    send(message.bytes)
    return message.serial
  }

  private func nextSerial() -> UInt32 {
    lastSerial += 1
    return lastSerial
  }

  private func sendAsBroker(_ message: WireMessage) {
    var message = message
    (message.sender, message.destination) = (Self.name, Self.agent)
    send(message.bytes)
  }

  private func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  private func receive() throws {
    var part = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe part.withUnsafeMutableBytes { unsafe read(connection, $0.baseAddress, $0.count) }
    guard count > 0 else { throw HostError(.disconnected, "the agent says nothing more") }
    received += part.prefix(count)
  }
}
