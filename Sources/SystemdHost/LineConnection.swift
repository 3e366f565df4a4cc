internal import AgentCore
import CSystemd
import Glibc

/// A stream socket to a small program: written once, then read line by line on the loop.
///
/// Confined to the loop's thread. It ends by itself when the other end closes, or says more than `Limits.connectionLineBytes`
/// without a line feed.
package final class LineConnection {
  private let socket: Descriptor
  private let loop: EventLoop
  private var source: EventSource?
  private var received: [UInt8] = []
  private let onLine: (String) -> Void
  private let onEnd: () -> Void

  private init(
    _ socket: consuming Descriptor, _ loop: EventLoop, onLine: @escaping (String) -> Void, onEnd: @escaping () -> Void
  ) throws {
    let number = socket.number
    self.socket = socket
    self.loop = loop
    self.onLine = onLine
    self.onEnd = onEnd
    source = try loop.watch(number, events: EPOLLIN.rawValue | EPOLLHUP.rawValue) { [unowned self] _ in read() }
  }

  /// The watch goes before the socket: a closed number can no longer be taken out of it, and may be another's by then.
  deinit { source = nil }

  /// Connects to a socket file.
  /// - Throws: `HostError`, `.notRunning` where nobody listens.
  package static func connect(
    to path: String, _ loop: EventLoop, onLine: @escaping (String) -> Void, onEnd: @escaping () -> Void
  ) throws -> LineConnection {
    try LineConnection(UnixSocket.connect(path, isBlocking: false), loop, onLine: onLine, onEnd: onEnd)
  }

  /// One that the service manager kept over a restart; nil where it kept none of this name.
  package static func passed(
    _ name: String, by passed: PassedDescriptors, _ loop: EventLoop, onLine: @escaping (String) -> Void,
    onEnd: @escaping () -> Void
  ) throws -> LineConnection? {
    guard let socket = passed.take(name) else { return nil }
    return try LineConnection(socket, loop, onLine: onLine, onEnd: onEnd)
  }

  /// Starts a program whose standard input is the other end; its output is this process's own.
  ///
  /// Nobody waits for it: its end is the connection's, and the system takes it in.
  /// - Throws: `HostError` where it cannot be started.
  package static func start(
    _ program: String, _ loop: EventLoop, onLine: @escaping (String) -> Void, onEnd: @escaping () -> Void
  ) throws -> LineConnection {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw HostError.failed("socketpair", errno, "no connection can be made to \(program)")
    }
    let own = Descriptor(adopting: ends[0])
    let other = Descriptor(adopting: ends[1])
    try ChildProgram.start(program, standardInput: other.number)
    let flags = fcntl(own.number, F_GETFL)
    _ = fcntl(own.number, F_SETFL, flags | O_NONBLOCK)
    return try LineConnection(own, loop, onLine: onLine, onEnd: onEnd)
  }

  /// Sends all of it at once; what does not fit the socket's buffer is an error.
  package func send(_ bytes: [UInt8]) throws {
    let number = socket.number
    let count = retryingInterrupts {
      unsafe bytes.withUnsafeBytes { unsafe Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
    guard count == bytes.count else {
      throw HostError.failed("send", Int32(clamping: count), "the request cannot be sent")
    }
  }

  /// Gives the service manager a copy to keep over a restart.
  package func store(as name: String) { ServiceManager.store(socket.number, as: name) }

  /// Takes the copy back.
  package static func forget(_ name: String) { ServiceManager.forget(name) }

  /// Ends the connection for every holder of a copy; nothing is heard of it any more.
  package func end() {
    source = nil
    _ = shutdown(socket.number, Int32(SHUT_RDWR))
  }

  private func read() {
    // Whoever hears a line may let go of this object, whose event is still being handled.
    loop.atEndOfTurn { withExtendedLifetime(self) {} }
    var chunk = [UInt8](repeating: 0, count: Limits.connectionLineBytes)
    let number = socket.number
    let count = retryingInterrupts {
      unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress, $0.count) }
    }
    if count == -Int(EAGAIN) { return }
    received += chunk.prefix(max(0, count))
    while source != nil, let end = received.firstIndex(of: UInt8(ascii: "\n")) {
      let line = String(decoding: received[..<end], as: UTF8.self)
      received.removeSubrange(...end)
      onLine(line)
    }
    if source != nil, count <= 0 || received.count > Limits.connectionLineBytes {
      end()
      onEnd()
    }
  }
}
