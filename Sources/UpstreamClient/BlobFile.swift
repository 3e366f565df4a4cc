import AgentCore
import Glibc

/// A file that is being received: `PATH.part` until its length and hash are right, then `PATH`.
///
/// Errors: `local` with the failed call, `mismatch` where the bytes are not what was promised. Confined to the
/// transport's thread.
final class BlobFile {
  /// Bytes of the file that are there and hashed.
  private(set) var have = 0
  /// Some of the bytes come from an earlier try.
  private(set) var isResumed = false
  let bytes: Int
  private let path: String
  private let sha256: String
  private let makeHasher: @Sendable () -> StreamHasher
  private let descriptor: Int32
  private var hasher: StreamHasher

  /// Bytes read at once from an earlier try.
  private static let chunkBytes = 64 << 10

  private var partPath: String { path + ".part" }

  /// Opens what an earlier try left, or an empty file; what is not shorter than the whole is begun anew.
  init(
    path: String, bytes: Int, sha256: String, makeHasher: @escaping @Sendable () -> StreamHasher
  ) throws(TransportFailure) {
    (self.path, self.bytes, self.sha256, self.makeHasher) = (path, bytes, sha256, makeHasher)
    hasher = makeHasher()
    let part = path + ".part"
    descriptor = Int32(retryingInterrupts { unsafe Int(open(part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)) })
    guard descriptor >= 0 else { throw .local(failureLine("open \(part)", errno)) }
    try readEarlierTry()
  }

  deinit { close(descriptor) }

  private func readEarlierTry() throws(TransportFailure) {
    var facts = stat()
    guard unsafe fstat(descriptor, &facts) == 0 else { throw .local(failureLine("fstat \(partPath)", errno)) }
    guard facts.st_size > 0 else { return }
    guard facts.st_size < bytes else { return try restart() }
    var buffer = [UInt8](repeating: 0, count: BlobFile.chunkBytes)
    while true {
      let count = retryingInterrupts {
        unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      }
      guard count >= 0 else { throw .local(failureLine("read \(partPath)", errno)) }
      guard count > 0 else { break }
      hasher.update(Array(buffer[..<count]))
      have += count
    }
    isResumed = true
  }

  /// Forgets what is there.
  func restart() throws(TransportFailure) {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw .local(failureLine("ftruncate \(partPath)", errno))
    }
    (have, isResumed, hasher) = (0, false, makeHasher())
  }

  func append(_ chunk: [UInt8]) throws(TransportFailure) {
    guard have + chunk.count <= bytes else { throw .mismatch }
    var rest = chunk[...]
    while !rest.isEmpty {
      let count = retryingInterrupts {
        unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
      }
      guard count > 0 else { throw .local(failureLine("write \(partPath)", errno)) }
      rest = rest.dropFirst(count)
    }
    hasher.update(chunk)
    have += chunk.count
  }

  /// Compares length and hash, makes the bytes durable and gives the file its name.
  func finish() throws(TransportFailure) {
    guard have == bytes, hasher.finishHex() == sha256 else { throw .mismatch }
    guard fsync(descriptor) == 0 else { throw .local(failureLine("fsync \(partPath)", errno)) }
    guard unsafe rename(partPath, path) == 0 else { throw .local(failureLine("rename \(partPath)", errno)) }
    try syncDirectory()
  }

  /// Removes what is there, so that the next try begins anew.
  func discard() { unsafe unlink(partPath) }

  private func syncDirectory() throws(TransportFailure) {
    let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let directory = Int32(retryingInterrupts { unsafe Int(open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) })
    guard directory >= 0 else { throw .local(failureLine("open \(parent)", errno)) }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw .local(failureLine("fsync \(parent)", errno)) }
  }
}
