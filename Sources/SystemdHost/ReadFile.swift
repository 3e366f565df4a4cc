import CSystemd
import Glibc

/// Whole small files, within a limit.
package enum ReadFile {
  /// The content, nil where there is no such file.
  ///
  /// - Throws: `HostError`: `.tooLarge` over `limit` bytes, `.unsuitable` for what is no regular file.
  package static func bytes(_ path: String, limit: Int) throws -> [UInt8]? {
    guard let file = try open(path) else { return nil }
    return try file.bytes(path, limit: limit)
  }

  /// Opens a regular file without following a link in its last part; nil where there is none.
  static func open(_ path: String) throws -> OpenFile? {
    let number = retryingInterrupts { unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
    if number == -ENOENT { return nil }
    guard number >= 0 else {
      let code: HostError.Code? = number == -ELOOP ? .unsuitable : nil
      throw HostError.failed("open", number, "the file \(path) cannot be read", code: code)
    }
    return OpenFile(descriptor: Descriptor(adopting: number))
  }
}
