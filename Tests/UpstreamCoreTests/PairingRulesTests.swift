import Testing

@testable import UpstreamCore

@Suite struct PairingRulesTests {
  let start = FamilyBench.start
  let box = PairedBox(
    key: BoxKey(thumbprint: "k1", jwk: "{}"), info: DeviceInfo(model: "Box", agent: "1", host: "tv", arch: "x86_64"))

  private func shown() throws -> Pairing {
    let code = try #require(PairingCode(typed: "wdjb mjht"))
    let outcome = PairingRules.handle(.show(code: code, deviceCode: "dc", box: box), pairing: nil, now: start)
    return try #require(outcome.pairing)
  }

  private func offered() throws -> Pairing {
    let code = try #require(PairingCode(typed: "BCDF-GHJK"))
    return try #require(PairingRules.handle(.offer(code: code, family: "f_1"), pairing: nil, now: start).pairing)
  }

  /// Runs steps of (seconds since the start, request) and gives the answers.
  private func run(_ pairing: Pairing, _ steps: [(Double, PairingRequest)]) -> [PairingAnswer] {
    var pairing = pairing
    return steps.map { at, request in
      let now = UpstreamInstant(milliseconds: start.milliseconds + Int64(at * 1_000))
      let outcome = PairingRules.handle(request, pairing: pairing, now: now)
      if let changed = outcome.pairing { pairing = changed }
      return outcome.answer
    }
  }

  private func poll(_ key: String = "k1", hasAsked: Bool = false) -> PairingRequest {
    .poll(keyThumbprint: key, hasAsked: hasAsked)
  }
  private let approve = PairingRequest.approve(family: "f_1", device: "d_1")
  private let success = PairingAnswer.success(family: "f_1", device: "d_1")

  // R2: one slow_down was taken as fatal; here it lengthens the interval and nothing else.
  @Test func poll_tooEarly_slowsDownAndKeepsTheLongerInterval() throws {
    let answers = run(
      try shown(),
      [
        (5, poll()), (8, poll()), (18, poll()), (27, poll()), (42, poll()), (50, approve), (57, poll()),
      ])
    let wrong = PairingAnswer.slowDown
    #expect(answers == [.pending, wrong, .pending, wrong, .pending, success, success])
  }

  @Test func poll_halfASecondEarly_isForgiven() throws {
    #expect(run(try shown(), [(5, poll()), (9.5, poll()), (13.9, poll())]) == [.pending, .pending, .slowDown])
  }

  @Test(arguments: [
    (899.0, PairingAnswer.pending), (900.0, .expired),
  ])
  func poll_openCode_livesFor900Seconds(at: Double, expected: PairingAnswer) throws {
    #expect(run(try shown(), [(at, poll())]) == [expected])
  }

  @Test func poll_byAnotherKey_isInvalidGrant() throws {
    #expect(run(try shown(), [(5, poll("k2")), (6, approve), (7, poll("k2"))]).last == .invalidGrant)
  }

  @Test func poll_afterSuccess_givesTheSameFor15MinutesOrUntilTheFirstRequest() throws {
    let steps: [(Double, PairingRequest)] = [
      (10, approve), (100, poll()), (999, poll()), (1_000, poll()), (500, poll(hasAsked: true)),
    ]
    #expect(run(try shown(), steps) == [success, success, success, .invalidGrant, .invalidGrant])
  }

  @Test func approve_lateAnswer_stillReachesTheBoxAfterTheCodeExpired() throws {
    #expect(run(try shown(), [(899, approve), (905, poll())]) == [success, success])
  }

  @Test func deny_thenPoll_isDenied() throws {
    #expect(run(try shown(), [(10, .deny), (15, poll()), (20, approve)]) == [.denied, .denied, .usedCode])
  }

  @Test func approve_twice_isTheSame_andAnotherFamilyFindsItUsed() throws {
    let other = PairingRequest.approve(family: "f_2", device: "d_9")
    #expect(run(try shown(), [(1, approve), (2, approve), (3, other)]) == [success, success, .usedCode])
  }

  @Test func approve_expired_isExpired() throws {
    #expect(run(try shown(), [(900, approve), (901, .inspect)]) == [.expiredCode, .expiredCode])
  }

  @Test func claim_worksOnceForOneKey() throws {
    let answers = run(
      try offered(),
      [
        (1, .claim(keyThumbprint: "k1", hasAsked: false)), (2, .claimed(device: "d_1", keyThumbprint: "k1")),
        (3, .claim(keyThumbprint: "k1", hasAsked: false)), (4, .claim(keyThumbprint: "k2", hasAsked: false)),
        (5, .claimed(device: "d_2", keyThumbprint: "k2")), (6, .claim(keyThumbprint: "k1", hasAsked: true)),
      ])
    #expect(answers == [.claimable(family: "f_1"), success, success, .usedCode, .usedCode, .usedCode])
  }

  @Test func claim_expiredUnknownOrShownCode_isToldApart() throws {
    let claim = PairingRequest.claim(keyThumbprint: "k1", hasAsked: false)
    #expect(run(try offered(), [(900, claim)]) == [.expiredCode])
    #expect(run(try shown(), [(1, claim)]) == [.unknownCode])
    #expect(PairingRules.handle(claim, pairing: nil, now: start).answer == .unknownCode)
  }

  @Test func show_codeInUse_isTaken_untilItsSuccessIsOver() throws {
    let pairing = try shown()
    let again = PairingRequest.show(code: pairing.code, deviceCode: "other", box: box)
    #expect(run(pairing, [(1_799, again)]) == [.taken])
    #expect(PairingRules.handle(again, pairing: pairing, now: start.adding(seconds: 1_800)).pairing != nil)
  }

  @Test(arguments: [
    ("WDJB-MJHT", "WDJB-MJHT"), ("wdjbmjht", "WDJB-MJHT"), (" wd jb-mj ht ", "WDJB-MJHT"), ("WDJBMJH", nil),
    ("WDJBMJHTT", nil), ("WDJBMJHA", nil), ("", nil),
  ])
  func pairingCode_typed_ignoresCaseSpacesAndHyphens(typed: String, expected: String?) {
    #expect(PairingCode(typed: typed)?.description == expected)
  }

  @Test func pairingCode_random_skipsBytesThatWouldBiasIt() {
    #expect(PairingCode(randomBytes: [255, 240, 0, 1, 2, 3, 4, 5, 6, 19])?.letters == "BCDFGHJZ")
    #expect(PairingCode(randomBytes: [0, 1, 2]) == nil)
  }

  @Test func wrongCodes_fiveAMinute_thenWait() {
    var codes = WrongCodes()
    for second in 0..<5 {
      #expect(codes.secondsUntilFree(now: start.adding(seconds: Int64(second))) == nil)
      codes.record(at: start.adding(seconds: Int64(second)))
    }
    #expect(codes.secondsUntilFree(now: start.adding(seconds: 10)) == 50)
    #expect(codes.secondsUntilFree(now: start.adding(seconds: 60)) == nil)
  }
}
