import CSystemd
import Glibc

/// Whole small files, within a limit.
package enum ReadFile {
  /// The content, nil where there is no such file.
  ///
  /// - Parameter followsLinks: for what belongs to the system or is named by whoever runs the program; never for the daemon's own files.
  /// - Throws: `HostError`: `.tooLarge` over `limit` bytes, `.unsuitable` for what is no regular file.
  package static func bytes(_ path: String, limit: Int, followsLinks: Bool = false) throws -> [UInt8]? {
    guard let file = try open(path, followsLinks: followsLinks) else { return nil }
    return try file.bytes(path, limit: limit)
  }

  /// Opens a regular file; unless it may, without following a link in its last part. Nil where there is none.
  static func open(_ path: String, followsLinks: Bool = false) throws -> OpenFile? {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW)
    let number = retryingInterrupts { unsafe Glibc.open(path, flags) }
    if number == -ENOENT { return nil }
    guard number >= 0 else {
      let code: HostError.Code? = number == -ELOOP ? .unsuitable : nil
      throw HostError.failed("open", number, "the file \(path) cannot be read", code: code)
    }
    return OpenFile(descriptor: Descriptor(adopting: number))
  }
}
