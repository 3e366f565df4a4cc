import Glibc

/// A port of ::1 that answers no connection: its queue is full, so the kernel drops what comes further.
final class BlackHole: Sendable {
  private let listener: Int32
  private let waiting: [Int32]

  /// Nil where this machine has no ::1, or the port is taken on it.
  init?(port: Int) {
    listener = socket(AF_INET6, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = UInt16(port).bigEndian
    address.sin6_addr = in6addr_loopback
    let size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let descriptor = listener
    var clients: [Int32] = []
    let isListening = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        guard unsafe bind(descriptor, generic, size) == 0, listen(descriptor, 0) == 0 else { return false }
        // One fills a queue of length 0; the second is in case a kernel takes one more.
        for _ in 0..<2 {
          let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
          let client = socket(AF_INET6, kind, 0)
          _ = unsafe connect(client, generic, size)
          clients.append(client)
        }
        return true
      }
    }
    waiting = clients
    if !isListening {
      close(listener)
      return nil
    }
  }

  deinit {
    for client in waiting { close(client) }
    close(listener)
  }
}
