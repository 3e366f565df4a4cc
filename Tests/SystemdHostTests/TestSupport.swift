import Glibc
import Synchronization
import SystemdHost

/// Runs `slow` with a client of its own on another thread, `meanwhile` on this one, and waits for both.
func slowly(
  _ socket: String, _ slow: @escaping @Sendable (BusClient) -> Void, while meanwhile: () throws -> Void
) throws {
  let thread = try LoopThread { world in
    _ = world
  }
  thread.post { _ in
    if let client = try? BusClient(socketPath: socket) { slow(client) }
  }
  try meanwhile()
  withExtendedLifetime(thread) {}
}

/// A value that threads of a test share.
final class Box<Value: Sendable>: Sendable {
  private let value: Mutex<Value>
  init(_ value: Value) { self.value = Mutex(value) }

  func withLock<Result: Sendable>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    try value.withLock { value in try body(&value) }
  }
}

/// A bound socket file whose process no longer listens.
func leaveStaleSocket(at path: String) {
  let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
  let bound = unsafe withUnsafePointer(to: &address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
      unsafe bind(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  }
  precondition(bound == 0, "a test can bind a socket in its directory")
  _ = close(descriptor)
}
