import AgentCore
import Database
import Testing

@testable import ReplicaStore

func movie(
  _ id: Int, name: String = "A", popularity: Double = 1, genres: [String] = ["action"], rating: String? = "R",
  link: String = "https://example.com/1"
) -> String {
  let ratings = rating.map { #"[{"system":"US:movie","value":"\#($0)"}]"# } ?? "[]"
  let words = genres.map { "\"\($0)\"" }.joined(separator: ",")
  return #"{"ref":"tmdb:movie:\#(id)","kind":"movie","name":"\#(name)","year":1999,"genres":[\#(words)],"#
    + #""descriptors":["violence"],"ratings":\#(ratings),"popularity":\#(popularity),"#
    + #""offers":[{"type":"subscription","link":"\#(link)"}]}"#
}

@Suite struct CatalogueStoreTests {
  let scratch: Scratch
  let store: CatalogueStore

  init() throws {
    scratch = try Scratch()
    store = try CatalogueStore(path: scratch.file("replica.db"), digest: digest)
  }

  func lookup() -> TitleLookup { TitleLookup(path: scratch.file("replica.db")) }

  /// What one part does on an open job.
  func apply(_ lines: [String], isSnapshot: Bool = true, count: Int? = nil, raw: [UInt8]? = nil) throws
    -> ShelfStepResult
  {
    let name = try shelf("US/netflix")
    if try !isSnapshot && store.appliedShelves().isEmpty {
      #expect(try store.take(name, version: 1, [movie(1)], in: scratch) == .committed(titles: 1))
    }
    try store.begin(ShelfJob(1), name, version: 2, isSnapshot: isSnapshot)
    defer { store.abandon(ShelfJob(1)) }
    let path = try scratch.write(try raw ?? part(lines), to: "part")
    let expected = count ?? lines.count
    return store.apply(
      ShelfJob(1), partPath: path, kind: isSnapshot ? .snapshot(titles: expected) : .delta(lines: expected))
  }

  @Test("apply, a whole title: the look-up gives every member back")
  func members() throws {
    let title =
      #"{"ref":"tmdb:movie:603","kind":"movie","name":"The \u004datrix \ud83d\ude00 é","year":1999,"runtime_min":136,"#
      + #""genres":["action","sci-fi"],"descriptors":["violence"],"ratings":[{"system":"US:movie","value":"R"},"#
      + #"{"system":"DE:fsk","value":"16"}],"popularity":81.25,"imdb":"tt0133093","show":null,"#
      + #""poster":{"154":"aa"},"unknown":[1,{"a":null}],"#
      + #""offers":[{"type":"rent","link":"https://a/1","video_link":"https://a/2","quality":"uhd","audios":["en"],"#
      + #""available_since":"2026-01-02T03:04:05Z","expires_on":"2026-02-02T03:04:05.5Z","#
      + #""price":{"amount":"3.99","currency":"USD"}},{"type":"free","link":"https://a/3","quality":"holographic"},"#
      + #"{"type":"later","link":"https://a/4"}]}"#
    #expect(try store.take(try shelf("US/netflix"), version: 1, [title], in: scratch) == .committed(titles: 1))
    let found = try lookup().title(try reference("tmdb:movie:603"))
    #expect(
      found
        == Title(
          reference: try reference("tmdb:movie:603"), kind: .movie, name: "The Matrix 😀 é", year: 1999,
          runtimeMinutes: 136, genres: ["action", "sci-fi"], descriptors: ["violence"],
          ratings: [Rating(system: "US:movie", value: "R"), Rating(system: "DE:fsk", value: "16")], popularity: 81.25,
          imdb: "tt0133093", show: nil,
          offers: [
            Offer(
              region: "US", service: "netflix", type: .rent, link: "https://a/1", videoLink: "https://a/2",
              quality: .uhd, availableSince: WallTime("2026-01-02T03:04:05Z"),
              expiresOn: WallTime("2026-02-02T03:04:06Z"), price: .init(amount: "3.99", currency: "USD")),
            Offer(region: "US", service: "netflix", type: .free, link: "https://a/3"),
          ]))
  }

  @Test("apply, the rest of a put is unreadable: counted, skipped, and still in check")
  func unreadable() throws {
    let start = #"{"ref":"tmdb:movie:1","#
    let kind = #""kind":"movie","#
    let offers = #""offers":[]"#
    let many = Array(repeating: #"{"type":"free","link":"l"}"#, count: 65).joined(separator: ",")
    let table: [(name: String, title: String)] = [
      ("no name", start + kind + offers + "}"),
      ("name null", start + kind + #""name":null,"# + offers + "}"),
      ("name a number", start + kind + #""name":7,"# + offers + "}"),
      ("name a list", start + kind + #""name":["A"],"# + offers + "}"),
      ("no kind", start + #""name":"A","# + offers + "}"),
      ("unknown kind", start + #""kind":"opera","name":"A","# + offers + "}"),
      ("no offers", start + kind + #""name":"A"}"#),
      ("offers an object", start + kind + #""name":"A","offers":{}}"#),
      ("offer a text", start + kind + #""name":"A","offers":["x"]}"#),
      ("offer without link", start + kind + #""name":"A","offers":[{"type":"free"}]}"#),
      ("65 offers", start + kind + #""name":"A","offers":[\#(many)]}"#),
      ("year a text", start + kind + #""name":"A","year":"1999","# + offers + "}"),
      ("year too large", start + kind + #""name":"A","year":99999999999999999999,"# + offers + "}"),
      ("year true", start + kind + #""name":"A","year":true,"# + offers + "}"),
      ("popularity infinite", start + kind + #""name":"A","popularity":1e999,"# + offers + "}"),
      ("genres a text", start + kind + #""name":"A","genres":"action","# + offers + "}"),
      ("genre a number", start + kind + #""name":"A","genres":[1],"# + offers + "}"),
      ("rating without value", start + kind + #""name":"A","ratings":[{"system":"US:movie"}],"# + offers + "}"),
      (
        "instant without form", start + kind + #""name":"A","offers":[{"type":"free","link":"l","expires_on":"soon"}]}"#
      ),
      ("season without show", #"{"ref":"tmdb:tv:1/1","kind":"season","name":"A","# + offers + "}"),
      ("lone high surrogate", start + kind + #""name":"\ud83d","# + offers + "}"),
      ("lone low surrogate", start + kind + #""name":"\ude00x","# + offers + "}"),
      ("surrogates in the wrong order", start + kind + #""name":"\ude00\ud83d","# + offers + "}"),
      ("zero character", start + kind + #""name":"A\u0000B","# + offers + "}"),
      ("name over 1,024 bytes", start + kind + #""name":"\#(String(repeating: "a", count: 1_025))","# + offers + "}"),
    ]
    for row in table {
      let result = try apply([put(row.title)])
      #expect(result == .applied(lines: 1, skipped: 1), "\(row.name)")
      #expect(
        try store.take(try shelf("US/netflix"), version: 1, [row.title], in: scratch) == .committed(titles: 1),
        "\(row.name)")
      #expect(try store.count("title") == 0, "\(row.name)")
    }
    var bytes = Array(put(start + kind + #""name":"A?","# + offers + "}").utf8)
    bytes[try #require(bytes.firstIndex(of: UInt8(ascii: "?")))] = 0xFF
    #expect(
      try apply([], count: 1, raw: try Gzip.pack(bytes + [0x0A])) == .applied(lines: 1, skipped: 1), "invalid UTF-8")
  }

  @Test("apply, a line that breaks a rule: the part is refused")
  func refusedLines() throws {
    let good = movie(2)
    let table: [(name: String, lines: [String], isSnapshot: Bool)] = [
      ("space before TITLE", [#"{"put": \#(good)}"#], true),
      ("space behind TITLE", [#"{"put":\#(good) }"#], true),
      ("space before the line", [" " + put(good)], true),
      ("carriage return", [put(good) + "\r"], true),
      ("another member", [#"{"put":\#(good),"x":{}}"#], true),
      ("no object", [#"{"put":"tmdb:movie:1"}"#], true),
      ("no JSON", [#"{"put":{"ref":"tmdb:movie:1",}}"#], true),
      ("single quotes", [#"{"put":{'ref':"tmdb:movie:1"}}"#], true),
      ("no ref", [#"{"put":{"kind":"movie"}}"#], true),
      ("ref a number", [#"{"put":{"ref":1}}"#], true),
      ("ref without form", [#"{"put":{"ref":"tmdb:movie:"}}"#], true),
      ("empty line", [""], true),
      ("blank line between", [put(movie(1)), "", put(good)], true),
      ("twice", [put(good), put(good)], true),
      ("out of order", [put(good), put(movie(1))], true),
      ("a del", [#"{"del":"tmdb:movie:1"}"#], true),
      ("del with a space", [#"{"del": "tmdb:movie:1"}"#], false),
      ("del without form", [#"{"del":"movie"}"#], false),
      ("put twice in a delta", [put(good), put(good)], false),
      ("put and del of one", [put(good), #"{"del":"tmdb:movie:2"}"#], false),
      ("del twice of an absent one", [#"{"del":"tmdb:movie:9"}"#, #"{"del":"tmdb:movie:9"}"#], false),
    ]
    for row in table {
      guard case .refused = try apply(row.lines, isSnapshot: row.isSnapshot) else {
        Issue.record("\(row.name) was taken")
        continue
      }
    }
  }

  @Test("apply, counts and streams that are not as promised: refused")
  func refusedStreams() throws {
    let bytes = try part([put(movie(1)), put(movie(2))])
    let table: [(name: String, raw: [UInt8], count: Int)] = [
      ("fewer lines", bytes, 3), ("more lines", bytes, 1), ("cut off", Array(bytes.dropLast(9)), 2),
      ("rubbish behind", bytes + [1, 2, 3], 2), ("no gzip", Array(put(movie(1)).utf8) + [0x0A], 1),
      ("empty file", [], 0),
      ("no last line feed", try Gzip.pack(Array(put(movie(1)).utf8)), 1),
      ("a zero byte behind TITLE", try Gzip.pack(Array(put(movie(1)).utf8.dropLast()) + [0, 0x7D, 0x7D, 0x0A]), 1),
    ]
    for row in table {
      guard case .refused = try apply([], count: row.count, raw: row.raw) else {
        Issue.record("\(row.name) was taken")
        continue
      }
    }
  }

  @Test("apply, line of exactly 64 KiB: taken; one byte more: refused")
  func lineLimit() throws {
    for (extra, isTaken) in [(0, true), (1, false)] {
      let empty = put(movie(1, name: ""))
      let line = put(movie(1, name: String(repeating: "a", count: Limits.lineBytes + extra - empty.utf8.count)))
      let result = try apply([line])
      if isTaken {
        // The name is over its own limit: counted and skipped.
        #expect(result == .applied(lines: 1, skipped: 1))
      } else {
        guard case .refused = result else {
          Issue.record("it was taken")
          continue
        }
      }
    }
  }

  @Test("forEachLine, a part that unpacks to over 64 MiB: refused, in the memory of a few lines")
  func bomb() throws {
    let line = [UInt8](repeating: UInt8(ascii: "a"), count: 61_439) + [0x0A]
    let count = Limits.blobUnpackedBytes / line.count + 1
    let path = try scratch.write(try Gzip.pack(Array(repeatElement(line, count: count).joined())), to: "part")
    var reader = try PartReader(path: path)
    var lines = 0
    do throws(PartFault) {
      try reader.forEachLine { _ in lines += 1 }
      Issue.record("it was read to its end")
    } catch {
      #expect(error.result(line: 0) == .refused("the part is over 64 MiB unpacked"))
    }
    #expect(lines < count)
  }

  @Test("apply, order across parts: the second part goes on where the first stopped")
  func acrossParts() throws {
    let name = try shelf("US/netflix")
    let first = try scratch.write(try part([put(movie(1)), put(movie(3))]), to: "p1")
    for (second, isTaken) in [(4, true), (3, false), (2, false)] {
      let path = try scratch.write(try part([put(movie(second))]), to: "p2")
      try store.begin(ShelfJob(1), name, version: 1, isSnapshot: true)
      #expect(store.apply(ShelfJob(1), partPath: first, kind: .snapshot(titles: 2)) == .applied(lines: 2, skipped: 0))
      let result = store.apply(ShelfJob(1), partPath: path, kind: .snapshot(titles: 1))
      #expect((result == .applied(lines: 1, skipped: 0)) == isTaken)
      store.abandon(ShelfJob(1))
    }
  }

  @Test("apply without its job, or after a refusal: failed; the part's file missing: failed")
  func noJob() throws {
    #expect(store.apply(ShelfJob(9), partPath: "/none", kind: .snapshot(titles: 1)) == .failed("no such job is open"))
    try store.begin(ShelfJob(1), try shelf("US/netflix"), version: 1, isSnapshot: true)
    guard case .failed = store.apply(ShelfJob(1), partPath: scratch.file("none"), kind: .snapshot(titles: 1)) else {
      Issue.record("an absent part was taken")
      return
    }
    #expect(store.commit(ShelfJob(1), check([])) == .failed("no such job is open"))
    #expect(throws: DatabaseError.self) {
      try store.begin(ShelfJob(2), try shelf("US/netflix"), version: 2, isSnapshot: false)
    }
    #expect(!store.connection.isInTransaction)
  }

  @Test("a job before its commit: readers see the shelf as it was; after abandon too")
  func isolation() throws {
    let name = try shelf("US/netflix")
    #expect(try store.take(name, version: 1, [movie(1)], in: scratch) == .committed(titles: 1))
    let lookup = lookup()
    try store.begin(ShelfJob(2), name, version: 2, isSnapshot: true)
    let path = try scratch.write(try part([put(movie(2))]), to: "part")
    #expect(store.apply(ShelfJob(2), partPath: path, kind: .snapshot(titles: 1)) == .applied(lines: 1, skipped: 0))
    #expect(try lookup.title(try reference("tmdb:movie:1")) != nil)
    #expect(try lookup.title(try reference("tmdb:movie:2")) == nil)
    store.abandon(ShelfJob(2))
    #expect(try lookup.title(try reference("tmdb:movie:1")) != nil)
    #expect(try store.take(name, version: 2, [movie(2)], in: scratch) == .committed(titles: 1))
    #expect(try lookup.title(try reference("tmdb:movie:1")) == nil)
    #expect(try lookup.title(try reference("tmdb:movie:2")) != nil)
  }

  @Test("two shelves, one title: one row with both offers, members of the last, gone with its last shelf")
  func merging() throws {
    let (netflix, hulu) = (try shelf("US/netflix"), try shelf("US/hulu"))
    let one = try reference("tmdb:movie:1")
    let lookup = lookup()
    #expect(
      try store.take(netflix, version: 1, [movie(1, name: "Old", link: "n"), movie(2)], in: scratch)
        == .committed(titles: 2))
    #expect(
      try store.take(hulu, version: 1, [movie(1, name: "New", rating: "G", link: "h")], in: scratch)
        == .committed(titles: 1))
    #expect(try store.count("title") == 2)
    #expect(try lookup.title(one)?.name == "New")
    #expect(try lookup.title(one)?.offers.map(\.service) == ["hulu", "netflix"])
    #expect(try lookup.title(one)?.offers.map(\.link) == ["h", "n"])
    // The same bytes as before, but applied last: its members count again.
    #expect(
      try store.take(netflix, version: 2, [movie(1, name: "Old", link: "n"), movie(2)], in: scratch)
        == .committed(titles: 2))
    #expect(try lookup.title(one)?.name == "Old")
    try store.drop(netflix)
    #expect(try lookup.title(one)?.offers.map(\.service) == ["hulu"])
    #expect(try lookup.title(try reference("tmdb:movie:2")) == nil)
    #expect(try store.appliedShelves() == [AppliedShelf(shelf: hulu, version: 1, titles: 1)])
    try store.drop(hulu)
    for table in ["shelf", "title", "offer", "shelf_title", "facts"] {
      #expect(try store.count(table) == 0, "\(table)")
    }
  }

  @Test("snapshot over many held rows: what is gone goes, what changed changes, the rest stays in its rows")
  func largeReplacement() throws {
    let name = try shelf("US/netflix")
    let count = 3 * StoreLimits.shelfRowsAtOnce
    func sorted(_ titles: [(Int, String)]) -> [String] {
      titles.sorted { "tmdb:movie:\($0.0)" < "tmdb:movie:\($1.0)" }.map(\.1)
    }
    let before = sorted((1...count).map { ($0, movie($0)) })
    let after = sorted(
      (1...(count + 700)).filter { $0 % 3 != 0 || $0 > count }.map { ($0, movie($0, name: $0 % 5 == 0 ? "B" : "A")) })
    #expect(try store.take(name, version: 1, before, in: scratch) == .committed(titles: before.count))
    let row = { (id: Int) in
      try store.connection.first("SELECT id FROM title WHERE ref = ?", [.text("tmdb:movie:\(id)")]) {
        (row) throws(DatabaseError) in try row.int64(0)
      }
    }
    let kept = try row(7)
    #expect(try store.take(name, version: 2, after, in: scratch) == .committed(titles: after.count))
    #expect(try row(7) == kept)
    let fresh = try CatalogueStore(path: scratch.file("fresh.db"), digest: digest)
    #expect(try fresh.take(name, version: 2, after, in: scratch) == .committed(titles: after.count))
    #expect(try store.dump() == fresh.dump())
  }

  @Test("delta, readable becomes unreadable and back: the row goes and comes")
  func unreadableInDelta() throws {
    let name = try shelf("US/netflix")
    #expect(try store.take(name, version: 1, [movie(1), movie(2)], in: scratch) == .committed(titles: 2))
    let bad = #"{"ref":"tmdb:movie:1","kind":7}"#
    for (title, version, shown) in [(bad, 2, 1), (bad, 3, 1), (movie(1, name: "B"), 4, 2)] {
      try store.begin(ShelfJob(1), name, version: version, isSnapshot: false)
      let path = try scratch.write(try part([put(title)]), to: "part")
      guard case .applied = store.apply(ShelfJob(1), partPath: path, kind: .delta(lines: 1)) else {
        Issue.record("the delta was refused")
        return
      }
      #expect(store.commit(ShelfJob(1), check([title, movie(2)])) == .committed(titles: 2))
      #expect(try store.count("title") == shown)
    }
  }

  @Test("open, damaged file: set aside, empty, and it says so")
  func damaged() throws {
    let path = scratch.file("other.db")
    do {
      let store = try CatalogueStore(path: path, digest: digest)
      #expect(try store.take(try shelf("US/netflix"), version: 1, [movie(1)], in: scratch) == .committed(titles: 1))
    }
    _ = try scratch.write(Array("no database at all, only words".utf8), to: "other.db")
    let opened = try CatalogueStore.open(path: path, digest: digest)
    #expect(opened.opening == .setAside(path + ".damaged"))
    #expect(opened.shelves.isEmpty)
  }

  @Test("facts: season and show lend what is missing, each of the three by itself")
  func inheritance() throws {
    let offers = #""offers":[]"#
    let show =
      #"{"ref":"tmdb:tv:1","kind":"show","name":"S","genres":["drama"],"descriptors":["fear"],"#
      + #""ratings":[{"system":"US:tv","value":"TV-MA"}],\#(offers)}"#
    let season =
      #"{"ref":"tmdb:tv:1/1","kind":"season","name":"S1","show":"tmdb:tv:1","genres":["comedy"],\#(offers)}"#
    let episode =
      #"{"ref":"tmdb:tv:1/1/1","kind":"episode","name":"E1","show":"tmdb:tv:1","descriptors":["smoking"],\#(offers)}"#
    #expect(
      try store.take(try shelf("US/netflix"), version: 1, [show, season, episode], in: scratch) == .committed(titles: 3)
    )
    let rating = [Rating(system: "US:tv", value: "TV-MA")]
    let table: [(ref: String, expected: (ratings: [Rating], genres: [String], descriptors: [String]))] = [
      ("tmdb:tv:1/1/1", (rating, ["comedy"], ["smoking"])),
      ("tmdb:tv:1/1/2", (rating, ["comedy"], ["fear"])),
      ("tmdb:tv:1/1", (rating, ["comedy"], ["fear"])),
      ("tmdb:tv:1/2/1", (rating, ["drama"], ["fear"])),
      ("tmdb:tv:2/1/1", ([], [], [])),
    ]
    let lookup = lookup()
    for row in table {
      let expected = TitleFacts(
        reference: try reference(row.ref), ratings: row.expected.ratings, genres: row.expected.genres,
        descriptors: row.expected.descriptors)
      #expect(try lookup.facts(try reference(row.ref)) == expected, "\(row.ref)")
    }
  }
}
