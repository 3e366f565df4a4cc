import AgentCore
import Database

/// `journal.db`: what must not be lost (design, Storage). It belongs to the thread that opened it.
///
/// A change that `commit` has returned from survives loss of power. Nothing here decides anything: the core does.
package final class JournalStore {
  let connection: Connection
  let json = JSONText()

  /// Opens or makes the file and brings its schema up to date.
  ///
  /// Errors: `isCorrupt` for a damaged file; `isForeignSchema` for a file of a newer program, which stays as it is.
  package init(path: String) throws(DatabaseError) {
    connection = try Connection(path: path, settings: JournalSchema.settings)
    if try JournalSchema.migration.version(of: connection) > 0 { try connection.checkIntegrity() }
    try JournalSchema.migration.apply(to: connection)
  }

  /// Opens the file and loads it; a damaged one is set aside and made anew, which the result tells.
  package static func open(
    path: String
  ) throws(DatabaseError) -> (store: JournalStore, contents: JournalContents, opening: DatabaseFile.Opening) {
    let file = DatabaseFile(path: path)
    let opened = try file.open { () throws(DatabaseError) -> Opened in
      let store = try JournalStore(path: path)
      return Opened(store: store, contents: try store.load())
    }
    return (opened.store.store, opened.store.contents, opened.opening)
  }

  private struct Opened {
    var store: JournalStore
    var contents: JournalContents
  }

  /// All that the core needs to go on where it stopped.
  package func load() throws(DatabaseError) -> JournalContents {
    try connection.transaction(.read) { () throws(DatabaseError) in
      JournalContents(
        policy: try loadPolicy(), outbox: try loadOutbox(), ledger: try loadLedger(), sessions: try loadSessions(),
        highWater: try connection.first("SELECT high_water FROM mark") { (row) throws(DatabaseError) in
          WallTime(seconds: try row.int64(0))
        },
        retryAfter: try loadRetryAfter(),
        trust: try connection.first("SELECT document FROM trust") { (row) throws(DatabaseError) in
          try json.value(TrustSet.self, row.text(0))
        },
        pinAttempts: try connection.rows("SELECT profile, failures, wait_s FROM pin_attempts ORDER BY profile") {
          (row) throws(DatabaseError) in
          PINAttempts.Row(profile: try row.text(0), failures: try row.int(1), waitSeconds: try row.int64(2))
        }, leases: try loadLeases(), elsewhere: try loadElsewhere(),
        requests: try connection.rows("SELECT record FROM request ORDER BY id") { (row) throws(DatabaseError) in
          try json.value(RequestRecord.self, row.text(0))
        },
        anchor: try connection.first("SELECT record FROM anchor") { (row) throws(DatabaseError) in
          try json.value(TrustedClock.Anchor.self, row.text(0))
        })
    }
  }

  private func loadPolicy() throws(DatabaseError) -> JournalContents.StoredPolicy? {
    try connection.first("SELECT envelope, version, payload_sha256, trust, applied_at FROM policy") {
      (row) throws(DatabaseError) in
      JournalContents.StoredPolicy(
        envelope: try row.text(0), version: try row.int(1), payloadSHA256: try row.text(2),
        trust: try json.value(TrustSet.self, row.text(3)), appliedAt: WallTime(seconds: try row.int64(4)))
    }
  }

  func loadOutbox() throws(DatabaseError) -> JournalContents.OutboxContents {
    let contents = try connection.first("SELECT epoch, next, first_unacknowledged FROM outbox") {
      (row) throws(DatabaseError) in
      JournalContents.OutboxContents(epoch: try row.int(0), next: try row.int(1), firstUnacknowledged: try row.int(2))
    }
    guard var contents else { throw .form("the row of the outbox is missing", call: "SELECT") }
    contents.oldestAt = try connection.first(
      "SELECT at FROM event WHERE seq >= ? ORDER BY seq LIMIT 1", [.integer(contents.firstUnacknowledged)]
    ) { (row) throws(DatabaseError) in WallTime(seconds: try row.int64(0)) }
    return contents
  }

  private func loadLedger() throws(DatabaseError) -> [JournalContents.LedgerRow] {
    try connection.rows("SELECT profile, date, seconds, apps FROM ledger ORDER BY date, profile") {
      (row) throws(DatabaseError) in
      JournalContents.LedgerRow(
        profile: try row.text(0), date: CalendarDate(daysSinceEpoch: try row.int(1)), seconds: try row.int64(2),
        apps: try json.value([String: Int64].self, row.text(3)))
    }
  }

  private func loadSessions() throws(DatabaseError) -> [SessionRecord] {
    try connection.rows("SELECT record FROM session ORDER BY id") { (row) throws(DatabaseError) in
      try json.value(SessionRecord.self, row.text(0))
    }
  }

  private func loadLeases() throws(DatabaseError) -> [LeaseBook.Row] {
    try connection.rows("SELECT profile, date, through_s, until FROM lease ORDER BY profile") {
      (row) throws(DatabaseError) in
      LeaseBook.Row(
        profile: try row.text(0), date: CalendarDate(daysSinceEpoch: try row.int(1)),
        throughSeconds: try row.int64(2),
        until: try row.optionalInt64(3).map(WallTime.init(seconds:)))
    }
  }

  private func loadElsewhere() throws(DatabaseError) -> [String: Heads.Elsewhere] {
    let rows = try connection.rows("SELECT profile, date, seconds, apps FROM elsewhere") {
      (row) throws(DatabaseError) in
      (
        try row.text(0),
        Heads.Elsewhere(
          date: CalendarDate(daysSinceEpoch: try row.int(1)), seconds: try row.int64(2),
          apps: try json.value([String: Int64].self, row.text(3)))
      )
    }
    return Dictionary(rows, uniquingKeysWith: { first, _ in first })
  }

  private func loadRetryAfter() throws(DatabaseError) -> [String: WallTime] {
    let rows = try connection.rows("SELECT endpoint, until FROM retry_after") { (row) throws(DatabaseError) in
      (try row.text(0), WallTime(seconds: try row.int64(1)))
    }
    return Dictionary(rows, uniquingKeysWith: { first, _ in first })
  }
}
