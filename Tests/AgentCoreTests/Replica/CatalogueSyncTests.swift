import AgentCore
import Testing

@Suite struct CatalogueSyncTests {
  static func snapshot(
    _ shelf: ShelfName, version: Int, parts: Int = 1, deltas: [ShelfManifest.Delta] = [], oldest: Int? = nil
  ) -> ShelfManifest {
    ShelfManifest(
      shelf: shelf, version: version, issuedAt: WallTime(seconds: 0), oldest: oldest ?? version,
      snapshot: .init(
        version: version,
        parts: (0..<parts).map { .init(sha256: "\(shelf) \(version) \($0)", bytes: 1_000, titles: 10) }),
      deltas: deltas, check: .init(titles: parts * 10, xor64: "0"))
  }

  private static func name(_ text: String = "US/netflix") throws -> ShelfName { try #require(ShelfName(text)) }

  /// A box whose heads name the shelf at a version, waiting for the manifest.
  private func asking(version: Int, held: Int = 0) throws -> AgentHarness {
    var box = try AgentHarness.paired()
    let shelf = try Self.name()
    if held > 0 {
      box.journal.shelves = [.init(shelf: shelf, version: held, titles: 10)]
      box.restart()
      box.handle(.turn)
    }
    try box.answer(
      .heads,
      .heads(box.heads("c2", policy: AgentHarness.policy(1), catalogue: [.init(shelf: shelf, version: version)])))
    while !box.isOut(.manifest), box.advanceToDeadline() {}
    return box
  }

  private func commits(_ box: AgentHarness) -> Int {
    box.effects.count { if case .shelf(.commit) = $0 { true } else { false } }
  }

  @Test func sync_newShelf_fetchesTwoAtATimeAppliesInOrderAndCommitsOnce() throws {
    var box = try asking(version: 5)
    let shelf = try Self.name()
    try box.answer(.manifest, .manifest(.opened(Self.snapshot(shelf, version: 5, parts: 5))))
    #expect(box.out.count { $0.kind == .blob } == 2)
    // The second part comes before the first.
    var mostAtATime = 0
    while let last = box.out.last(where: { $0.kind == .blob }) {
      mostAtATime = max(mostAtATime, box.out.count { $0.kind == .blob })
      #expect(last.token == nil, "public requests carry no token")
      box.answer(last, .blobStored)
    }
    #expect(mostAtATime == 2)
    let applied = box.effects.compactMap { effect -> String? in
      if case .shelf(.applySnapshotPart(_, let sha256, _)) = effect { sha256 } else { nil }
    }
    #expect(applied == (0..<5).map { "US/netflix 5 \($0)" })
    #expect(commits(box) == 1)
    #expect(box.agent.catalogue.applied[shelf] == .init(shelf: shelf, version: 5, titles: 50))
    #expect(box.signals.contains(.catalogueChanged(shelf, version: 5, titles: 50)))
  }

  @Test func sync_deltas_areAppliedToTheHeldShelf() throws {
    var box = try asking(version: 6, held: 5)
    let delta = ShelfManifest.Delta(from: 5, to: 6, sha256: "d", bytes: 10, lines: 3)
    box.answersByItself.insert(.blob)
    try box.answer(
      .manifest, .manifest(.opened(Self.snapshot(try Self.name(), version: 6, deltas: [delta], oldest: 1))))
    #expect(box.effects.contains { if case .shelf(.applyDelta(_, "d", 3)) = $0 { true } else { false } })
    #expect(box.agent.catalogue.applied[try Self.name()]?.version == 6)
  }

  @Test func sync_deltaRefused_takesTheSnapshotOnceAndThenKeepsTheOldForAnHour() throws {
    var box = try asking(version: 6, held: 5)
    let shelf = try Self.name()
    let delta = ShelfManifest.Delta(from: 5, to: 6, sha256: "d", bytes: 10, lines: 3)
    box.answersByItself.insert(.blob)
    box.shelfSteps = [.refused("a ref twice"), .refused("out of order")]
    try box.answer(.manifest, .manifest(.opened(Self.snapshot(shelf, version: 6, deltas: [delta], oldest: 1))))
    #expect(box.sent(.blob).count == 2, "the delta, then the snapshot")
    #expect(commits(box) == 0)
    #expect(box.isRaised(.shelfRefused))
    #expect(box.agent.catalogue.applied[shelf]?.version == 5)
    box.forgetSent()
    box.advance(by: .seconds(3_590))
    #expect(box.sent(.manifest).isEmpty)
    box.advance(by: .seconds(20))
    #expect(!box.sent(.manifest).isEmpty)
  }

  @Test func sync_checkDoesNotFitOnTheSnapshotsWay_isNotFetchedTwice() throws {
    var box = try asking(version: 6)
    box.answersByItself.insert(.blob)
    box.shelfCommits = [.mismatch]
    try box.answer(.manifest, .manifest(.opened(Self.snapshot(try Self.name(), version: 6))))
    #expect(box.sent(.blob).count == 1)
    #expect(box.isRaised(.shelfRefused))
    #expect(box.agent.catalogue.applied.isEmpty)
  }

  @Test func sync_manifestBelowTheHeads_isAskedForAgainWithinTenSecondsWithoutReport() throws {
    var box = try asking(version: 6, held: 4)
    box.forgetSent()
    let start = box.now.boot
    try box.answer(.manifest, .manifest(.opened(Self.snapshot(try Self.name(), version: 5))))
    #expect(!box.isRaised(.shelfRefused))
    while !box.isOut(.manifest), box.advanceToDeadline() {}
    #expect(box.now.boot - start >= .seconds(5) && box.now.boot - start <= .seconds(10))
    #expect(box.sent(.blob).isEmpty)
  }

  @Test func sync_manifestRefused_keepsTheOldShelfAndReports() throws {
    var box = try asking(version: 6, held: 5)
    try box.answer(.manifest, .manifest(.refused))
    #expect(box.isRaised(.shelfRefused))
    #expect(box.agent.catalogue.applied[try Self.name()]?.version == 5)
  }

  @Test func sync_transferFails_isTriedAgainByBackoff() throws {
    var box = try asking(version: 6)
    for _ in 0..<4 {
      while !box.isOut(.manifest), box.advanceToDeadline() {}
      try box.answer(.manifest, .manifest(.opened(Self.snapshot(try Self.name(), version: 6))))
      try box.fail(.blob, .interrupted)
      #expect(!box.isOut(.blob))
    }
    box.answersByItself.insert(.blob)
    while !box.isOut(.manifest), box.advanceToDeadline() {}
    try box.answer(.manifest, .manifest(.opened(Self.snapshot(try Self.name(), version: 6))))
    #expect(box.agent.catalogue.applied[try Self.name()]?.version == 6)
  }

  @Test func sync_diskFull_raisesHealthAndTriesAgain() throws {
    var box = try asking(version: 6)
    box.answersByItself.insert(.blob)
    box.shelfSteps = [.failed("disk full")]
    try box.answer(.manifest, .manifest(.opened(Self.snapshot(try Self.name(), version: 6))))
    #expect(box.isRaised(.storageFull))
    while !box.isOut(.manifest), box.advanceToDeadline() {}
    try box.answer(.manifest, .manifest(.opened(Self.snapshot(try Self.name(), version: 6))))
    #expect(box.agent.catalogue.applied[try Self.name()]?.version == 6)
  }

  @Test func heads_shelfNoLongerListed_isDroppedAndARunForItEnds() throws {
    var box = try asking(version: 6, held: 5)
    try box.answer(.manifest, .manifest(.opened(Self.snapshot(try Self.name(), version: 6))))
    #expect(box.isOut(.blob))
    try box.answer(.heads, .heads(box.heads("c3")))
    #expect(!box.isOut(.blob))
    #expect(box.effects.contains(.shelf(.drop(try Self.name()))))
    #expect(box.agent.catalogue.applied.isEmpty)
    #expect(box.agent.catalogue.isCurrent)
  }

  @Test func start_beforeTheFirstHeads_dropsNothing() throws {
    var journal = SimulatedJournal()
    journal.identity = AgentHarness.identity()
    journal.shelves = [.init(shelf: try Self.name(), version: 5, titles: 10)]
    var box = AgentHarness(journal: journal)
    box.handle(.turn)
    try box.fail(.heads, .connect)
    box.advance(by: .seconds(3_600))
    #expect(box.agent.catalogue.applied.count == 1)
    #expect(!box.agent.catalogue.isCurrent)
  }
}
