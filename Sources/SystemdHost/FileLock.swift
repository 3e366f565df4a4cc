import CSystemd
import Glibc

/// An exclusive lock on a file for the life of its owner, with the holder's process id in it.
///
/// The kernel lets it go with the process, however that ends; the file stays.
package struct FileLock: ~Copyable, Sendable {
  private let descriptor: Descriptor

  /// - Parameter holding: what the lock stands for, as it is named in the error.
  /// - Throws: `HostError.inUse` with the holder's process id.
  package init(_ path: String, holding: String) throws {
    let number = retryingInterrupts { unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) }
    guard number >= 0 else { throw HostError.failed("open", number, "the lock \(path) cannot be opened") }
    let descriptor = Descriptor(adopting: number)
    let result = retryingInterrupts { flock(number, LOCK_EX | LOCK_NB) }
    if result == -EWOULDBLOCK {
      let holder = Self.holder(number).map { " (process \($0))" } ?? ""
      throw HostError(.inUse, "\(holding) is used by another daemon\(holder): stop it or choose another directory")
    }
    guard result >= 0 else { throw HostError.failed("flock", result, "the lock \(path) cannot be taken") }
    try Self.write(processID: getpid(), to: number, path)
    self.descriptor = descriptor
  }

  private static func holder(_ descriptor: Int32) -> Int32? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = retryingInterrupts {
      unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
    }
    guard count > 0 else { return nil }
    return Int32(String(decoding: bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
  }

  private static func write(processID: Int32, to descriptor: Int32, _ path: String) throws {
    let text = Array("\(processID)\n".utf8)
    guard ftruncate(descriptor, 0) == 0 else {
      throw HostError.failed("ftruncate", errno, "the lock \(path) cannot be written")
    }
    let count = retryingInterrupts {
      unsafe text.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }
    guard count == text.count else {
      throw HostError.failed("pwrite", Int32(-count), "the lock \(path) cannot be written")
    }
  }
}
