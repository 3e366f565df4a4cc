import CSystemd
import Glibc

/// A small file that only its owner reads, replaced as a whole or not at all.
package enum PrivateFile {
  /// Files that this process makes from now on are closed to other users, whoever makes them (umask 077).
  package static func makeNewFilesPrivate() { _ = umask(0o077) }

  /// The content, nil where there is no such file.
  ///
  /// - Throws: `HostError`: `.tooLarge` over `limit` bytes; `.unsuitable` for what is no regular file of this user, or
  ///   one that others may use.
  package static func read(_ path: String, limit: Int) throws -> [UInt8]? {
    guard let file = try ReadFile.open(path) else { return nil }
    let status = try file.status(path)
    guard status.st_uid == geteuid() else {
      throw HostError(.unsuitable, "\(path) belongs to user \(status.st_uid), not to the daemon's user \(geteuid())")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw HostError(.unsuitable, "\(path) is open to other users: chmod 600 \(path)")
    }
    return try file.bytes(path, limit: limit)
  }

  /// Replaces the file: a temporary file of mode 0600 is written and synchronised, renamed, and the directory
  /// synchronised. After a crash the file has its old or its new content. One writer at a time.
  package static func replace(_ path: String, with bytes: [UInt8]) throws {
    let temporary = "\(path).new"
    guard unsafe unlink(temporary) == 0 || errno == ENOENT else {
      throw failed("unlink", path)
    }
    do {
      try write(bytes, to: temporary, path)
      guard unsafe rename(temporary, path) == 0 else { throw failed("rename", path) }
    } catch {
      _ = unsafe unlink(temporary)
      throw error
    }
    try synchroniseDirectory(of: path)
  }

  /// Removes the file for good; nothing happens where there is none.
  package static func remove(_ path: String) throws {
    guard unsafe unlink(path) == 0 else {
      if errno == ENOENT { return }
      throw failed("unlink", path)
    }
    try synchroniseDirectory(of: path)
  }

  private static func write(_ bytes: [UInt8], to temporary: String, _ path: String) throws {
    let number = retryingInterrupts {
      unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    }
    guard number >= 0 else { throw HostError.failed("open", number, message(path)) }
    let file = Descriptor(adopting: number)
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = retryingInterrupts {
        unsafe rest.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
      }
      guard count > 0 else { throw HostError.failed("write", Int32(count), message(path)) }
      rest = rest.dropFirst(count)
    }
    guard fsync(file.number) == 0 else { throw failed("fsync", path) }
  }

  private static func synchroniseDirectory(of path: String) throws {
    let end = path.lastIndex(of: "/")
    let directory = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let number = retryingInterrupts { unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard number >= 0 else { throw HostError.failed("open", number, message(path)) }
    let opened = Descriptor(adopting: number)
    guard fsync(opened.number) == 0 else { throw failed("fsync", path) }
  }

  private static func failed(_ call: String, _ path: String) -> HostError { .failed(call, errno, message(path)) }

  private static func message(_ path: String) -> String { "the file \(path) cannot be written" }
}
