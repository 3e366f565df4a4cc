import CSQLite
import Glibc

/// A connection to an SQLite file. It belongs to the thread that opened it, and closes when it goes.
///
/// Statements that still live keep the handle open until the last of them is finalised (`sqlite3_close_v2`).
@safe package final class Connection {
  package let path: String
  let handle: OpaquePointer
  private let owner: pthread_t
  /// Statements that are not in use, by their text. One in use is taken out, so that nested uses get one each.
  private var idle: [String: Statement] = [:]

  package enum Mode: Sendable { case readWriteCreate, readOnly }

  /// How a connection behaves; each pragma is set when it opens.
  package struct Settings: Sendable {
    package var mode: Mode
    package var synchronous: Synchronous
    /// Deleted content is overwritten.
    package var isSecureDelete: Bool
    /// What a WAL is cut down to after a checkpoint, bytes.
    package var journalSizeLimitBytes: Int
    package var cacheKiB: Int
    /// How long a locked file is waited for, milliseconds.
    package var busyTimeoutMilliseconds: Int32

    package enum Synchronous: String, Sendable { case normal = "NORMAL", full = "FULL" }

    package init(
      mode: Mode, synchronous: Synchronous, isSecureDelete: Bool, journalSizeLimitBytes: Int, cacheKiB: Int,
      busyTimeoutMilliseconds: Int32
    ) {
      self.mode = mode
      self.synchronous = synchronous
      self.isSecureDelete = isSecureDelete
      self.journalSizeLimitBytes = journalSizeLimitBytes
      self.cacheKiB = cacheKiB
      self.busyTimeoutMilliseconds = busyTimeoutMilliseconds
    }
  }

  /// How many statements are kept for their next use.
  package static let idleStatements = 64

  /// Opens a file in WAL mode. Errors: `isCorrupt` where it is damaged or no database; cannot open, where it is absent
  /// and the mode is read-only.
  package init(path: String, settings: Settings) throws(DatabaseError) {
    let access =
      settings.mode == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    var opened: OpaquePointer?
    let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
    guard code == SQLITE_OK, let handle = unsafe opened else {
      var error = unsafe DatabaseError.last(on: opened, code: code, call: "sqlite3_open_v2")
      error.message += ": \(path)"
      _ = unsafe sqlite3_close_v2(opened)
      throw error
    }
    self.path = path
    unsafe self.handle = handle
    owner = pthread_self()
    try apply(settings)
  }

  deinit {
    idle.removeAll()
    // It cannot fail: what is still in use closes later.
    _ = unsafe sqlite3_close_v2(handle)
  }

  private func apply(_ settings: Settings) throws(DatabaseError) {
    _ = unsafe sqlite3_busy_timeout(handle, settings.busyTimeoutMilliseconds)
    // Negative: KiB instead of pages (sqlite.org/pragma.html#pragma_cache_size).
    try execute("PRAGMA cache_size = -\(settings.cacheKiB); PRAGMA trusted_schema = OFF")
    guard settings.mode != .readOnly else { return }
    try execute("PRAGMA secure_delete = \(settings.isSecureDelete ? "ON" : "OFF")")
    let journal = try first("PRAGMA journal_mode = WAL") { (row) throws(DatabaseError) in try row.text(0) }
    guard journal == "wal" else {
      throw DatabaseError(code: SQLITE_CANTOPEN, message: "WAL refused: \(path)", call: "PRAGMA journal_mode")
    }
    try execute(
      """
      PRAGMA synchronous = \(settings.synchronous.rawValue);
      PRAGMA journal_size_limit = \(settings.journalSizeLimitBytes);
      PRAGMA foreign_keys = OFF
      """)
  }

  /// Prepares a statement that the caller keeps.
  package func prepare(_ sql: String) throws(DatabaseError) -> Statement {
    checkThread()
    return try unsafe Statement(sql, on: handle, isKept: true)
  }

  /// Lends a statement, prepared once and kept; afterwards it is reset and its values are cleared.
  package func withStatement<R>(
    _ sql: String, _ body: (Statement) throws(DatabaseError) -> R
  ) throws(DatabaseError) -> R {
    checkThread()
    let statement: Statement
    if let kept = idle.removeValue(forKey: sql) { statement = kept } else { statement = try prepare(sql) }
    defer {
      statement.reset()
      statement.clearBindings()
      if idle.count < Connection.idleStatements { idle[sql] = statement }
    }
    return try body(statement)
  }

  /// Runs one statement to its end.
  package func run(_ sql: String, _ values: [Value] = []) throws(DatabaseError) {
    try withStatement(sql) { (statement) throws(DatabaseError) in
      try statement.bind(values)
      try statement.run()
    }
  }

  /// All rows of a query, each made into a value.
  package func rows<R>(
    _ sql: String, _ values: [Value] = [], _ map: (Statement) throws(DatabaseError) -> R
  ) throws(DatabaseError) -> [R] {
    try withStatement(sql) { (statement) throws(DatabaseError) in
      try statement.bind(values)
      var result: [R] = []
      while try statement.step() { result.append(try map(statement)) }
      return result
    }
  }

  /// The first row of a query; nil where there is none.
  package func first<R>(
    _ sql: String, _ values: [Value] = [], _ map: (Statement) throws(DatabaseError) -> R
  ) throws(DatabaseError) -> R? {
    try withStatement(sql) { (statement) throws(DatabaseError) in
      try statement.bind(values)
      return try statement.step() ? try map(statement) : nil
    }
  }

  /// Runs a script of several statements without values; rows are ignored.
  package func execute(_ script: String) throws(DatabaseError) {
    checkThread()
    let code = unsafe sqlite3_exec(handle, script, nil, nil, nil)
    guard code == SQLITE_OK else {
      throw unsafe DatabaseError.last(on: handle, code: code, call: "sqlite3_exec", sql: script)
    }
  }

  /// How many rows the last INSERT, UPDATE or DELETE changed.
  package var changes: Int { Int(unsafe sqlite3_changes64(handle)) }
  package var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

  /// The file that was opened is no longer the one at its path: it was deleted or replaced.
  package var hasMoved: Bool {
    checkThread()
    var answer: Int32 = 0
    let code = unsafe sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &answer)
    return code == SQLITE_OK && answer != 0
  }

  func checkThread() {
    precondition(pthread_equal(owner, pthread_self()) != 0, "a connection was used outside the thread that opened it")
  }
}
