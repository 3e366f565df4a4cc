import CSQLite

/// Why a call to SQLite, a migration or the reading of a column failed.
package struct DatabaseError: Error, Sendable, Equatable, CustomStringConvertible {
  /// SQLite's extended result code; for `.schema` and `.form` the primary one that comes closest, for `.file` the
  /// `errno`.
  package var code: Int32
  package var message: String
  /// The C function that failed, or the step of ours.
  package var call: String
  /// The statement's text without its values; nil where there is none.
  package var sql: String?
  package var origin: Origin

  package enum Origin: Sendable, Equatable {
    case sqlite
    /// The file belongs to a newer program or to another one.
    case schema
    /// What is stored, or handed in to be stored, has not the expected form.
    case form
    /// A call on the file itself (rename, unlink) failed.
    case file
  }

  package init(code: Int32, message: String, call: String, sql: String? = nil, origin: Origin = .sqlite) {
    self.code = code
    self.message = message
    self.call = call
    self.sql = sql
    self.origin = origin
  }

  /// An error of ours about a value that has not the expected form.
  package static func form(_ message: String, call: String) -> DatabaseError {
    DatabaseError(code: SQLITE_MISMATCH, message: message, call: call, origin: .form)
  }

  /// SQLite's primary result code (the lower 8 bits).
  package var primaryCode: Int32 { origin == .file ? SQLITE_IOERR : code & 0xff }

  /// No space is left; the same change may succeed later.
  package var isFull: Bool { primaryCode == SQLITE_FULL }
  /// The file is damaged, or no database at all.
  package var isCorrupt: Bool { primaryCode == SQLITE_CORRUPT || primaryCode == SQLITE_NOTADB }
  /// Another connection holds the lock.
  package var isBusy: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }
  /// The file's schema is newer than this program, or the file is another program's.
  package var isForeignSchema: Bool { origin == .schema }

  /// One line to read.
  package var description: String {
    let place = sql.map { " in: \($0.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(120))" } ?? ""
    return "\(call): \(message) (\(code))\(place)"
  }
}

extension DatabaseError {
  /// The error that a connection reports for its last call.
  static func last(on handle: OpaquePointer?, code: Int32, call: String, sql: String? = nil) -> DatabaseError {
    let text: String
    if let handle = unsafe handle, let message = unsafe sqlite3_errmsg(handle) {
      text = unsafe String(cString: message)
    } else {
      text = unsafe String(cString: sqlite3_errstr(code))
    }
    return DatabaseError(code: code, message: text, call: call, sql: sql)
  }
}
