import CSQLite
import Glibc

/// A prepared statement: it owns its handle, belongs to one thread, and is finalised when it goes.
///
/// Parameters count from 1, columns from 0, as in SQLite.
@safe package final class Statement {
  package let sql: String
  let handle: OpaquePointer
  private let owner: pthread_t

  init(_ sql: String, on database: OpaquePointer, isKept: Bool) throws(DatabaseError) {
    var prepared: OpaquePointer?
    let flags = isKept ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
    let code = unsafe sqlite3_prepare_v3(database, sql, -1, flags, &prepared, nil)
    guard code == SQLITE_OK else {
      throw unsafe DatabaseError.last(on: database, code: code, call: "sqlite3_prepare_v3", sql: sql)
    }
    guard let prepared = unsafe prepared else {
      throw DatabaseError(code: SQLITE_MISUSE, message: "empty statement", call: "sqlite3_prepare_v3", sql: sql)
    }
    self.sql = sql
    unsafe handle = prepared
    owner = pthread_self()
  }

  deinit {
    // Its result repeats the error of the last step, which was thrown there.
    _ = unsafe sqlite3_finalize(handle)
  }

  /// Goes to the next row; false at the end.
  package func step() throws(DatabaseError) -> Bool {
    checkThread()
    switch unsafe sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw failure(code, "sqlite3_step")
    }
  }

  /// Runs to the end, ignoring rows, and makes the statement ready for its next use. Bound values stay.
  package func run() throws(DatabaseError) {
    defer { reset() }
    while try step() {}
  }

  /// Makes the statement ready for its next use. Bound values stay.
  package func reset() {
    checkThread()
    // Its result repeats the error of the last step, which was thrown there.
    _ = unsafe sqlite3_reset(handle)
  }

  /// Sets every parameter to NULL and frees what was bound.
  package func clearBindings() {
    _ = unsafe sqlite3_clear_bindings(handle)
  }

  func failure(_ code: Int32, _ call: String) -> DatabaseError {
    unsafe DatabaseError.last(on: sqlite3_db_handle(handle), code: code, call: call, sql: sql)
  }

  /// A handle has one thread for life; another one is a programmer's error and traps.
  func checkThread() {
    precondition(pthread_equal(owner, pthread_self()) != 0, "a statement was used outside the thread that prepared it")
  }
}
