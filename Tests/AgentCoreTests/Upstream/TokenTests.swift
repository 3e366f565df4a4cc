import AgentCore
import Testing

@Suite struct TokenTests {
  @Test func token_paired_isRenewedAtTwoThirdsOfItsLife() throws {
    var moments: Set<Int64> = []
    for seed in 1...30 {
      var box = try AgentHarness.paired(seed: UInt64(seed))
      let start = box.now.boot
      box.answersByItself = [.token, .state, .usage]
      while box.sent(.token).isEmpty, box.advanceToDeadline() {}
      let after = try #require(box.sent(.token).first).at - start
      #expect(after >= .seconds(2_030) && after <= .seconds(2_400))
      moments.insert(after.wholeSeconds)
    }
    #expect(moments.count > 20, "jittered")
  }

  @Test func token_beingRenewed_requestsGoOnWithTheOldOne() throws {
    var box = try AgentHarness.paired()
    box.answersByItself = []
    while !box.isOut(.token), box.advanceToDeadline() {}
    try box.fail(.token, .connect)
    try box.answer(.heads, .heads(box.heads("c2")))
    #expect(box.isOut(.heads))
  }

  @Test func tokenInvalid_once_fetchesANewTokenAtOnce() throws {
    var box = try AgentHarness.paired()
    box.answersByItself = []
    try box.problem(.heads, 401, "token_invalid")
    _ = try box.outgoing(.token)
    #expect(!box.isOut(.heads))
    try box.answer(.token, .token(AccessToken(text: "renewed", expiresInSeconds: 3_600)))
    #expect(try box.outgoing(.heads).token == "renewed")
    #expect(!box.isRaised(.tokenRefused))
    #expect(box.agent.policy.active != nil)
  }

  /// An upstream that gave tokens and refused them was asked without pause: each new token began the count anew.
  @Test func tokenInvalid_againAndAgain_waitsLongerAndThenHourly() throws {
    var box = try AgentHarness.paired()
    var refusedAt: [Moment] = []
    for _ in 0..<9 {
      while !box.isOut(.heads), box.advanceToDeadline() {}
      refusedAt.append(box.now.boot)
      try box.problem(.heads, 401, "token_invalid")
    }
    let gaps = zip(refusedAt, refusedAt.dropFirst()).map { $1 - $0 }
    #expect(gaps[0] == .zero, "one new token at once")
    #expect(gaps[5...].allSatisfy { $0 >= .seconds(3_600) }, "hourly after six in a row")
    #expect(gaps[1...4].allSatisfy { $0 <= .seconds(30) })
    #expect(box.isRaised(.tokenRefused))
    #expect(box.agent.policy.active != nil, "the policy stays enforced")
    while !box.isOut(.heads), box.advanceToDeadline() {}
    try box.answer(.heads, .heads(box.heads("c2")))
    #expect(!box.isRaised(.tokenRefused))
    try box.problem(.heads, 401, "token_invalid")
    #expect(box.isOut(.heads), "the count begins anew after a success")
  }

  @Test func invalidClient_once_isTriedAgainAtOnceAtTheTimeOfTheAnswer() throws {
    var box = try AgentHarness.paired()
    box.answersByItself = []
    try box.problem(.heads, 401, "token_invalid")
    let first = try box.outgoing(.token)
    let date = box.agent.time(at: box.now) + 86_400
    box.forgetSent()
    try box.problem(.token, 401, "invalid_client", date: date)
    let second = try box.outgoing(.token)
    #expect(second.id != first.id)
    #expect(box.agent.time(at: box.now) == date)
    try box.problem(.token, 401, "invalid_client", date: date)
    #expect(!box.isOut(.token))
    #expect(box.isRaised(.tokenRefused))
  }

  /// While a renewal was under way the refused old token was used again and again.
  @Test func tokenInvalid_whileANewOneIsOnItsWay_waitsForIt() throws {
    var box = try AgentHarness.paired()
    box.answersByItself = []
    while !box.isOut(.token), box.advanceToDeadline() {
      if box.isOut(.state) { try box.answer(.state, .done) }
    }
    box.forgetSent()
    try box.problem(.heads, 401, "token_invalid")
    #expect(box.sent(.heads).isEmpty)
    try box.answer(.token, .token(AccessToken(text: "renewed", expiresInSeconds: 3_600)))
    #expect(try box.outgoing(.heads).token == "renewed")
  }

  @Test func clone_asksHourlyAndSendsNeitherUsageNorReports() throws {
    var box = try AgentHarness.paired()
    let session = try box.play()
    box.advance(by: .seconds(5))
    box.forgetSent()
    try box.problem(.heads, 409, "clone")
    #expect(box.isRaised(.clone))
    let start = box.now.boot
    box.command(.endSession(session: session, owner: 1_000))
    box.advance(by: .seconds(3_590))
    #expect(box.sent.filter { $0.request.kind != .token }.isEmpty)
    #expect(box.agent.policy.active != nil, "the policy stays enforced")
    while !box.isOut(.heads), box.advanceToDeadline() {}
    #expect(box.now.boot - start >= .seconds(3_600) && box.now.boot - start <= .seconds(3_700))
    try box.answer(.heads, .heads(box.heads("c2")))
    #expect(!box.isRaised(.clone))
    box.advance(by: .seconds(10))
    #expect(!box.sent(.usage).isEmpty, "what was counted meanwhile is sent")
  }

  @Test func clone_toldByTheUsageEndpoint_isNotARejectedBatch() throws {
    var box = try AgentHarness.paired()
    box.answersByItself = [.token, .state]
    _ = try box.play()
    while !box.isOut(.usage), box.advanceToDeadline() {}
    try box.problem(.usage, 409, "clone")
    #expect(box.isRaised(.clone))
    #expect(!box.isRaised(.usageRejected))
  }
}
