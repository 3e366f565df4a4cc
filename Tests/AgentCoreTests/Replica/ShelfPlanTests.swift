import AgentCore
import Testing

@Suite struct ShelfPlanTests {
  /// A snapshot at 100 of so many bytes and deltas `(from, to, bytes)`.
  private func manifest(
    version: Int, oldest: Int = 50, snapshot: Int = 100, bytes: Int = 1_000, deltas: [(Int, Int, Int)]
  ) throws -> ShelfManifest {
    ShelfManifest(
      shelf: try #require(ShelfName("US/netflix")), version: version, issuedAt: WallTime(seconds: 0), oldest: oldest,
      snapshot: .init(version: snapshot, parts: [.init(sha256: "snapshot", bytes: bytes, titles: 10)]),
      deltas: deltas.map { .init(from: $0.0, to: $0.1, sha256: "\($0.0)-\($0.1)", bytes: $0.2, lines: 1) },
      check: .init(titles: 10, xor64: "0"))
  }

  /// The plan as its steps' names; nil where there is nothing to do.
  private func steps(_ plan: ShelfPlan) -> [String]? {
    switch plan {
    case .nothing: nil
    case .impossible: ["impossible"]
    case .chain(let deltas): deltas.map(\.sha256)
    case .snapshot(_, let deltas): ["snapshot"] + deltas.map(\.sha256)
    }
  }

  private func check(
    held: Int, _ manifest: ShelfManifest, withoutDeltas: Bool = false, _ expected: [String]?,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(
      steps(ShelfPlan.make(manifest, held: held, withoutDeltas: withoutDeltas)) == expected, sourceLocation: location)
  }

  @Test func make_chainUnderHalfOfTheSnapshotsWay_takesIt() throws {
    check(held: 99, try manifest(version: 101, deltas: [(99, 100, 299), (100, 101, 200)]), ["99-100", "100-101"])
    check(held: 99, try manifest(version: 100, deltas: [(99, 100, 499)]), ["99-100"])
    check(held: 99, try manifest(version: 100, deltas: [(99, 100, 500)]), ["snapshot"])
    // The snapshot's way is 1,000 + 200 bytes, and half of it 600.
    check(held: 99, try manifest(version: 101, deltas: [(99, 101, 599), (100, 101, 200)]), ["99-101"])
    check(held: 99, try manifest(version: 101, deltas: [(99, 101, 600), (100, 101, 200)]), ["snapshot", "100-101"])
  }

  @Test func make_severalLengths_takesTheFewestBytes() throws {
    let deltas = [(97, 98, 10), (98, 99, 10), (99, 100, 10), (97, 100, 25), (97, 99, 21)]
    check(held: 97, try manifest(version: 100, deltas: deltas), ["97-100"])
    check(held: 98, try manifest(version: 100, deltas: deltas), ["98-99", "99-100"])
    check(held: 97, try manifest(version: 100, deltas: deltas.filter { $0.2 != 25 }), ["97-98", "98-99", "99-100"])
  }

  @Test func make_holeInTheChain_takesTheSnapshot() throws {
    check(held: 97, try manifest(version: 100, deltas: [(97, 98, 1), (99, 100, 1)]), ["snapshot"])
  }

  @Test func make_belowOldest_takesTheSnapshotAlways() throws {
    let given = try manifest(version: 100, oldest: 98, deltas: [(97, 100, 1), (98, 100, 1)])
    check(held: 97, given, ["snapshot"])
    check(held: 98, given, ["98-100"])
  }

  @Test func make_nothingHeld_takesTheSnapshotAndTheRest() throws {
    check(
      held: 0, try manifest(version: 102, deltas: [(0, 102, 1), (100, 101, 5), (101, 102, 5)]),
      ["snapshot", "100-101", "101-102"])
  }

  @Test func make_manifestNotNewer_isNothing() throws {
    check(held: 100, try manifest(version: 100, deltas: []), nil)
    check(held: 101, try manifest(version: 100, deltas: [(101, 100, 1)]), nil)
  }

  @Test func make_noWayFromTheSnapshot_takesTheChainOrIsImpossible() throws {
    let given = try manifest(version: 105, deltas: [(99, 105, 9_999)])
    check(held: 99, given, ["99-105"])
    check(held: 98, given, ["impossible"])
    check(held: 99, given, withoutDeltas: true, ["impossible"])
  }

  @Test func make_afterAChainFailed_takesTheSnapshot() throws {
    check(held: 99, try manifest(version: 100, deltas: [(99, 100, 1)]), withoutDeltas: true, ["snapshot"])
  }

  @Test func make_deltasThatLeadBackOrNowhere_areIgnored() throws {
    check(
      held: 99, try manifest(version: 100, deltas: [(99, 99, 0), (99, 98, 0), (98, 99, 0), (99, 100, 7)]), ["99-100"])
  }
}
