import Glibc

/// A service manager that reads nothing: its queue is full from the beginning.
final class DeafNotifySocket {
  private let receiver: Int32
  private let sender: Int32
  /// More than any kernel queues for one socket by default.
  private static let queueLimit = 100_000

  init(path: String) throws {
    let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    (receiver, sender) = (socket(AF_UNIX, kind, 0), socket(AF_UNIX, kind, 0))
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let (receiver, sender) = (receiver, sender)
    let made = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        return unsafe bind(receiver, pointer, size) == 0 && connect(sender, pointer, size) == 0
      }
    }
    guard made else { throw TestFailure("no notification socket can be made at \(path)") }
    for _ in 0..<Self.queueLimit where unsafe send(sender, "X", 1, 0) < 0 { return }
    throw TestFailure("the queue of \(path) does not fill")
  }

  deinit {
    close(receiver)
    close(sender)
  }
}
