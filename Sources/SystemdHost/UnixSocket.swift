import CSystemd
import Glibc

/// What lies at a path where a socket is looked for.
package enum SocketFile {
  package static func isThere(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }
}

/// Stream sockets with a file name.
enum UnixSocket {
  /// Connects to the socket at `path`.
  static func connect(_ path: String, isBlocking: Bool) throws -> Descriptor {
    var address = try address(of: path)
    let socket = try make(isBlocking: isBlocking)
    let number = socket.number
    let result = unsafe axolotly_unix_connect(number, &address)
    guard result >= 0 else {
      throw HostError.failed("connect", result, connectMessage(result, path), code: code(result))
    }
    return socket
  }

  /// Binds a socket to `path`; the result does not listen yet.
  static func bind(_ path: String) throws -> Descriptor {
    var address = try address(of: path)
    let socket = try make(isBlocking: false)
    let number = socket.number
    let result = unsafe axolotly_unix_bind(number, &address)
    guard result >= 0 else { throw HostError.failed("bind", result, "the socket \(path) cannot be made") }
    return socket
  }

  private static func make(isBlocking: Bool) throws -> Descriptor {
    let number = axolotly_unix_socket(isBlocking ? 1 : 0)
    guard number >= 0 else { throw HostError.failed("socket", number, "no socket can be made") }
    return Descriptor(adopting: number)
  }

  private static func address(of path: String) throws -> sockaddr_un {
    var address = sockaddr_un()
    let result = unsafe axolotly_unix_address(&address, path)
    guard result >= 0, !path.utf8.contains(0) else {
      throw HostError(.unsuitable, "the socket path \(path) does not fit: give one of 1 to 107 bytes")
    }
    return address
  }

  private static func connectMessage(_ result: Int32, _ path: String) -> String {
    switch -result {
    case ENOENT: "the daemon is not running: there is no socket \(path)"
    case ECONNREFUSED: "the daemon is not running: nobody listens at \(path)"
    case EACCES, EPERM: "this user may not use the socket \(path)"
    case ENOTSOCK, ENOTDIR: "\(path) is not a socket"
    case EAGAIN: "the daemon at \(path) does not accept connections"
    default: "the socket \(path) cannot be connected to"
    }
  }

  private static func code(_ result: Int32) -> HostError.Code? {
    switch -result {
    case ENOENT, ECONNREFUSED: .notRunning
    case ENOTSOCK, ENOTDIR: .unsuitable
    case EAGAIN: .timeout
    default: nil
    }
  }
}
