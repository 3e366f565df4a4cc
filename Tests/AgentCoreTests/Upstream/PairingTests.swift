import AgentCore
import Testing

@Suite struct PairingTests {
  private func showingCode() throws -> AgentHarness {
    var box = AgentHarness()
    box.command(.pair)
    try box.answer(.pairingCode, .deviceAuthorization(AgentHarness.authorization))
    return box
  }

  @Test func pair_withoutNetwork_keepsTheCallerWaitingAndAnswersWhenTheCodeComes() throws {
    var box = AgentHarness()
    let first = box.command(.pair)
    try box.fail(.pairingCode, .nameResolution)
    #expect(box.agent.pairing.name == "waiting_for_network")
    let second = box.command(.pair)
    try box.fail(.pairingCode, .connect)
    box.handle(.networkChanged)
    try box.answer(.pairingCode, .deviceAuthorization(AgentHarness.authorization))
    #expect(box.replies(to: first).count == 1)
    #expect(box.replies(to: second).count == 1)
  }

  @Test func pair_askedAgain_showsTheSameCodeWhileAMinuteIsLeft() throws {
    var box = try showingCode()
    box.advance(by: .seconds(2))
    #expect(try box.reply(to: .pair) == .code(AgentHarness.authorization, secondsLeft: 898))
    #expect(box.sent(.pairingCode).count == 1)
  }

  @Test func pair_askedInTheLastMinute_fetchesANewCode() throws {
    var box = try showingCode()
    for _ in 0..<169 {
      box.advance(by: .seconds(5))
      if box.isOut(.pairingPoll) { try box.problem(.pairingPoll, 400, "authorization_pending") }
    }
    box.command(.pair)
    #expect(box.sent(.pairingCode).count == 2)
  }

  @Test func code_expired_isReplacedTwelveTimesAnHourAndThenOnRequest() throws {
    var box = AgentHarness()
    box.command(.pair)
    var short = AgentHarness.authorization
    short.expiresInSeconds = 60
    for _ in 0..<13 {
      try box.answer(.pairingCode, .deviceAuthorization(short))
      while !box.isOut(.pairingPoll), box.advanceToDeadline() {}
      try box.problem(.pairingPoll, 400, "expired_token")
    }
    #expect(box.sent(.pairingCode).count == 13, "the first and twelve by themselves")
    #expect(box.agent.pairing.name == "unpaired")
    box.command(.pair)
    #expect(box.isOut(.pairingCode), "a person may ask")
  }

  @Test func poll_accessDenied_endsUnpairedAndGoesOnLiving() throws {
    var box = try showingCode()
    while !box.isOut(.pairingPoll), box.advanceToDeadline() {}
    try box.problem(.pairingPoll, 400, "access_denied")
    #expect(box.agent.pairing.name == "unpaired")
    #expect(box.signals.last == .pairingStateChanged("unpaired", detail: "access_denied"))
    box.command(.pair)
    #expect(box.isOut(.pairingCode))
  }

  @Test(
    arguments: [
      (404, "unknown_code", "unknown_code"), (410, "expired_code", "expired_code"), (410, "used_code", "used_code"),
      (500, nil, "the upstream answered 500; if it is no Axolotly upstream, check its address"),
    ] as [(Int, String?, String)])
  func claim_refused_isToldByItsName(status: Int, name: String?, told: String) throws {
    var box = AgentHarness()
    let id = box.command(.pairWithCode("AAAABBBB"))
    try box.problem(.claim, status, name)
    #expect(box.replies(to: id) == [.refused(.pairing(told))])
    #expect(box.agent.pairing.name == "unpaired")
  }

  @Test func claim_whileACodeIsShown_takesItsPlace() throws {
    var box = try showingCode()
    while !box.isOut(.pairingPoll), box.advanceToDeadline() {}
    box.command(.pairWithCode("AAAABBBB"))
    #expect(!box.isOut(.pairingPoll), "the poll is cancelled")
    try box.answer(.claim, .paired(AgentHarness.success))
    #expect(box.agent.pairing.identity != nil)
  }

  /// A typing error at the box threw away the code that a parent was typing on the phone.
  @Test func claim_refusedWhileACodeIsShown_leavesThatCode() throws {
    var box = try showingCode()
    let id = box.command(.pairWithCode("AAAABBBB"))
    try box.problem(.claim, 404, "unknown_code")
    #expect(box.replies(to: id) == [.refused(.pairing("unknown_code"))])
    #expect(box.agent.pairing.name == "showing_code")
    while !box.isOut(.pairingPoll), box.advanceToDeadline() {}
    try box.answer(.pairingPoll, .paired(AgentHarness.success))
    #expect(box.agent.pairing.identity != nil)
    #expect(box.sent(.pairingCode).count == 1, "no second code was asked for")
  }

  @Test func success_thatCannotBeSaved_isAnErrorAndNotPaired() throws {
    var box = AgentHarness()
    box.storage = .isFull
    let id = box.command(.pairWithCode("AAAABBBB"))
    try box.answer(.claim, .paired(AgentHarness.success))
    #expect(box.replies(to: id) == [.refused(.storage("disk full"))])
    #expect(box.agent.pairing.identity == nil)
    #expect(!box.isOut(.heads))
  }

  @Test func cancel_whileACodeIsAskedFor_answersEveryWaitingCaller() throws {
    var box = AgentHarness()
    let first = box.command(.pair)
    let second = box.command(.pair)
    #expect(try box.reply(to: .cancelPairing) == .done)
    #expect(box.replies(to: first) == [.refused(.cancelled)])
    #expect(box.replies(to: second) == [.refused(.cancelled)])
    #expect(box.out.isEmpty)
  }

  /// A `Retry-After` of the pairing endpoint was obeyed by one way of pairing and not by the other.
  @Test func claim_whileTheUpstreamAskedToWait_isRefusedAndNotSent() throws {
    var box = AgentHarness()
    box.command(.pairWithCode("AAAABBBB"))
    try box.problem(.claim, 429, "slow_down", retryAfter: .seconds(60))
    box.advance(by: .seconds(30))
    guard case .refused(.pairing) = try box.reply(to: .pairWithCode("AAAABBBB")) else {
      Issue.record("a second try within the wait is refused")
      return
    }
    #expect(box.sent(.claim).count == 1)
    box.advance(by: .seconds(46))
    box.command(.pairWithCode("AAAABBBB"))
    #expect(box.sent(.claim).count == 2)
  }

  /// Polls went on every 5 s although the upstream had said when to come back.
  @Test func poll_unavailableWithRetryAfter_waitsSoLong() throws {
    var box = try showingCode()
    while !box.isOut(.pairingPoll), box.advanceToDeadline() {}
    try box.problem(.pairingPoll, 503, nil, retryAfter: .seconds(40))
    box.advance(by: .seconds(39))
    #expect(!box.isOut(.pairingPoll))
    box.advance(by: .seconds(12))
    #expect(box.isOut(.pairingPoll))
  }

  /// A box that has heard no time dates its assertion wrongly: with the answer's time it tries once more, and no more.
  @Test func claim_refusedForItsDate_triesOnceMoreWithTheAnswersTime() throws {
    var box = AgentHarness(at: 0)
    let command = box.command(.pairWithCode("WDJBMJHT"))
    let time = WallTime(seconds: AgentHarness.noon)
    try box.problem(.claim, 401, "invalid_client", date: time)
    #expect(box.replies(to: command).isEmpty)
    #expect(box.agent.time(at: box.now) == time)
    try box.problem(.claim, 401, "invalid_client", date: time)
    #expect(box.replies(to: command) == [.refused(.pairing("invalid_client"))])
  }

  @Test func code_refusedForItsDate_isAskedForOnceMore() throws {
    var box = AgentHarness(at: 0)
    let command = box.command(.pair)
    try box.problem(.pairingCode, 401, "invalid_client", date: WallTime(seconds: AgentHarness.noon))
    try box.answer(.pairingCode, .deviceAuthorization(AgentHarness.authorization))
    #expect(box.replies(to: command).count == 1)
  }

  /// Whoever can answer in the upstream's place does not set the time.
  @Test func claim_refusedWithoutAuthenticity_tellsNoTime() throws {
    var box = AgentHarness(at: 0)
    let command = box.command(.pairWithCode("WDJBMJHT"))
    try box.problem(.claim, 401, "invalid_client", date: WallTime(seconds: AgentHarness.noon), isAuthentic: false)
    #expect(box.replies(to: command).count == 1)
    #expect(box.agent.time(at: box.now) == AgentHarness.builtAt)
  }
}
