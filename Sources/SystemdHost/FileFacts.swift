import CSystemd
import Glibc

/// What the system tells of a file without opening it.
package struct FileFacts: Sendable, Equatable {
  package var owner: UInt32
  package var mode: UInt32
  package var isDirectory: Bool

  /// - Throws: `HostError`, `.permission` where this user may not look, `.system` where nothing is there.
  package static func read(_ path: String) throws -> FileFacts {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw HostError.failed("stat", errno, "\(path) cannot be looked at") }
    return FileFacts(
      owner: status.st_uid, mode: status.st_mode & 0o7777, isDirectory: status.st_mode & S_IFMT == S_IFDIR)
  }

  /// Bytes of the file system: what anybody may still use, and all.
  package static func space(_ path: String) throws -> (available: Int64, total: Int64) {
    var status = statvfs()
    guard unsafe statvfs(path, &status) == 0 else {
      throw HostError.failed("statvfs", errno, "\(path) cannot be looked at")
    }
    let block = Int64(status.f_frsize)
    return (Int64(status.f_bavail) * block, Int64(status.f_blocks) * block)
  }
}

/// Whether a file is still the one that was looked at before: its place on the disk, its size and its last change.
package struct FileStamp: Sendable, Equatable {
  private var device: UInt64
  private var inode: UInt64
  private var size: Int64
  private var seconds: Int
  private var nanoseconds: Int

  /// Of the file that a path leads to, links followed; nil where there is none.
  package init?(_ path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
    (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
  }
}

extension Groups {
  /// The number of a user; nil where the system has none of that name.
  package static func user(_ name: String) -> UInt32? {
    var entry = unsafe passwd()
    var buffer = [CChar](repeating: 0, count: 16 << 10)
    var found: UnsafeMutablePointer<passwd>?
    let result = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe getpwnam_r(name, &entry, $0, buffer.count, &found) } ?? EINVAL
    }
    guard result == 0, unsafe found != nil else { return nil }
    return unsafe entry.pw_uid
  }

  /// Whether this process is in a group.
  package static func contains(_ name: String) -> Bool {
    guard let wanted = identifier(name) else { return false }
    if getegid() == wanted { return true }
    var groups = [gid_t](repeating: 0, count: 1_024)
    let count = unsafe getgroups(Int32(groups.count), &groups)
    return count > 0 && groups.prefix(Int(count)).contains(wanted)
  }
}
