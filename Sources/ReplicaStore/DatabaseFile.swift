import Database
import Glibc

/// The files of one database: the file itself, its `-wal` and its `-shm`.
package struct DatabaseFile: Sendable, Equatable {
  package let path: String

  package init(path: String) { self.path = path }

  /// What became of a file when it was opened.
  package enum Opening: Sendable, Equatable {
    case opened
    case created
    /// The file was damaged: it lies at that path now, and a new one was made.
    case setAside(String)
  }

  private static let suffixes = ["", "-wal", "-shm"]

  /// Deletes the files. Absent ones are no error; their content is gone with them, rows were not deleted one by one.
  package func delete() throws(DatabaseError) {
    for suffix in DatabaseFile.suffixes where unsafe unlink(path + suffix) != 0 && errno != ENOENT {
      throw DatabaseFile.failure("unlink", path + suffix)
    }
  }

  /// Renames the files, so that a new database can be made; one that was set aside before is replaced. Returns the new
  /// path.
  package func setAside() throws(DatabaseError) -> String {
    let aside = path + ".damaged"
    try DatabaseFile(path: aside).delete()
    // The log goes first: a database without its log is older, a log without its database would be played into the new
    // one.
    for suffix in DatabaseFile.suffixes.reversed()
    where unsafe rename(path + suffix, aside + suffix) != 0 && errno != ENOENT {
      throw DatabaseFile.failure("rename", path + suffix)
    }
    return aside
  }

  package var exists: Bool { unsafe access(path, F_OK) == 0 }

  /// Opens by the closure; where the file is damaged it is set aside and opened anew.
  func open<Store>(
    _ open: () throws(DatabaseError) -> Store
  ) throws(DatabaseError) -> (store: Store, opening: Opening) {
    let existed = exists
    do {
      return (try open(), existed ? .opened : .created)
    } catch  where error.isCorrupt {
      let aside = try setAside()
      return (try open(), .setAside(aside))
    } catch {
      throw error
    }
  }

  private static func failure(_ call: String, _ path: String) -> DatabaseError { .file(call, path, errno) }
}

extension DatabaseError {
  /// A call on a file that failed with that `errno`.
  static func file(_ call: String, _ path: String, _ code: Int32) -> DatabaseError {
    let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    return DatabaseError(code: code, message: "\(path): \(reason)", call: call, origin: .file)
  }
}
