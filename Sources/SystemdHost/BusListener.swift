internal import AgentCore
import CSystemd
import Glibc

/// The listening socket of the private bus.
///
/// The file is open to every user (0666): access is decided call by call, from the caller's credentials. A socket that a
/// dead daemon left is replaced, one with a living listener is refused. The file goes with its owner; one that the service
/// manager passed is the manager's, who keeps it over a restart with the callers that wait at it.
struct BusListener: ~Copyable {
  /// The name of the manager's socket (`FileDescriptorName=`).
  static let passedName = "bus"

  let socket: Descriptor
  /// What goes with the listener; nil for the manager's socket.
  private let path: String?
  /// Keeps a second daemon from replacing the socket while this one is between two steps.
  private let lock: FileLock?

  /// Listens at the socket that the service manager passed, where it did, else at one of its own.
  /// - Throws: `HostError`, `.unsuitable` where what was passed is no listening stream socket of the file system.
  init(path: String, passed: PassedDescriptors?) throws {
    if let descriptor = passed?.take(Self.passedName) {
      try self.init(passed: descriptor)
    } else {
      try self.init(path: path)
    }
  }

  private init(passed descriptor: consuming Descriptor) throws {
    let number = descriptor.number
    let answer = sd_is_socket_unix(number, Int32(SOCK_STREAM.rawValue), 1, nil, 0)
    guard answer > 0 else {
      throw HostError(
        .unsuitable,
        "the descriptor \"\(Self.passedName)\" that was passed is no listening stream socket: mend axolotlyd.socket (ListenStream=)"
      )
    }
    let flags = fcntl(number, F_GETFL)
    guard flags >= 0, fcntl(number, F_SETFL, flags | O_NONBLOCK) == 0 else {
      throw HostError.failed("fcntl", errno, "the passed socket cannot be set up")
    }
    socket = descriptor
    path = nil
    lock = nil
  }

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
    self.lock = consume lock
  }

  deinit {
    if let path { _ = unsafe unlink(path) }
  }

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
