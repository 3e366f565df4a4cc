import Database

/// A database of its own, to see how long this machine takes to commit a small row for good, as both ends do for each
/// change of policy.
final class DurableCommits {
  private let connection: Connection

  private static let row = Value.text(String(repeating: "x", count: 4_096))

  /// - Parameter path: of a file that does not exist yet.
  init(path: String) throws {
    connection = try Connection(
      path: path,
      settings: .init(
        mode: .readWriteCreate, synchronous: .full, isSecureDelete: false, journalSizeLimitBytes: 4 << 20,
        cacheKiB: 512, busyTimeoutMilliseconds: 0))
    try connection.execute("CREATE TABLE envelope (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT")
  }

  /// Commits one row.
  func commit() throws { try connection.run("INSERT INTO envelope (text) VALUES (?)", [Self.row]) }
}
