import AgentCore
import Database

/// The first 8 bytes of SHA-256 as a number, the first byte highest; handed in, since edges do not import one another.
package typealias ShelfDigest = @Sendable (Span<UInt8>) -> UInt64

/// How a part is applied, with what the manifest promises of it.
package enum ShelfPartKind: Sendable, Equatable {
  case snapshot(titles: Int)
  case delta(lines: Int)
}

/// `replica.db`: shelves, titles, offers (design, Storage). It belongs to the thread that opened it.
///
/// One shelf job at a time, in one transaction from `begin` to `commit` or `abandon`: readers see the shelf before it
/// or after it. Whatever refuses or fails a step rolls the job back.
package final class CatalogueStore {
  let connection: Connection
  let digest: ShelfDigest
  let statements: ShelfWriter.Statements
  let facts: FactsBook
  var job: OpenJob?

  /// A job between `begin` and its end.
  struct OpenJob {
    var job: ShelfJob
    var version: Int
    var writer: ShelfWriter
    /// The rows that the snapshot has not passed yet; nil for a job of deltas alone, and once the snapshot is through.
    var held: HeldRows?
    /// The last reference of the snapshot.
    var last: TitleReference?
  }

  /// Opens or makes the file and brings its schema up to date. Errors as `JournalStore.init`.
  /// Asked at each line of a part: true gives the part up, and the job with it.
  var isClosing: @Sendable () -> Bool = { false }

  package init(path: String, digest: @escaping ShelfDigest) throws(DatabaseError) {
    connection = try Connection(path: path, settings: CatalogueSchema.settings)
    try CatalogueSchema.migration.apply(to: connection)
    self.digest = digest
    statements = try ShelfWriter.Statements(connection)
    facts = try FactsBook(connection)
  }

  /// Opens the file and lists its shelves; a damaged one is set aside and made anew, which the result tells.
  package static func open(
    path: String, digest: @escaping ShelfDigest
  ) throws(DatabaseError) -> (store: CatalogueStore, shelves: [AppliedShelf], opening: DatabaseFile.Opening) {
    let opened = try DatabaseFile(path: path).open { () throws(DatabaseError) -> Opened in
      let store = try CatalogueStore(path: path, digest: digest)
      return Opened(store: store, shelves: try store.appliedShelves())
    }
    return (opened.store.store, opened.store.shelves, opened.opening)
  }

  private struct Opened {
    var store: CatalogueStore
    var shelves: [AppliedShelf]
  }

  /// The shelves that were committed, by name; a job that is open counts for nothing.
  package func appliedShelves() throws(DatabaseError) -> [AppliedShelf] {
    try connection.rows("SELECT name, version, titles FROM shelf WHERE version > 0 ORDER BY name") {
      (row) throws(DatabaseError) in
      guard let name = ShelfName(try row.text(0)) else {
        throw .form("a stored shelf has no form", call: "appliedShelves")
      }
      return AppliedShelf(shelf: name, version: try row.int(1), titles: try row.int(2))
    }
  }

  /// Begins to bring a shelf to a version: from nothing by a snapshot, or by deltas from the version that is applied.
  ///
  /// A job that is open is rolled back first.
  package func begin(
    _ job: ShelfJob, _ shelf: ShelfName, version: Int, isSnapshot: Bool
  ) throws(DatabaseError) {
    rollBack()
    try connection.begin(.write)
    do {
      self.job = try openJob(job, shelf, version: version, isSnapshot: isSnapshot)
    } catch {
      rollBack()
      throw error
    }
  }

  private func openJob(
    _ job: ShelfJob, _ shelf: ShelfName, version: Int, isSnapshot: Bool
  ) throws(DatabaseError) -> OpenJob {
    facts.forgetAll()
    let found = try connection.first("SELECT id, titles, xor64 FROM shelf WHERE name = ?", [.text(shelf.text)]) {
      (row) throws(DatabaseError) in (try row.int64(0), try row.int(1), UInt64(bitPattern: try row.int64(2)))
    }
    guard isSnapshot else {
      guard let (row, titles, xor64) = found else {
        throw .form("\(shelf) is not applied, so no delta leads on", call: "begin")
      }
      return OpenJob(job: job, version: version, writer: writer(row, titles: titles, xor64: xor64))
    }
    let row: Int64
    if let found {
      row = found.0
    } else {
      try connection.run("INSERT INTO shelf (name, version, titles, xor64) VALUES (?, 0, 0, 0)", [.text(shelf.text)])
      row = connection.lastInsertedRow
    }
    return OpenJob(
      job: job, version: version, writer: writer(row, titles: 0, xor64: 0), held: try HeldRows(shelf: row, connection))
  }

  private func writer(_ shelf: Int64, titles: Int, xor64: UInt64) -> ShelfWriter {
    ShelfWriter(shelf: shelf, titles: titles, xor64: xor64, statements: statements, facts: facts, connection)
  }

  /// Makes the job's shelf visible where `check` fits it.
  package func commit(_ job: ShelfJob, _ check: ShelfManifest.Check) -> ShelfCommitResult {
    guard var open = self.job, open.job == job else { return .failed("no such job is open") }
    do throws(DatabaseError) {
      try finishSnapshot(&open)
      let writer = open.writer
      guard writer.titles == check.titles, ShelfManifest.Check.number(check.xor64) == writer.xor64 else {
        rollBack()
        return .mismatch
      }
      try connection.run(
        "UPDATE shelf SET version = ?, titles = ?, xor64 = ? WHERE id = ?",
        [
          .integer(open.version), .integer(writer.titles), .integer(Int64(bitPattern: writer.xor64)),
          .integer(writer.shelf),
        ])
      if writer.hasReplaced { try deleteUnusedFacts() }
      try connection.commit()
      self.job = nil
      emptyLog()
      return .committed(titles: writer.titles)
    } catch {
      rollBack()
      return .failed(error.description)
    }
  }

  /// Rolls the job back; nothing where it is not open.
  package func abandon(_ job: ShelfJob) {
    if self.job?.job == job { rollBack() }
  }

  /// Takes a shelf out, with the titles that stand in no other. An open job is rolled back first.
  package func drop(_ shelf: ShelfName) throws(DatabaseError) {
    rollBack()
    try connection.transaction(.write) { () throws(DatabaseError) in
      let found = try connection.first("SELECT id FROM shelf WHERE name = ?", [.text(shelf.text)]) {
        (row) throws(DatabaseError) in try row.int64(0)
      }
      guard let row = found else { return }
      try connection.run("DELETE FROM offer WHERE shelf_id = ?", [.integer(row)])
      try connection.run(
        """
        UPDATE title SET shelves = shelves - 1, shelf_id = iif(shelf_id = ?1, 0, shelf_id)
        WHERE id IN (SELECT title_id FROM shelf_title WHERE shelf_id = ?1)
        """, [.integer(row)])
      try connection.run("DELETE FROM title WHERE shelves = 0")
      try connection.run("DELETE FROM shelf_title WHERE shelf_id = ?", [.integer(row)])
      try connection.run("DELETE FROM shelf WHERE id = ?", [.integer(row)])
      try deleteUnusedFacts()
    }
    emptyLog()
  }

  func rollBack() {
    job = nil
    connection.rollBack()
  }

  private func deleteUnusedFacts() throws(DatabaseError) {
    try connection.run("DELETE FROM facts WHERE id NOT IN (SELECT facts_id FROM title)")
  }

  /// A job's log may be as large as the shelf. Where a reader is in the way the next job empties it.
  private func emptyLog() { _ = try? connection.checkpointTruncating() }
}

extension ShelfManifest.Check {
  /// The number of 16 lower-case hex digits; nil for anything else.
  static func number(_ hex: String) -> UInt64? {
    guard hex.utf8.count == 16, hex.utf8.allSatisfy({ !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }),
      hex.utf8.first != UInt8(ascii: "+"), hex.utf8.first != UInt8(ascii: "-")
    else { return nil }
    return UInt64(hex, radix: 16)
  }
}
