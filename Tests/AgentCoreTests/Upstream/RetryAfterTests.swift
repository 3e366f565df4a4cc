import AgentCore
import Testing

@Suite struct RetryAfterTests {
  /// Answers the held request with a wait; returns when the next one went.
  private func waitAfter(_ seconds: Int64, status: Int = 429, seed: UInt64 = 1) throws -> Duration {
    var box = try AgentHarness.paired(seed: seed)
    let start = box.now.boot
    try box.problem(.heads, status, nil, retryAfter: .seconds(seconds))
    while !box.isOut(.heads), box.advanceToDeadline() {}
    return box.now.boot - start
  }

  @Test(arguments: [413, 429, 503])
  func retryAfter_anyStatusThatHasOne_isAFloorWithUpToAQuarterOfJitter(status: Int) throws {
    var waits: [Duration] = []
    for seed in 1...40 { waits.append(try waitAfter(600, status: status, seed: UInt64(seed))) }
    #expect(try #require(waits.min()) >= .seconds(600))
    #expect(try #require(waits.max()) <= .seconds(750))
    #expect(Set(waits).count > 30, "boxes do not come back together")
  }

  @Test func retryAfter_ofADay_isClampedToAnHour() throws {
    let wait = try waitAfter(86_400)
    #expect(wait >= .seconds(3_600) && wait <= .seconds(4_500))
  }

  @Test func retryAfter_ofZero_isNoShorterThanTheBackoff() throws {
    #expect(try waitAfter(0) <= .seconds(30))
  }

  @Test func retryAfter_restarted_stillHolds() throws {
    var box = try AgentHarness.paired()
    let start = box.now.boot
    try box.problem(.heads, 503, "unavailable", retryAfter: .seconds(1_000))
    for _ in 0..<5 {
      box.advance(by: .seconds(100))
      box.restart(after: .milliseconds(1_700))
      box.handle(.turn)
      #expect(!box.isOut(.heads))
    }
    while !box.isOut(.heads), box.advanceToDeadline() {}
    #expect(box.now.boot - start >= .seconds(1_000))
    #expect(box.now.boot - start <= .seconds(1_253))
  }

  /// A box whose clock fell back over a restart would have waited for years.
  @Test func retryAfter_clockFellBackOverARestart_isNeverLongerThanItsLimit() throws {
    var box = try AgentHarness.paired()
    try box.problem(.heads, 503, "unavailable", retryAfter: .seconds(1_000))
    box.journal.highWater = nil
    box.now.systemSeconds = AgentHarness.builtAt.seconds - 1_000_000
    box.restart()
    let start = box.now.boot
    while !box.isOut(.heads), box.advanceToDeadline() {}
    #expect(box.now.boot - start <= .seconds(4_500))
  }

  @Test func retryAfter_networkChange_doesNotShortenIt() throws {
    var box = try AgentHarness.paired()
    try box.problem(.heads, 429, "slow_down", retryAfter: .seconds(600))
    for _ in 0..<5 {
      box.advance(by: .seconds(100))
      box.handle(.networkChanged)
      #expect(!box.isOut(.heads))
    }
    box.advance(by: .seconds(260))
    #expect(box.isOut(.heads))
  }

  @Test func sync_whileTheUpstreamAskedToWait_isRefusedWithTheTimeLeft() throws {
    var box = try AgentHarness.paired()
    try box.problem(.heads, 429, "slow_down", retryAfter: .seconds(600))
    box.advance(by: .seconds(300))
    guard case .refused(.unreachable(let why)) = try box.reply(to: .sync) else {
      Issue.record("a person cannot shorten it")
      return
    }
    #expect(why.contains(" s more"))
    #expect(!box.isOut(.heads))
  }

  @Test func retryAfter_ofOneEndpoint_doesNotHoldUpAnother() throws {
    var box = try AgentHarness.paired()
    box.answersByItself = [.token, .state]
    _ = try box.play()
    while !box.isOut(.usage), box.advanceToDeadline() {}
    try box.problem(.usage, 429, "slow_down", retryAfter: .seconds(600))
    #expect(box.isOut(.heads))
    try box.answer(.heads, .heads(box.heads("c2")))
    #expect(box.isOut(.heads))
    box.advance(by: .seconds(599))
    #expect(!box.isOut(.usage))
    box.advance(by: .seconds(160))
    #expect(box.isOut(.usage))
  }

  /// Blobs of the next shelf were asked for while the store of blobs wanted to be left alone.
  @Test func retryAfter_ofABlob_holdsUpTheBlobsOfEveryShelf() throws {
    var box = try AgentHarness.paired()
    let shelves = try [#require(ShelfName("US/hulu")), #require(ShelfName("US/netflix"))]
    let heads = shelves.map { Heads.ShelfHead(shelf: $0, version: 1) }
    try box.answer(.heads, .heads(box.heads("c2", catalogue: heads)))
    while !box.isOut(.manifest), box.advanceToDeadline() {}
    guard case .manifest(let first) = try box.outgoing(.manifest).request else { return }
    try box.answer(.manifest, .manifest(.opened(CatalogueSyncTests.snapshot(first, version: 1))))
    let start = box.now.boot
    try box.problem(.blob, 503, "unavailable", retryAfter: .seconds(600))
    while !box.isOut(.blob), box.now.boot - start < .seconds(2_000), box.advanceToDeadline() {
      if case .manifest(let shelf)? = box.out.first(where: { $0.kind == .manifest })?.request {
        try box.answer(.manifest, .manifest(.opened(CatalogueSyncTests.snapshot(shelf, version: 1))))
      }
      if box.isOut(.heads), box.now.boot - start > .seconds(1_900) { break }
    }
    #expect(box.isOut(.blob))
    #expect(box.now.boot - start >= .seconds(600))
  }
}
