import AgentCore
import Database
import Glibc
import Synchronization
import Testing

@testable import ReplicaStore

@Suite struct ReaderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// By a store of its own: a connection has one thread for life, and a test that waited may go on upon another.
  func fill(_ titles: [String], version: Int = 1) throws {
    let store = try CatalogueStore(path: scratch.file("replica.db"), digest: digest)
    #expect(
      try store.take(try shelf("US/netflix"), version: version, titles, in: scratch) == .committed(titles: titles.count)
    )
  }

  func browse(_ reader: Reader, _ query: BrowseQuery) async throws -> BrowsePage {
    try await answer { reader.browse(query, completion: $0) }.get()
  }

  /// Horror is denied, R is asked for, block and allow lists by reference.
  @Sendable static func verdict(_ facts: TitleFacts) -> Decision.Verdict {
    let names = facts.reference.selfAndAncestors.map(\.text)
    if names.contains("tmdb:movie:5") || names.contains("tmdb:tv:9/1") { return .deny }
    if names.contains("tmdb:movie:4") { return .allow }
    if facts.genres.contains("horror") { return .deny }
    return facts.ratings.contains { $0.value == "R" } ? .ask : .allow
  }

  func query(
    kind: Title.Kind? = nil, genre: String? = nil, offset: Int = 0, limit: Int = 50, generation: UInt64 = 1
  ) throws -> BrowseQuery {
    BrowseQuery(
      kind: kind, genre: genre, offset: offset, limit: limit, generation: generation, verdict: Self.verdict,
      listed: [try reference("tmdb:movie:4"), try reference("tmdb:movie:5"), try reference("tmdb:tv:9/1")])
  }

  static func series() -> [String] {
    let offers = #""offers":[{"type":"free","link":"l"}]"#
    return [
      #"{"ref":"tmdb:tv:8","kind":"show","name":"H","genres":["horror"],"popularity":9,\#(offers)}"#,
      #"{"ref":"tmdb:tv:8/1","kind":"season","name":"H1","show":"tmdb:tv:8","popularity":9,\#(offers)}"#,
      #"{"ref":"tmdb:tv:9","kind":"show","name":"D","genres":["drama"],"popularity":8,\#(offers)}"#,
      #"{"ref":"tmdb:tv:9/1","kind":"season","name":"D1","show":"tmdb:tv:9","popularity":8,\#(offers)}"#,
      #"{"ref":"tmdb:tv:9/1/1","kind":"episode","name":"D11","show":"tmdb:tv:9","popularity":8,\#(offers)}"#,
      #"{"ref":"tmdb:tv:9/2","kind":"season","name":"D2","show":"tmdb:tv:9","popularity":8,\#(offers)}"#,
    ]
  }

  static func titles() -> [String] {
    [
      movie(1, name: "One", popularity: 1, rating: "G"), movie(2, name: "Two", popularity: 5, rating: "R"),
      movie(3, name: "Three", popularity: 7, genres: ["Horror", "horror"]),
      movie(4, name: "Four", popularity: 3, genres: ["horror"]), movie(5, name: "Five", popularity: 6, rating: "G"),
      movie(6, name: "Six", popularity: 5, genres: ["comedy"], rating: "G"),
    ] + series()
  }

  @Test("browse: denied left out, asked kept, by popularity and then reference, seasons by what their show lends")
  func order() async throws {
    try fill(Self.titles())
    let reader = Reader(path: scratch.file("replica.db"))
    let page = try await browse(reader, try query())
    #expect(page.rows.map(\.name) == ["D", "D2", "Two", "Six", "Four", "One"])
    #expect(page.total == 6)
    #expect(page.rows.map(\.verdict) == [.allow, .allow, .ask, .allow, .allow, .allow])
    #expect(page.rows[1].genres == ["drama"])
    #expect(page.rows[2].services == ["netflix"])
    reader.close()
  }

  @Test("browse, filters and offsets: total is what can be paged to")
  func totals() async throws {
    try fill(Self.titles())
    let reader = Reader(path: scratch.file("replica.db"))
    let table: [(kind: Title.Kind?, genre: String?, names: [String])] = [
      (nil, nil, ["D", "D2", "Two", "Six", "Four", "One"]), (.movie, nil, ["Two", "Six", "Four", "One"]),
      (.season, nil, ["D2"]), (.episode, nil, []), (nil, "DRAMA", ["D", "D2"]), (.season, "drama", ["D2"]),
      (.movie, "horror", ["Four"]), (nil, "western", []),
    ]
    for row in table {
      for limit in [1, 2, 200] {
        var names: [String] = []
        while true {
          let page = try await browse(
            reader, try query(kind: row.kind, genre: row.genre, offset: names.count, limit: limit))
          #expect(page.total == row.names.count, "\(row)")
          if page.rows.isEmpty { break }
          names += page.rows.map(\.name)
        }
        #expect(names == row.names, "\(row), \(limit)")
      }
    }
    #expect(try await browse(reader, try query(offset: -1)).rows.isEmpty)
    #expect(try await browse(reader, try query(offset: 6)).total == 6)
    reader.close()
  }

  @Test("browse, another policy or another replica: decided anew; the same again: not")
  func cache() async throws {
    try fill([movie(1), movie(2, genres: ["horror"])])
    let reader = Reader(path: scratch.file("replica.db"))
    let asked = Mutex(0)
    let counting = { @Sendable (facts: TitleFacts) in
      asked.withLock { $0 += 1 }
      return Self.verdict(facts)
    }
    let first = BrowseQuery(offset: 0, limit: 9, generation: 1, verdict: counting, listed: [])
    #expect(try await browse(reader, first).total == 1)
    #expect(try await browse(reader, first).total == 1)
    #expect(asked.withLock { $0 } == 2)
    var second = first
    second.generation = 2
    second.verdict = { _ in .allow }
    #expect(try await browse(reader, second).total == 2)
    try fill([movie(1), movie(2, genres: ["horror"]), movie(3)], version: 2)
    #expect(try await browse(reader, second).total == 3)
    reader.close()
  }

  @Test("browse before anything is there: empty; without the file: an error, and again after it has come")
  func absent() async throws {
    let reader = Reader(path: scratch.file("absent.db"))
    await #expect(throws: DatabaseError.self) { try await browse(reader, try query()) }
    #expect(try CatalogueStore(path: scratch.file("absent.db"), digest: digest).appliedShelves().isEmpty)
    #expect(try await browse(reader, try query()) == BrowsePage(total: 0, rows: []))
    reader.close()
  }
}

@Suite struct CatalogueTests {
  @Test("a shelf from begin to erase, by the thread: each call is answered, in order")
  func life() async throws {
    let scratch = try Scratch()
    let path = scratch.file("replica.db")
    let (stream, continuation) = AsyncStream<Result<Catalogue.Opened, DatabaseError>>.makeStream()
    let catalogue = Catalogue(path: path, digest: digest) { continuation.yield($0) }
    var iterator = stream.makeAsyncIterator()
    #expect(try await iterator.next()?.get().opening == .created)
    let name = try shelf("US/netflix")
    let file = try scratch.write(try part([put(movie(1))]), to: "part")
    // Opened for each question: a connection has one thread for life, and a test that waited may go on upon another.
    func held(at path: String) throws -> Title? { try TitleLookup(path: path).title(try reference("tmdb:movie:1")) }
    for job in [ShelfJob(1), ShelfJob(2)] {
      try await answer { catalogue.begin(job, name, version: 1, isSnapshot: true, completion: $0) }.get()
      let step = await answer { catalogue.apply(job, partPath: file, kind: .snapshot(titles: 1), completion: $0) }
      #expect(step == .applied(lines: 1, skipped: 0))
      #expect(await answer { catalogue.commit(job, check([movie(1)]), completion: $0) } == .committed(titles: 1))
    }
    let shelves = try await answer { catalogue.appliedShelves(completion: $0) }.get()
    #expect(shelves == [AppliedShelf(shelf: name, version: 1, titles: 1)])
    #expect(try held(at: path) != nil)
    let aside = try await answer { catalogue.setAside(completion: $0) }.get()
    #expect(aside == path + ".damaged")
    #expect(try held(at: path) == nil)
    #expect(try held(at: aside) != nil)
    try await answer { catalogue.erase(completion: $0) }.get()
    #expect(try held(at: path) == nil)
    #expect(try await answer { catalogue.appliedShelves(completion: $0) }.get().isEmpty)
    catalogue.close()
    #expect(await answer { catalogue.commit(ShelfJob(3), check([]), completion: $0) } != .mismatch)
  }

  /// A stop has two seconds, a part of a large shelf on slow flash may take longer.
  @Test("close, while a part is being applied: it is given up at the next line, and nothing of it stays")
  func closedWhileApplying() async throws {
    let scratch = try Scratch()
    let path = scratch.file("replica.db")
    let titles = (1...500).map { movie(1_000 + $0) }
    let file = try scratch.write(try part(titles.map(put)), to: "part")
    let probe = ClosingProbe()
    let (began, beganNow) = AsyncStream<Void>.makeStream()
    let catalogue = Catalogue(
      path: path,
      digest: { bytes in
        if probe.count.wrappingAdd(1, ordering: .relaxed).newValue == 3 {
          beganNow.yield()
          // The stop comes while this line is being applied.
          while probe.mark.withLock({ $0 })?.isSet() != true { sched_yield() }
        }
        return digest(bytes)
      }, opened: { _ in })
    probe.mark.withLock { $0 = catalogue.closing }
    let shelfName = try shelf("US/netflix")
    try await answer { catalogue.begin(ShelfJob(1), shelfName, version: 1, isSnapshot: true, completion: $0) }.get()
    async let step = answer {
      catalogue.apply(ShelfJob(1), partPath: file, kind: .snapshot(titles: titles.count), completion: $0)
    }
    var iterator = began.makeAsyncIterator()
    _ = await iterator.next()
    catalogue.close()
    #expect(await step == .failed(DatabaseError.closed.description))
    #expect(probe.count.load(ordering: .relaxed) == 3)
    #expect(try CatalogueStore(path: path, digest: digest).appliedShelves().isEmpty)
  }

  @Test("parts directory: only hashes have a path, leftovers are listed and removed")
  func parts() throws {
    let scratch = try Scratch()
    let parts = try PartsDirectory(path: scratch.file("parts"))
    let (a, b) = (String(repeating: "a", count: 64), String(repeating: "0", count: 64))
    #expect(parts.path(of: "../" + a) == nil)
    #expect(parts.path(of: a.uppercased()) == nil)
    for hash in [a, b] { _ = try scratch.write([1], to: "parts/" + hash) }
    _ = try scratch.write([1], to: "parts/other")
    #expect(try parts.leftovers() == [b, a])
    parts.remove(a)
    #expect(try PartsDirectory(path: parts.path).leftovers() == [b])
  }

  @Test("worker, stop: what was queued is done, what comes later is refused")
  func worker() {
    let done = Mutex(0)
    let worker = WorkerThread<Int>(name: "test") { 40 }
    for _ in 1...100 {
      worker.submit { state in
        state += 1
        let now = state
        done.withLock { $0 = now }
      }
    }
    worker.stop()
    worker.stop()
    #expect(done.withLock { $0 } == 140)
    #expect(!worker.submit { _ in })
  }
}

private final class ClosingProbe: Sendable {
  /// Lines whose digest was asked for.
  let count = Atomic(0)
  let mark = Mutex<ClosingMark?>(nil)
}
