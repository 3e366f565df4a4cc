import AgentCore
import Testing

@Suite struct UnpairTests {
  @Test func unpair_reachable_tellsTheUpstreamAndErases() throws {
    var box = try AgentHarness.paired()
    let session = try box.play()
    let id = box.command(.unpair)
    let request = try box.outgoing(.unpair)
    #expect(request.token != nil)
    #expect(!box.hasErased)
    #expect(box.endings == [.stopped])
    try box.answer(.unpair, .done)
    #expect(box.hasErased)
    #expect(box.replies(to: id) == [.done])
    #expect(box.agent.sessions.session(session) == nil)
    #expect(box.agent.readiness == .notPaired)
    #expect(box.out.isEmpty)
  }

  @Test(arguments: [TransportFailure.timedOut, .connect, .nameResolution, .captivePortal, .tls("expired")])
  func unpair_unreachable_erasesAllTheSame(failure: TransportFailure) throws {
    var box = try AgentHarness.paired()
    let id = box.command(.unpair)
    #expect(try box.outgoing(.unpair).timeout <= .seconds(5))
    try box.fail(.unpair, failure)
    #expect(box.hasErased)
    #expect(box.replies(to: id) == [.done])
    #expect(box.agent.pairing.identity == nil)
  }

  @Test func unpair_withoutToken_erasesAtOnce() throws {
    var journal = SimulatedJournal()
    journal.identity = AgentHarness.identity()
    var box = AgentHarness(journal: journal)
    box.answersByItself = []
    box.handle(.turn)
    let id = box.command(.unpair)
    #expect(box.hasErased)
    #expect(box.replies(to: id) == [.done])
  }

  /// The upstream had revoked the box just before, and the caller waited for ever.
  @Test func unpair_answeredByARevocation_repliesOnce() throws {
    var box = try AgentHarness.paired()
    let id = box.command(.unpair)
    try box.problem(.unpair, 403, "device_revoked")
    #expect(box.hasErased)
    #expect(box.replies(to: id) == [.done])
  }

  @Test func unpair_twice_repliesToBoth() throws {
    var box = try AgentHarness.paired()
    let first = box.command(.unpair)
    let second = box.command(.unpair)
    try box.answer(.unpair, .done)
    #expect(box.replies(to: first).count == 1)
    #expect(box.replies(to: second).count == 1)
  }

  @Test func unpair_unpaired_isRefused() throws {
    var box = AgentHarness()
    #expect(try box.reply(to: .unpair) == .refused(.notPaired))
  }

  @Test func unpair_askedByTheUpstream_acknowledgesAndErases() throws {
    var box = try AgentHarness.paired()
    try box.answer(.heads, .heads(box.heads("c2", commands: [.init(id: "u", name: "unpair")])))
    _ = try box.outgoing(.unpair)
    try box.answer(.unpair, .done)
    #expect(box.hasErased)
    #expect(box.effects.allSatisfy { if case .reply = $0 { false } else { true } }, "nobody here asked")
  }

  @Test func erase_then_pairsAgainAsANewBox() throws {
    var box = try AgentHarness.paired()
    box.command(.unpair)
    try box.answer(.unpair, .done)
    let id = box.command(.pairWithCode("AAAABBBB"))
    try box.answer(.claim, .paired(AgentHarness.success))
    #expect(box.replies(to: id) == [.paired(device: "d_1", family: "f_1")])
    #expect(try box.outgoing(.heads).cursor == nil)
    #expect(box.agent.outbox.next == 1)
  }

  // MARK: Sync

  @Test func sync_online_repliesWhenTheHeadsAreHere() throws {
    var box = try AgentHarness.paired()
    let old = try box.outgoing(.heads)
    let id = box.command(.sync)
    #expect(box.replies(to: id).isEmpty)
    #expect(box.effects.contains(.cancel(old.id)))
    #expect(try box.outgoing(.heads).waitSeconds == 0)
    try box.answer(.heads, .heads(box.heads("c1")))
    #expect(box.replies(to: id) == [.done])
  }

  @Test func sync_whileWaitingAfterFailures_breaksTheWait() throws {
    var box = try AgentHarness.paired()
    for _ in 0..<8 {
      while !box.isOut(.heads), box.advanceToDeadline() {}
      try box.fail(.heads, .connect)
    }
    let id = box.command(.sync)
    _ = try box.outgoing(.heads)
    try box.fail(.heads, .connect)
    guard case .refused(.unreachable)? = box.replies(to: id).first else {
      Issue.record("the caller hears why")
      return
    }
    #expect(box.replies(to: id).count == 1)
  }

  /// Without a token the caller waited as long as the outage lasted.
  @Test func sync_noTokenToBeHad_isToldSo() throws {
    var journal = SimulatedJournal()
    journal.identity = AgentHarness.identity()
    var box = AgentHarness(journal: journal)
    box.answersByItself = []
    box.handle(.turn)
    try box.fail(.token, .connect)
    let id = box.command(.sync)
    try box.fail(.token, .connect)
    guard case .refused(.unreachable)? = box.replies(to: id).first else {
      Issue.record("the caller hears why")
      return
    }
  }

  @Test func sync_manyTimes_staysWithinTheBudget() throws {
    var box = try AgentHarness.paired()
    for _ in 0..<60 {
      box.command(.sync)
      if box.isOut(.heads) { try box.answer(.heads, .heads(box.heads("c1"))) }
      box.advance(by: .milliseconds(500))
    }
    #expect(box.sent.count { $0.request.token != nil } <= 20)
  }

  @Test func sync_unpaired_isRefused() throws {
    var box = AgentHarness()
    #expect(try box.reply(to: .sync) == .refused(.notPaired))
  }
}
