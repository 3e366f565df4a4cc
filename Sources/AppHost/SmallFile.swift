import Glibc

/// A configuration file that is read whole: a regular file of bounded size, or nothing.
enum SmallFile {
  /// The bytes; none for an empty file or a device such as `/dev/null`.
  ///
  /// Never waits: a pipe with nobody at its other end is refused like every other special file.
  static func read(_ path: String, limit: Int) throws(HandlerProblem) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failed("open", path) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failed("fstat", path) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFCHR: return []
    default: throw HandlerProblem(file: path, code: .unreadable, message: "is no regular file")
    }
    return try bytes(of: descriptor, path, limit: limit)
  }

  private static func bytes(of descriptor: Int32, _ path: String, limit: Int) throws(HandlerProblem) -> [UInt8] {
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failed("read", path) }
      if count == 0 { return result }
      result += chunk.prefix(count)
      guard result.count <= limit else {
        throw HandlerProblem(file: path, code: .tooLarge, message: "is larger than \(limit) bytes")
      }
    }
  }

  private static func failed(_ call: String, _ path: String) -> HandlerProblem {
    let cause = unsafe String(cString: strerror(errno))
    return HandlerProblem(file: path, code: .unreadable, message: "cannot be read", cause: "\(call): \(cause)")
  }
}
