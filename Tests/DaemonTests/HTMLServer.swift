import Glibc

/// What answers every request with a page: a hotel's network, or an address that is no upstream.
final class HTMLServer: Sendable {
  let port: Int
  private let listener: Int32

  /// - Parameter port: 0 takes a free one.
  init(port: Int = 0) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var reuse: Int32 = 1
    unsafe setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe bind(listener, generic, size) == 0 && listen(listener, 64) == 0
          && getsockname(listener, generic, &size) == 0
      }
    }
    guard listener >= 0, isBound else { throw TestFailure("port \(port) of loopback cannot be listened on") }
    self.listener = listener
    self.port = Int(UInt16(bigEndian: address.sin_port))
    try runInThread { HTMLServer.serve(listener) }
  }

  /// The thread ends when it hears of the shutdown, and closes the socket.
  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// One connection after the other: a request, the page, the end.
  private static func serve(_ listener: Int32) {
    let page = Array(
      ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\nConnection: close\r\n\r\n"
        + "<html>Welcome</html>").utf8)
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { break }
      var limit = timeval(tv_sec: 5, tv_usec: 0)
      unsafe setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      var chunk = [UInt8](repeating: 0, count: 65_536)
      _ = unsafe chunk.withUnsafeMutableBytes { unsafe recv(connection, $0.baseAddress, $0.count, 0) }
      _ = unsafe page.withUnsafeBytes { unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      shutdown(connection, Int32(SHUT_WR))
      _ = unsafe chunk.withUnsafeMutableBytes { unsafe recv(connection, $0.baseAddress, $0.count, 0) }
      close(connection)
    }
    close(listener)
  }
}
