import AgentCore
import Database
import Synchronization
import Testing

@testable import ReplicaStore

@Suite struct JournalTests {
  func open(_ path: String) async -> (journal: Journal, opened: Result<Journal.Opened, DatabaseError>) {
    let (stream, continuation) = AsyncStream<Result<Journal.Opened, DatabaseError>>.makeStream()
    let journal = Journal(path: path) { continuation.yield($0) }
    var iterator = stream.makeAsyncIterator()
    let opened = await iterator.next() ?? .failure(.closed)
    return (journal, opened)
  }

  @Test("persist, many at once: one order, every completion once, all durable")
  func grouped() async throws {
    let scratch = try Scratch()
    let path = scratch.file("journal.db")
    let (journal, _) = await open(path)
    let done = Mutex<[Int]>([])
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      for sequence in 1...500 {
        journal.persist([.event(event(sequence), .high)]) { result in
          let isLast = done.withLock {
            if case .success = result { $0.append(sequence) }
            return sequence == 500
          }
          if isLast { continuation.resume() }
        }
      }
    }
    #expect(done.withLock { $0 } == Array(1...500))
    journal.close()
    #expect(try JournalStore(path: path).load().outbox.next == 501)
  }

  @Test("persist, one bad group among good ones: it alone fails")
  func badGroup() async throws {
    let scratch = try Scratch()
    let (journal, _) = await open(scratch.file("journal.db"))
    let results = Mutex<[Bool]>([])
    let groups: [[JournalChange]] = [
      events(1...2), [.highWater(WallTime(seconds: 1)), .event(event(9), .high)], events(3...3),
    ]
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      for group in groups {
        journal.persist(group) { result in
          let count = results.withLock {
            $0.append((try? result.get()) != nil)
            return $0.count
          }
          if count == groups.count { continuation.resume() }
        }
      }
    }
    #expect(results.withLock { $0 } == [true, false, true])
    let lines = await answer { journal.recentLines(limit: 9, completion: $0) }
    #expect(try lines.get().count == 3)
    journal.close()
  }

  @Test("batch after persist: it has what was persisted before")
  func batchAfterPersist() async throws {
    let scratch = try Scratch()
    let (journal, opened) = await open(scratch.file("journal.db"))
    #expect(try opened.get().opening == .created)
    journal.persist(events(1...7)) { _ in }
    let batch = await answer { journal.batch(from: 1, maxEvents: 512, maxBytes: 1 << 18, completion: $0) }
    #expect(try batch.get()?.last == 7)
    journal.close()
  }

  @Test("erase: the files are new and empty, the journal works on")
  func erase() async throws {
    let scratch = try Scratch()
    let (journal, _) = await open(scratch.file("journal.db"))
    journal.persist(events(1...7)) { _ in }
    let erased = await answer { journal.erase(completion: $0) }
    try erased.get()
    let persisted = await answer { journal.persist(events(1...1), completion: $0) }
    try persisted.get()
    let lines = await answer { journal.recentLines(limit: 9, completion: $0) }
    #expect(try lines.get().count == 1)
    journal.close()
    let late = await answer { journal.persist(events(2...2), completion: $0) }
    #expect(throws: DatabaseError.self) { try late.get() }
  }

  @Test("open, damaged file: set aside with its log, a new one is made, and it says so")
  func damaged() async throws {
    let table: [(name: String, damage: (inout [UInt8]) -> Void)] = [
      ("no database", { $0 = Array("this is no database, whatever its name says".utf8) }),
      ("header overwritten", { for i in 0..<100 { $0[i] = 0x5A } }),
      ("pages overwritten", { for i in 4_096..<$0.count { $0[i] = UInt8(truncatingIfNeeded: i &* 31) } }),
    ]
    for row in table {
      let scratch = try Scratch()
      let path = scratch.file("journal.db")
      do {
        let store = try JournalStore(path: path)
        try store.commit(events(1...50))
        try store.connection.checkpointTruncating()
      }
      var bytes = try contents(path)
      row.damage(&bytes)
      _ = try scratch.write(bytes, to: "journal.db")
      let (journal, opened) = await open(path)
      #expect(try opened.get().opening == .setAside(path + ".damaged"), "\(row.name)")
      #expect(try opened.get().contents == JournalContents())
      #expect(try contents(path + ".damaged") == bytes)
      let persisted = await answer { journal.persist(events(1...1), completion: $0) }
      try persisted.get()
      journal.close()
    }
  }

  @Test("open, an unwritable place: one error that names the file, and every call answers")
  func unwritable() async throws {
    let scratch = try Scratch()
    let (journal, opened) = await open(scratch.file("absent/journal.db"))
    do throws(DatabaseError) {
      _ = try opened.get()
      Issue.record("it was opened")
    } catch {
      #expect(error.description.contains("absent/journal.db"))
    }
    let persisted = await answer { journal.persist(events(1...1), completion: $0) }
    #expect(throws: DatabaseError.self) { try persisted.get() }
    journal.close()
  }
}
