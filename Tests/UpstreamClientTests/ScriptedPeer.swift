import Glibc
import Synchronization

/// A TCP peer on 127.0.0.1 that plays a script on each connection, in a thread for each.
final class ScriptedPeer: Sendable {
  let port: Int
  private let listener: Int32
  private let accepted = Atomic<Int>(0)

  /// Connections so far.
  var connections: Int { accepted.load(ordering: .sequentiallyConsistent) }
  var base: String { "http://127.0.0.1:\(port)" }

  init(_ script: @escaping @Sendable (PeerConnection) -> Void) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe bind(listener, generic, size) == 0 && listen(listener, 64) == 0
          && getsockname(listener, generic, &size) == 0
      }
    }
    guard listener >= 0, isBound else { fatalError("no port on loopback for the test's peer") }
    self.listener = listener
    port = Int(UInt16(bigEndian: address.sin_port))
    // The thread ends when `deinit` shuts the listener down, so it must not keep the peer alive.
    inThread { [weak self] in
      while true {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { break }
        let index = self?.accepted.wrappingAdd(1, ordering: .sequentiallyConsistent).oldValue ?? 0
        inThread { script(PeerConnection(descriptor: descriptor, index: index)) }
      }
      close(listener)
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }
}

/// One connection of a peer; it closes when its script ends.
final class PeerConnection {
  /// Counted from 0 over the peer's connections.
  let index: Int
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  init(descriptor: Int32, index: Int) {
    (self.descriptor, self.index) = (descriptor, index)
    // A process that another test starts must not hold the connection open.
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    // A peer that waits for ever would outlive a failed test.
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  struct Request {
    var method: String
    var target: String
    /// Lines as they came, without line breaks.
    var headers: [String]
    var body: [UInt8]

    func header(_ name: String) -> String? {
      headers.first { $0.lowercased().hasPrefix(name + ":") }.map {
        String($0.dropFirst(name.utf8.count + 1).drop { $0 == " " })
      }
    }
  }

  /// The next request; nil once the other end is gone.
  func readRequest() -> Request? {
    let end = Array("\r\n\r\n".utf8)
    var length = 0
    while true {
      if let found = buffer.indices.first(where: { buffer[$0...].starts(with: end) }) {
        length = found
        break
      }
      guard receive() else { return nil }
    }
    let lines = String(decoding: buffer[..<length], as: UTF8.self).split(separator: "\r\n").map(String.init)
    let words = lines[0].split(separator: " ").map(String.init)
    var request = Request(method: words[0], target: words[1], headers: Array(lines.dropFirst()), body: [])
    buffer.removeFirst(length + end.count)
    let size = request.header("content-length").flatMap { Int($0) } ?? 0
    while buffer.count < size { guard receive() else { return nil } }
    request.body = Array(buffer[..<size])
    buffer.removeFirst(size)
    return request
  }

  /// Returns when the other end has closed the connection.
  func waitForEnd() { while receive() {} }

  func send(_ text: String) { send(Array(text.utf8)) }

  /// False once the other end is gone.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// A complete answer with a length; the connection stays open.
  func answer(_ status: Int = 200, _ headers: [String] = [], body: String = "", bytes: [UInt8]? = nil) {
    let content = bytes ?? Array(body.utf8)
    let lines = ["HTTP/1.1 \(status) X", "Content-Length: \(content.count)"] + headers
    send(lines.joined(separator: "\r\n") + "\r\n\r\n")
    send(content)
  }

  /// The connection ends by RST when the script ends.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  private func receive() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 4096)
    let count = unsafe chunk.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
    guard count > 0 else { return false }
    buffer += chunk[..<count]
    return true
  }
}

/// Runs the work in a thread of its own, so that a script may block without holding up the tests' tasks.
func inThread(_ work: @escaping @Sendable () -> Void) {
  final class Box: Sendable {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }
  var thread = pthread_t()
  let code = unsafe pthread_create(
    &thread, nil,
    { context in
      if let context = unsafe context { unsafe Unmanaged<Box>.fromOpaque(context).takeRetainedValue().work() }
      return nil
    }, Unmanaged.passRetained(Box(work)).toOpaque())
  guard code == 0 else { fatalError("no thread for the test's peer") }
  pthread_detach(thread)
}
