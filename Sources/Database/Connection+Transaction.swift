import CSQLite

extension Connection {
  /// How a transaction begins: a reader takes no lock that a writer needs.
  package enum TransactionKind: String, Sendable { case read = "BEGIN DEFERRED", write = "BEGIN IMMEDIATE" }

  /// A transaction is open.
  package var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

  /// Runs the body in a transaction: committed when it returns, rolled back when it throws. It does not nest.
  package func transaction<R>(
    _ kind: TransactionKind, _ body: () throws(DatabaseError) -> R
  ) throws(DatabaseError) -> R {
    try begin(kind)
    do {
      let result = try body()
      try commit()
      return result
    } catch {
      rollBack()
      throw error
    }
  }

  /// Opens a transaction that `commit` or `rollBack` ends; for work that comes in steps.
  package func begin(_ kind: TransactionKind) throws(DatabaseError) {
    try run(kind.rawValue)
  }

  /// On an error the transaction is still open, unless SQLite has rolled it back itself.
  package func commit() throws(DatabaseError) {
    try run("COMMIT")
  }

  /// Ends the open transaction, if any, without its changes.
  package func rollBack() {
    guard isInTransaction else { return }
    // It fails only where no transaction is open, or I/O fails; then the next opener rolls back
    // (sqlite.org/lang_transaction.html).
    try? run("ROLLBACK")
  }

  /// Copies the WAL into the file and empties it, so that nothing deleted is left in it. False where a reader was in
  /// the way: the next one repeats it.
  @discardableResult
  package func checkpointTruncating() throws(DatabaseError) -> Bool {
    try first("PRAGMA wal_checkpoint(TRUNCATE)") { (row) throws(DatabaseError) in try row.int64(0) == 0 } ?? false
  }

  /// A number that changes when another connection has changed the file; inside a transaction it is that of its view.
  package func dataVersion() throws(DatabaseError) -> Int64 {
    try first("PRAGMA data_version") { (row) throws(DatabaseError) in try row.int64(0) } ?? 0
  }

  /// Reads the whole file's structure; throws `isCorrupt` where it is damaged.
  package func checkIntegrity() throws(DatabaseError) {
    let finding = try first("PRAGMA quick_check(1)") { (row) throws(DatabaseError) in try row.text(0) }
    guard finding == "ok" else {
      throw DatabaseError(code: SQLITE_CORRUPT, message: finding ?? "no answer", call: "PRAGMA quick_check")
    }
  }
}
