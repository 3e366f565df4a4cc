import CSystemd
import Glibc

/// A file that is open for reading.
struct OpenFile: ~Copyable {
  let descriptor: Descriptor

  init(descriptor: consuming Descriptor) { self.descriptor = descriptor }

  func status(_ path: String) throws -> stat {
    var status = stat()
    guard unsafe fstat(descriptor.number, &status) == 0 else {
      throw HostError.failed("fstat", errno, "the file \(path) cannot be read")
    }
    return status
  }

  /// The whole content; a file that grows while it is read is held to the limit too.
  func bytes(_ path: String, limit: Int) throws -> [UInt8] {
    guard try status(path).st_mode & S_IFMT == S_IFREG else {
      throw HostError(.unsuitable, "\(path) is not a file")
    }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: min(limit + 1, 64 << 10))
    while true {
      let count = retryingInterrupts {
        unsafe part.withUnsafeMutableBytes { unsafe read(descriptor.number, $0.baseAddress, $0.count) }
      }
      guard count >= 0 else { throw HostError.failed("read", Int32(count), "the file \(path) cannot be read") }
      guard count > 0 else { return bytes }
      bytes += part.prefix(count)
      guard bytes.count <= limit else {
        throw HostError(.tooLarge, "\(path) is larger than \(limit) bytes")
      }
    }
  }
}
