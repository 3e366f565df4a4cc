import AgentCore
import Testing

@Suite struct PairingReportTests {
  private func showingCode() throws -> AgentHarness {
    var box = AgentHarness()
    let pair = box.command(.pair)
    try box.answer(.pairingCode, .deviceAuthorization(AgentHarness.authorization))
    #expect(box.replies(to: pair) == [.code(AgentHarness.authorization, secondsLeft: 900)])
    return box
  }

  /// Waits for the next poll; returns how long it took.
  private func waitForPoll(_ box: inout AgentHarness) -> Duration {
    let start = box.now.boot
    while !box.isOut(.pairingPoll), box.advanceToDeadline() {}
    return box.now.boot - start
  }

  /// R2: one `slow_down` was taken as fatal.
  @Test func R2_poll_slowedDownTwice_waitsLongerAndPairs() throws {
    var box = try showingCode()
    var gaps: [Duration] = []
    for answer in ["authorization_pending", "slow_down", "authorization_pending", "slow_down"] {
      gaps.append(waitForPoll(&box))
      try box.problem(.pairingPoll, 400, answer)
    }
    let last = waitForPoll(&box)
    try box.answer(.pairingPoll, .paired(AgentHarness.success))
    #expect(gaps == [.seconds(5), .seconds(5), .seconds(10), .seconds(10)])
    #expect(last == .seconds(15))
    #expect(box.agent.pairing.identity?.device == "d_1")
    #expect(box.journal.identity?.device == "d_1")
  }

  /// R2: a timeout or a reset connection between the polls ended the pairing.
  @Test(arguments: [TransportFailure.timedOut, .interrupted, .connect, .nameResolution, .captivePortal])
  func R2_poll_failsInBetween_goesOnWithTheSameCode(failure: TransportFailure) throws {
    var box = try showingCode()
    _ = waitForPoll(&box)
    try box.problem(.pairingPoll, 400, "slow_down")
    #expect(waitForPoll(&box) >= .seconds(10))
    try box.fail(.pairingPoll, failure)
    #expect(waitForPoll(&box) >= .seconds(10))
    try box.problem(.pairingPoll, 503)
    #expect(waitForPoll(&box) >= .seconds(10))
    let poll = try box.outgoing(.pairingPoll)
    #expect(poll.request == .deviceToken(deviceCode: "device code"))
    #expect(box.sent(.pairingCode).count == 1)
    try box.answer(.pairingPoll, .paired(AgentHarness.success))
    #expect(box.agent.pairing.identity?.device == "d_1")
  }

  /// R6: every restart enrolled anew and left a ghost device.
  @Test func R6_crash_beforeTheIdentityIsDurable_pairsAgainAsTheSameDevice() throws {
    var box = try showingCode()
    _ = waitForPoll(&box)
    box.storage = .doesNotAnswer
    try box.answer(.pairingPoll, .paired(AgentHarness.success))
    #expect(box.agent.pairing.identity == nil, "nothing counts before it is durable")
    #expect(!box.isOut(.heads))
    box.restart()
    box.storage = .works
    box.handle(.turn)
    #expect(box.agent.pairing.identity == nil)
    let claim = box.command(.pairWithCode("WDJBMJHT"))
    try box.answer(.claim, .paired(AgentHarness.success))
    #expect(box.replies(to: claim) == [.paired(device: "d_1", family: "f_1")])
  }

  /// R6: the identity was there, and the box paired again all the same.
  @Test func R6_crash_beforeTheFirstAuthenticatedRequest_asksForATokenOnly() throws {
    var box = try showingCode()
    _ = waitForPoll(&box)
    box.answersByItself = []
    try box.answer(.pairingPoll, .paired(AgentHarness.success))
    let identity = box.agent.pairing.identity
    for _ in 0..<5 {
      box.restart()
      box.forgetSent()
      box.handle(.turn)
      #expect(box.sent.map(\.request.request) == [.token(device: "d_1")])
      #expect(box.agent.pairing.identity == identity)
    }
  }
}
