import AgentCore
import Database
import Synchronization
import Testing

@testable import ReplicaStore

func event(_ sequence: Int, at seconds: Int64 = 1_764_000_000, session: String = "s1") -> UsageEvent {
  UsageEvent(
    sequence: sequence, at: WallTime(seconds: seconds), upTenths: 1_234, boot: "0a1b2c3d", profile: "mia",
    detail: .sessionProgress(
      session: session, days: [PlayedDay(date: CalendarDate(daysSinceEpoch: 20_416), playedSeconds: 300)]))
}

func events(_ range: ClosedRange<Int>) -> [JournalChange] { range.map { .event(event($0), .high) } }

let key = TrustSet.PublicKey(kid: "k1", x: "AAAA")
let trust = TrustSet(version: 3, policy: [key], catalogue: [key], root: key)

@Suite struct JournalStoreTests {
  @Test("commit, reopened: everything is there again")
  func reopened() throws {
    let scratch = try Scratch()
    let record = SessionRecord(
      id: "s1", profile: "mia", title: try reference("tmdb:movie:603"), app: "netflix", service: "netflix", owner: 1000,
      startedAt: WallTime(seconds: 5), days: [])
    do {
      let store = try JournalStore(path: scratch.file("journal.db"))
      #expect(try store.load() == JournalContents())
      try store.commit(
        [
          .policy(
            envelope: "a.b.c", version: 42, payloadSHA256: "ff", trust: trust, appliedAt: WallTime(seconds: 7)),
          .trust(trust), .session(record), .highWater(WallTime(seconds: 9)),
          .retryAfter(endpoint: "usage", until: WallTime(seconds: 11)),
          .ledger(profile: "mia", date: CalendarDate(daysSinceEpoch: 20_416), seconds: 61, apps: ["netflix": 60]),
          .pinAttempts(.init(profile: "leo", failures: 6, waitSeconds: 60)),
        ] + events(1...3))
      try store.commit([.acknowledged(through: 1, at: WallTime(seconds: 20))])
    }
    let opened = try JournalStore.open(path: scratch.file("journal.db"))
    #expect(opened.opening == .opened)
    #expect(
      opened.contents
        == JournalContents(
          policy: .init(
            envelope: "a.b.c", version: 42, payloadSHA256: "ff", trust: trust, appliedAt: WallTime(seconds: 7)),
          outbox: .init(epoch: 1, next: 4, firstUnacknowledged: 2, oldestAt: event(2).at),
          ledger: [
            .init(profile: "mia", date: CalendarDate(daysSinceEpoch: 20_416), seconds: 61, apps: ["netflix": 60])
          ],
          sessions: [record], highWater: WallTime(seconds: 9), retryAfter: ["usage": WallTime(seconds: 11)],
          trust: trust, pinAttempts: [.init(profile: "leo", failures: 6, waitSeconds: 60)]))
  }

  @Test("deadLetter: a dropped line stands in the event's place, the event's own is set aside; the newest are kept")
  func deadLetter() throws {
    let scratch = try Scratch()
    let store = try JournalStore(path: scratch.file("journal.db"))
    let count = StoreLimits.deadLetters + 2
    try store.commit(events(1...count))
    let original = try #require(try store.outboxBatch(from: 2, maxEvents: 1, maxBytes: 1_000)).lines
    func dropped(_ number: Int) -> UsageEvent {
      var result = event(number)
      (result.profile, result.detail) = (nil, .dropped(from: number, counts: [:]))
      return result
    }
    try store.commit([.deadLetter(replacement: dropped(2), status: 413)])
    let lines = String(
      decoding: try #require(try store.outboxBatch(from: 1, maxEvents: 3, maxBytes: 9_999)).lines, as: UTF8.self
    )
    .split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[1].contains(#""counts":{"session_progress":1},"from":2,"kind":"dropped""#))
    #expect(lines[1].contains(#""seq":2"#))
    let kept = try store.deadLetters()
    #expect(kept.map(\.status) == [413])
    #expect(kept.map { Array($0.line.utf8) + [10] } == [original])
    try store.commit((1...count).filter { $0 != 2 }.map { .deadLetter(replacement: dropped($0), status: 400) })
    #expect(try store.deadLetters().count == StoreLimits.deadLetters)
    #expect(throws: DatabaseError.self) {
      try store.commit([.deadLetter(replacement: dropped(count + 1), status: 400)])
    }
  }

  @Test("commit, a later change replaces or takes away the earlier one")
  func replaced() throws {
    let scratch = try Scratch()
    let store = try JournalStore(path: scratch.file("journal.db"))
    let day = CalendarDate(daysSinceEpoch: 20_416)
    try store.commit([
      .ledger(profile: "mia", date: day, seconds: 1, apps: [:]),
      .retryAfter(endpoint: "usage", until: WallTime(seconds: 1)),
      .highWater(WallTime(seconds: 9)), .pinAttempts(.init(profile: "leo", failures: 1, waitSeconds: 0)),
      .pinAttempts(.init(profile: "ann", failures: 1, waitSeconds: 0)),
    ])
    try store.commit([
      .ledger(profile: "mia", date: day, seconds: 2, apps: [:]), .retryAfter(endpoint: "usage", until: nil),
      .highWater(WallTime(seconds: 4)), .sessionEnded(id: "unknown"),
      .pinAttempts(.init(profile: "leo", failures: 0, waitSeconds: 0)),
      .pinAttempts(.init(profile: "ann", failures: 5, waitSeconds: 30)),
    ])
    let contents = try store.load()
    #expect(contents.ledger == [.init(profile: "mia", date: day, seconds: 2, apps: [:])])
    #expect(contents.retryAfter.isEmpty)
    #expect(contents.highWater == WallTime(seconds: 4))
    #expect(contents.pinAttempts == [.init(profile: "ann", failures: 5, waitSeconds: 30)])
  }

  @Test("commit, an event out of its number: refused whole, nothing of it stays")
  func contiguous() throws {
    let scratch = try Scratch()
    let store = try JournalStore(path: scratch.file("journal.db"))
    try store.commit(events(1...2))
    for wrong in [[2], [4], [3, 5], [0]] {
      let changes = [.highWater(WallTime(seconds: 1))] + wrong.map { JournalChange.event(event($0), .high) }
      #expect(throws: DatabaseError.self) { try store.commit(changes) }
      #expect(try store.load().outbox.next == 3)
      #expect(try store.load().highWater == nil)
    }
    try store.commit(events(3...3))
    #expect(try store.load().outbox.next == 4)
  }

  @Test("outboxBatch, stored bytes: the same that recentLines shows, and gzip of them")
  func batchBytes() throws {
    let scratch = try Scratch()
    let store = try JournalStore(path: scratch.file("journal.db"))
    try store.commit(events(1...3))
    let lines = try store.recentLines(limit: 10)
    #expect(
      lines.first
        == #"{"at":"2025-11-24T16:00:00Z","boot":"0a1b2c3d","days":[{"date":"2025-11-24","played_s":300}],"#
        + #""kind":"session_progress","profile":"mia","seq":1,"session":"s1","up_s":123.4}"#)
    #expect(try store.recentLines(limit: 1) == [lines[2]])
    let batch = try #require(try store.outboxBatch(from: 2, maxEvents: 512, maxBytes: 262_144))
    #expect((batch.epoch, batch.first, batch.last) == (1, 2, 3))
    #expect(String(decoding: batch.lines, as: UTF8.self) == lines[1] + "\n" + lines[2] + "\n")
    let path = try scratch.write(batch.gzip, to: "batch")
    var read: [String] = []
    var reader = try PartReader(path: path)
    try reader.forEachLine { (line) throws(PartFault) in read.append(String(validating: line) ?? "?") }
    #expect(read == [lines[1], lines[2]])
  }

  @Test("outboxBatch, limits: by count, by bytes, never less than one, nil at the end")
  func batchLimits() throws {
    let scratch = try Scratch()
    let store = try JournalStore(path: scratch.file("journal.db"))
    try store.commit(events(1...9))
    let line = try #require(try store.recentLines(limit: 1).first).utf8.count + 1
    let table: [(from: Int, events: Int, bytes: Int, expected: ClosedRange<Int>?)] = [
      (1, 512, 1 << 18, 1...9), (1, 4, 1 << 18, 1...4), (8, 4, 1 << 18, 8...9), (1, 512, 3 * line, 1...3),
      (1, 512, 3 * line - 1, 1...2), (5, 512, 1, 5...5), (10, 512, 1 << 18, nil),
    ]
    for row in table {
      let batch = try store.outboxBatch(from: row.from, maxEvents: row.events, maxBytes: row.bytes)
      #expect(batch.map { $0.first...$0.last } == row.expected, "\(row)")
    }
  }

  @Test("acknowledged and prune: rows stay until pruned, and can be asked for again")
  func acknowledged() throws {
    let scratch = try Scratch()
    let store = try JournalStore(path: scratch.file("journal.db"))
    try store.commit(events(1...5))
    try store.commit([
      .acknowledged(through: 3, at: WallTime(seconds: 100)), .rejected(sequence: 2, type: "invalid_event"),
    ])
    #expect(try store.outboxBatch(from: 1, maxEvents: 9, maxBytes: 1 << 18)?.last == 5)
    try store.commit([.prune(acknowledgedBefore: WallTime(seconds: 100))])
    #expect(try store.recentLines(limit: 9).count == 5)
    try store.commit([.acknowledged(through: 1, at: WallTime(seconds: 200))])
    #expect(try store.load().outbox.firstUnacknowledged == 2)
    try store.commit([.acknowledged(through: 4, at: WallTime(seconds: 200))])
    try store.commit([.prune(acknowledgedBefore: WallTime(seconds: 101))])
    // 1 was acknowledged at 100, the others again at 200.
    #expect(try store.recentLines(limit: 9).count == 4)
    #expect(throws: DatabaseError.self) { try store.commit([.acknowledged(through: 6, at: WallTime(seconds: 200))]) }
  }

  @Test("outboxEpoch, unsent events: numbered from 1, the rest of their bytes as it was")
  func epoch() throws {
    let scratch = try Scratch()
    let store = try JournalStore(path: scratch.file("journal.db"))
    try store.commit((1...12).map { .event(event($0, session: "\"seq\":11"), .high) })
    try store.commit([.acknowledged(through: 9, at: WallTime(seconds: 1))])
    let before = try store.recentLines(limit: 3)
    try store.commit([.outboxEpoch(4)])
    #expect(try store.load().outbox == .init(epoch: 4, next: 4, firstUnacknowledged: 1, oldestAt: event(1).at))
    let after = try store.recentLines(limit: 9)
    #expect(after == zip(before, 1...3).map { $0.replacing("\"seq\":\($1 + 9),", with: "\"seq\":\($1),") })
    #expect(try store.outboxBatch(from: 1, maxEvents: 9, maxBytes: 1 << 18)?.epoch == 4)
    try store.commit(events(4...4))
    #expect(throws: DatabaseError.self) { try store.commit([.outboxEpoch(4)]) }
  }

  @Test("prune, old days of the ledger: they go after 31 days")
  func ledgerDays() throws {
    let scratch = try Scratch()
    let store = try JournalStore(path: scratch.file("journal.db"))
    let days = [968, 969, 970, 1_000].map { CalendarDate(daysSinceEpoch: $0) }
    try store.commit(days.map { .ledger(profile: "mia", date: $0, seconds: 1, apps: [:]) })
    try store.commit([.prune(acknowledgedBefore: WallTime(seconds: 1_000 * 86_400 + 5))])
    #expect(try store.load().ledger.map(\.date.daysSinceEpoch) == [969, 970, 1_000])
  }

  @Test("sessionEnded: nothing of the session is left in any file")
  func nothingLeft() throws {
    let scratch = try Scratch()
    let store = try JournalStore(path: scratch.file("journal.db"))
    let record = SessionRecord(
      id: "canary-4711", profile: "mia", title: nil, app: nil, service: nil, owner: 0, startedAt: WallTime(seconds: 0),
      days: [])
    try store.commit([.session(record)])
    try store.commit([.sessionEnded(id: record.id)])
    for suffix in ["", "-wal"] {
      let text = String(decoding: try contents(scratch.file("journal.db" + suffix)), as: UTF8.self)
      #expect(!text.contains("canary-4711"), "journal.db\(suffix)")
    }
  }
}

@Suite struct MigrationTests {
  @Test("open, a newer schema: refused with both versions, the file as it was")
  func newer() throws {
    let scratch = try Scratch()
    let path = scratch.file("journal.db")
    do {
      let store = try JournalStore(path: path)
      try store.connection.execute("PRAGMA user_version = 9; PRAGMA wal_checkpoint(TRUNCATE)")
    }
    let before = try contents(path)
    do {
      _ = try JournalStore.open(path: path)
      Issue.record("it was opened")
    } catch {
      #expect(error.isForeignSchema)
      #expect(error.description.contains("schema version 9, newer than 4"))
    }
    #expect(try contents(path) == before)
  }

  @Test("open, another program's database: refused")
  func foreign() throws {
    let scratch = try Scratch()
    let path = scratch.file("replica.db")
    do {
      let connection = try Connection(path: path, settings: JournalSchema.settings)
      try connection.execute("CREATE TABLE a (b)")
    }
    do {
      _ = try CatalogueStore.open(path: path, digest: digest)
      Issue.record("it was opened")
    } catch {
      #expect(error.isForeignSchema)
    }
  }

  /// What a journal of version 1 holds is all there in the newest one.
  @Test("open, every earlier version of the journal: migrated without loss")
  func earlierJournals() throws {
    let steps = JournalSchema.migration.steps
    for version in 1...steps.count {
      let scratch = try Scratch()
      let path = scratch.file("journal.db")
      do {
        let connection = try Connection(path: path, settings: JournalSchema.settings)
        let earlier = Migration(
          applicationID: JournalSchema.migration.applicationID, steps: Array(steps.prefix(version)))
        try earlier.apply(to: connection)
        try connection.execute(Self.rowsOfVersion1)
      }
      let opened = try JournalStore.open(path: path)
      #expect(opened.opening == .opened, "version \(version)")
      let expected = JournalContents(
        outbox: .init(epoch: 3, next: 2, firstUnacknowledged: 1, oldestAt: WallTime(seconds: 100)),
        ledger: [.init(profile: "mia", date: CalendarDate(daysSinceEpoch: 20_416), seconds: 61, apps: ["netflix": 60])],
        highWater: WallTime(seconds: 9), retryAfter: ["usage": WallTime(seconds: 11)])
      #expect(opened.contents == expected, "version \(version)")
      #expect(try JournalSchema.migration.version(of: opened.store.connection) == steps.count)
      try opened.store.commit([.pinAttempts(.init(profile: "leo", failures: 5, waitSeconds: 30))])
      #expect(try opened.store.load().pinAttempts.count == 1)
    }
  }

  private static let rowsOfVersion1 = """
    UPDATE outbox SET epoch = 3, next = 2;
    INSERT INTO event (seq, at, priority, line) VALUES (1, 100, 1, x'7b7d');
    INSERT INTO ledger VALUES ('mia', 20416, 61, '{"netflix":60}');
    INSERT INTO mark VALUES (1, 9);
    INSERT INTO retry_after VALUES ('usage', 11);
    """

  @Test("apply, steps one after the other: each earlier version arrives at the newest")
  func steps() throws {
    let steps = ["CREATE TABLE a (x)", "CREATE TABLE b (x)", "INSERT INTO b VALUES (1)"]
    for start in 0...steps.count {
      let scratch = try Scratch()
      let connection = try Connection(path: scratch.file("a.db"), settings: JournalSchema.settings)
      try Migration(applicationID: 77, steps: Array(steps.prefix(start))).apply(to: connection)
      let all = Migration(applicationID: 77, steps: steps)
      #expect(try all.apply(to: connection) == start)
      #expect(try connection.first("SELECT count(*) FROM b") { (row) throws(DatabaseError) in try row.int(0) } == 1)
      #expect(try all.version(of: connection) == 3)
    }
  }

  @Test("apply, a step that fails: the earlier version stays whole")
  func failing() throws {
    let scratch = try Scratch()
    let connection = try Connection(path: scratch.file("a.db"), settings: JournalSchema.settings)
    let good = Migration(applicationID: 77, steps: ["CREATE TABLE a (x)"])
    try good.apply(to: connection)
    #expect(throws: DatabaseError.self) {
      try Migration(applicationID: 77, steps: good.steps + ["CREATE TABLE c (x); CREATE TABLE a (x)"]).apply(
        to: connection)
    }
    #expect(try good.version(of: connection) == 1)
    #expect(try connection.first("SELECT 1 FROM sqlite_schema WHERE name = 'c'") { (_) in 1 } == nil)
  }
}
