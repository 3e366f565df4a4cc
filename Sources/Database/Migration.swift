import CSQLite

/// The schema of a database as the list of steps that lead to it, forward only.
///
/// The version in the file (`user_version`) is the number of steps taken. `application_id` tells our files from
/// others'.
package struct Migration: Sendable {
  /// What `file PATH` and other tools know the format by (sqlite.org/pragma.html#pragma_application_id).
  package var applicationID: Int32
  /// Each step is a script; the first makes version 1. A published step never changes.
  package var steps: [String]

  package init(applicationID: Int32, steps: [String]) {
    (self.applicationID, self.steps) = (applicationID, steps)
  }

  /// Brings the file to the newest version; all steps together become visible or none. Returns the version found.
  ///
  /// Errors: `isForeignSchema` for a file of a newer program or of another one, which stays as it is.
  @discardableResult
  package func apply(to connection: Connection) throws(DatabaseError) -> Int {
    let found = try version(of: connection)
    guard found < steps.count else { return found }
    return try connection.transaction(.write) { () throws(DatabaseError) in
      // Read again under the lock: another process may have been faster.
      let found = try version(of: connection)
      for step in steps.dropFirst(found) { try connection.execute(step) }
      try connection.execute("PRAGMA application_id = \(applicationID); PRAGMA user_version = \(steps.count)")
      return found
    }
  }

  /// The version in the file, 0 for an empty one, after checking that the file is ours and not newer.
  package func version(of connection: Connection) throws(DatabaseError) -> Int {
    let found = try number("PRAGMA user_version", connection)
    let application = try number("PRAGMA application_id", connection)
    let isEmpty = try number("SELECT count(*) FROM sqlite_schema", connection) == 0
    guard isEmpty || application == Int(applicationID) else {
      throw refused("\(connection.path) is a database of another program; move it away")
    }
    guard found <= steps.count else {
      throw refused(
        "\(connection.path) has schema version \(found), newer than \(steps.count), the newest that this program knows;"
          + " install the newer program again or move the file away")
    }
    return isEmpty ? 0 : found
  }

  private func number(_ sql: String, _ connection: Connection) throws(DatabaseError) -> Int {
    try connection.first(sql) { (row) throws(DatabaseError) in try row.int(0) } ?? 0
  }

  private func refused(_ message: String) -> DatabaseError {
    DatabaseError(code: SQLITE_SCHEMA, message: message, call: "migrate", origin: .schema)
  }
}
