import AgentCore
import Glibc

/// What a service manager listens with (sd_notify(3)): a datagram socket in a test's directory.
///
/// A thread takes the datagrams at once, since the kernel queues only a few and the sender would wait for room.
final class NotifySocket {
  let path: String
  private let descriptor: Int32
  private let relayed: Int32
  private var received: [UInt8] = []

  init(path: String) throws {
    self.path = path
    let source = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let bound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(source, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    var ends: [Int32] = [-1, -1]
    let paired = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
    (descriptor, relayed) = (source, ends[0])
    guard bound == 0, paired == 0 else { throw TestFailure("no notification socket can be made at \(path)") }
    let target = ends[1]
    try runInThread { NotifySocket.relay(from: source, to: target) }
  }

  /// The thread ends when it hears of the shutdown, and closes what it used.
  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(relayed)
  }

  /// All lines so far, in their order.
  var lines: [String] {
    while Descriptors.waitUntilReadable(relayed, until: Moment(nanoseconds: 0)), receive() {}
    return String(decoding: received, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Waits for a line; one that came before counts unless it was forgotten. False when the deadline passes first.
  func hears(until deadline: Moment, _ isWanted: (String) -> Bool) -> Bool {
    while !lines.contains(where: isWanted) {
      guard Descriptors.waitUntilReadable(relayed, until: deadline), receive() else { return false }
    }
    return true
  }

  /// Throws away what has come: before another process is started.
  func forget() {
    _ = lines
    received = []
  }

  /// False at the end of the stream.
  private func receive() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 4_096)
    let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(relayed, $0.baseAddress, $0.count) }
    if count > 0 { received += chunk[..<count] }
    return count > 0
  }

  private static func relay(from source: Int32, to target: Int32) {
    var datagram = [UInt8](repeating: 0, count: 4_096)
    while true {
      let capacity = datagram.count - 1
      let count = unsafe datagram.withUnsafeMutableBytes { unsafe recv(source, $0.baseAddress, capacity, 0) }
      guard count > 0 else { break }
      datagram[count] = UInt8(ascii: "\n")
      _ = unsafe datagram.withUnsafeBytes { unsafe send(target, $0.baseAddress, count + 1, Int32(MSG_NOSIGNAL)) }
    }
    close(source)
    close(target)
  }
}
