import AgentCore
import Testing

@Suite struct HeldRequestReportTests {
  /// R7: a "nothing changed" answer without one header switched long polling off.
  @Test func R7_unchanged_tenTimesWithoutCursor_keepsCursorAndNeverShortensTheWait() throws {
    var box = try AgentHarness.paired()
    var waits: [Int] = []
    for _ in 0..<10 {
      let held = try box.outgoing(.heads)
      #expect(held.cursor == "c1")
      #expect(held.timeout == .seconds(held.waitSeconds + 15))
      waits.append(held.waitSeconds)
      box.advance(by: .seconds(held.waitSeconds))
      try box.answer(.heads, .unchanged)
      box.advance(by: .seconds(1))
    }
    #expect(waits == waits.sorted())
    #expect(waits.first == 25)
    #expect(waits.last == 55)
  }

  /// R9: re-applied settings were scaled twice, and polling practically stopped.
  @Test func R9_poll_alternatesTwentyTimesWithRestarts_isTheSmallerOfRungAndSetting() throws {
    var box = try AgentHarness.paired()
    box.answersByItself.insert(.blob)
    let shelf = try #require(ShelfName("US/netflix"))
    for round in 1...20 {
      let poll: Heads.PollSettings =
        round.isMultiple(of: 2) ? .init(waitSeconds: 240, spreadSeconds: 10) : .init(waitSeconds: 12, spreadSeconds: 5)
      let news = box.heads("c\(round + 1)", catalogue: [.init(shelf: shelf, version: round)], poll: poll)
      let heardAt = box.now.boot
      try box.answer(.heads, .heads(news))
      let held = try box.outgoing(.heads)
      #expect(held.waitSeconds == min(25, poll.waitSeconds), "round \(round)")
      box.advance(by: .seconds(poll.spreadSeconds))
      let fetched = try #require(box.sent(.manifest).last)
      #expect(fetched.at - heardAt <= .seconds(poll.spreadSeconds))
      #expect(fetched.at >= heardAt)
      try box.answer(.manifest, .manifest(.opened(manifest(shelf, round))))
      box.advance(by: .seconds(1))
      if round.isMultiple(of: 3) {
        box.journal.shelves = Array(box.agent.catalogue.applied.values)
        box.restart()
        box.handle(.turn)
        let first = try box.outgoing(.heads)
        #expect(first.waitSeconds == 0 && first.cursor == nil)
      }
    }
  }

  private func manifest(_ shelf: ShelfName, _ version: Int) -> ShelfManifest {
    ShelfManifest(
      shelf: shelf, version: version, issuedAt: WallTime(seconds: AgentHarness.noon), oldest: version,
      snapshot: .init(version: version, parts: [.init(sha256: "s\(version)", bytes: 1, titles: 1)]), deltas: [],
      check: .init(titles: 1, xor64: "0"))
  }

  /// R12: the captive-portal warning stayed after changing network, and its log was spammed.
  @Test func R12_captivePortal_thirtyTriesThenAGoodNetwork_isToldOnceAndClearedOnce() throws {
    var box = try AgentHarness.paired()
    box.answersByItself = []
    let policy = box.agent.policy.active?.version
    for attempt in 1...30 {
      while !box.isOut(.heads), box.advanceToDeadline() { failTheRest(&box) }
      try box.fail(.heads, .captivePortal)
      #expect(box.isRaised(.captivePortal), "attempt \(attempt)")
      #expect(box.agent.policy.active?.version == policy)
    }
    box.handle(.networkChanged)
    while !box.isOut(.heads), box.advanceToDeadline() { failTheRest(&box) }
    try box.answer(.heads, .heads(box.heads("c2")))
    #expect(!box.isRaised(.captivePortal))
    #expect(box.agent.policy.active?.version == policy)
    let lines = box.logs.filter { $0.facts.contains(.init("code", "captive_portal")) }
    #expect(lines.map(\.message) == ["health raised", "health cleared"])
    let told = box.journal.details.filter { $0 == .health(code: "captive_portal", raised: true) }
    #expect(told.count == 1)
  }

  /// The portal answers every other request likewise.
  private func failTheRest(_ box: inout AgentHarness) {
    for request in box.out where request.kind != .heads { box.handle(.failed(request.id, .captivePortal)) }
  }

  /// R14: the status stayed healthy although the server was gone.
  @Test func R14_blackHole_isOfflineByHoldAndFifteenSeconds() throws {
    var box = try AgentHarness.paired()
    let held = try box.outgoing(.heads)
    #expect(box.agent.held.isOnline)
    #expect(held.timeout == .seconds(held.waitSeconds + 15))
    box.advance(by: held.timeout)
    try box.fail(.heads, .timedOut)
    #expect(!box.agent.held.isOnline)
    #expect(box.isRaised(.upstreamUnreachable))
    #expect(box.signals.contains(.statusChanged))
  }

  /// R14: the device had been removed and nobody saw it.
  @Test(arguments: [RequestKind.heads, .state, .usage, .token])
  func R14_revoked_authentically_erasesAtOnce(kind: RequestKind) throws {
    var box = try readyToFail(kind)
    try box.problem(kind, 403, "device_revoked")
    #expect(box.hasErased)
    #expect(box.agent.pairing.identity == nil)
    #expect(box.agent.policy.active == nil)
    #expect(box.agent.readiness == .notPaired)
    #expect(box.out.isEmpty)
    #expect(box.journal.events.isEmpty)
  }

  /// R14: anybody on the way could have wiped a box.
  @Test(arguments: [RequestKind.heads, .state, .usage, .token])
  func R14_revoked_notAuthentically_erasesNothing(kind: RequestKind) throws {
    var box = try readyToFail(kind)
    try box.problem(kind, 403, "device_revoked", isAuthentic: false)
    #expect(!box.hasErased)
    #expect(box.agent.pairing.identity != nil)
    #expect(box.agent.policy.active != nil)
  }

  /// Public answers come from caches that know no devices.
  @Test func R14_revoked_byThePublicCatalogue_erasesNothing() throws {
    var box = try AgentHarness.paired()
    let shelf = try #require(ShelfName("US/netflix"))
    try box.answer(.heads, .heads(box.heads("c2", catalogue: [.init(shelf: shelf, version: 3)])))
    box.advance(by: .seconds(10))
    try box.problem(.manifest, 403, "device_revoked")
    #expect(!box.hasErased)
    #expect(box.agent.pairing.identity != nil)
  }

  /// Brings a request of the kind out and leaves it unanswered.
  private func readyToFail(_ kind: RequestKind) throws -> AgentHarness {
    var box = try AgentHarness.paired()
    box.answersByItself = []
    switch kind {
    case .state: try box.answer(.heads, .heads(box.heads("c2", commands: [.init(id: "x", name: "sync")])))
    case .usage: _ = try box.play()
    case .token: try box.problem(.heads, 401, "token_invalid")
    default: break
    }
    while !box.isOut(kind), box.advanceToDeadline() {}
    return box
  }
}
