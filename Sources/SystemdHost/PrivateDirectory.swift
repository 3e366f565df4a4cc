import CSystemd
import Glibc

/// A directory that the daemon keeps its files in.
package enum PrivateDirectory {
  /// Makes the directory with `mode` where it is missing, and checks that it is fit to use.
  ///
  /// It has to be a directory, to belong to this user, to be writable by it, and to give others no more than `mode`
  /// does; an empty one that gives more is tightened. Parents are not made.
  /// - Parameter mode: 0o700 for state; 0o755 for a runtime directory, in which other users reach the socket.
  /// - Throws: `HostError` in one line that says what to do.
  package static func prepare(_ path: String, mode: UInt32) throws {
    let made = unsafe mkdir(path, mode) == 0
    if !made && errno != EEXIST {
      let hint = errno == ENOENT ? "its parent directory is missing" : "give another one"
      throw HostError.failed("mkdir", errno, "the directory \(path) cannot be made: \(hint)")
    }
    if made, unsafe chmod(path, mode) != 0 {
      throw HostError.failed("chmod", errno, "the directory \(path) cannot be set up")
    }
    try check(path, mode: mode)
  }

  /// Removes a directory with all that is in it; links go, what they name stays. Nothing there is no error.
  package static func removeTree(_ path: String) throws {
    // A listing is bounded: it is asked for again until nothing is left.
    while case let names = try DirectoryListing.names(path), !names.isEmpty {
      for name in names { try removeEntry(path + "/" + name) }
    }
    if unsafe rmdir(path) != 0, errno != ENOENT {
      throw HostError.failed("rmdir", errno, "\(path) cannot be removed")
    }
  }

  private static func removeEntry(_ path: String) throws {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR { return try removeTree(path) }
    guard unsafe unlink(path) == 0 || errno == ENOENT else {
      throw HostError.failed("unlink", errno, "\(path) cannot be removed")
    }
  }

  private static func check(_ path: String, mode: UInt32) throws {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw HostError.failed("stat", errno, "the directory \(path) cannot be looked at")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw HostError(.unsuitable, "\(path) is not a directory: give another one")
    }
    guard status.st_uid == geteuid() else {
      throw HostError(
        .unsuitable,
        "\(path) belongs to user \(status.st_uid), the daemon runs as \(geteuid()): chown it or give another directory")
    }
    guard unsafe access(path, R_OK | W_OK | X_OK) == 0 else {
      throw HostError.failed("access", errno, "\(path) cannot be written: make it writable or give another directory")
    }
    if status.st_mode & 0o077 & ~mode != 0 { try tighten(path, mode: mode) }
  }

  private static func tighten(_ path: String, mode: UInt32) throws {
    let wanted = String(mode, radix: 8)
    guard try isEmpty(path) else {
      throw HostError(.unsuitable, "\(path) is open to other users: chmod \(wanted) \(path)")
    }
    guard unsafe chmod(path, mode) == 0 else {
      throw HostError.failed("chmod", errno, "\(path) is open to other users: chmod \(wanted) \(path)")
    }
  }

  private static func isEmpty(_ path: String) throws -> Bool {
    guard let directory = unsafe opendir(path) else {
      throw HostError.failed("opendir", errno, "the directory \(path) cannot be looked at")
    }
    defer { unsafe closedir(directory) }
    var names = 0
    // `.` and `..` are always there.
    while unsafe readdir(directory) != nil && names <= 2 { names += 1 }
    return names <= 2
  }
}
