internal import AgentCore
import Glibc

/// The listening socket of the private bus.
///
/// The file is open to every user (0666): access is decided call by call, from the caller's credentials. A socket that a
/// dead daemon left is replaced, one with a living listener is refused. The file goes with its owner.
struct BusListener: ~Copyable {
  let socket: Descriptor
  private let path: String
  /// Keeps a second daemon from replacing the socket while this one is between two steps.
  private let lock: FileLock

  /// - Throws: `HostError`, `.inUse` where another daemon serves the path.
  init(path: String) throws {
    let lock = try FileLock("\(path).lock", holding: "the socket \(path)")
    try Self.removeStale(path)
    let socket = try UnixSocket.bind(path)
    guard unsafe chmod(path, 0o666) == 0 else {
      throw HostError.failed("chmod", errno, "the socket \(path) cannot be opened to its users")
    }
    guard listen(socket.number, Int32(Limits.busBacklog)) == 0 else {
      throw HostError.failed("listen", errno, "the socket \(path) cannot be listened at")
    }
    self.socket = socket
    self.path = path
    self.lock = lock
  }

  deinit { _ = unsafe unlink(path) }

  private static func removeStale(_ path: String) throws {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw HostError(.unsuitable, "\(path) exists and is not a socket: remove it or give another --runtime directory")
    }
    do {
      _ = try UnixSocket.connect(path, isBlocking: false)
    } catch let error as HostError where error.code == .notRunning {
      guard unsafe unlink(path) == 0 else {
        throw HostError.failed("unlink", errno, "the socket \(path) of a dead daemon cannot be replaced")
      }
      return
    }
    throw HostError(.inUse, "another daemon serves \(path): stop it or give another --runtime directory")
  }
}
