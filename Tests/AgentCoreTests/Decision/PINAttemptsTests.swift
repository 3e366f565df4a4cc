import AgentCore
import Testing

/// Promise 11: five tries, then a wait that doubles from 30 s and survives restarts.
@Suite struct PINAttemptsTests {
  private func moment(_ seconds: Int64) -> Moment { Moment(nanoseconds: seconds * 1_000_000_000) }

  @Test func failed_nTimesInARow_waitsAsTheTableSays() {
    let waits: [Int64] = [
      0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1_920, 3_840, 7_680, 15_360, 30_720, 61_440, 86_400, 86_400,
    ]
    var pins = PINAttempts(at: moment(0))
    var at: Int64 = 100
    for wait in waits {
      #expect(pins.begin("mia", at: moment(at)) == nil)
      #expect(pins.ended("mia", matches: false, at: moment(at)) == true)
      #expect(pins.remaining("mia", at: moment(at)) == .seconds(wait))
      #expect(pins.row("mia").waitSeconds == wait)
      guard wait > 0 else { continue }
      // To the last instant of the wait, and no longer.
      let last = Moment(nanoseconds: (at + wait) * 1_000_000_000 - 1)
      #expect(pins.begin("mia", at: moment(at)) == .seconds(wait))
      #expect(pins.begin("mia", at: last) == .nanoseconds(1))
      at += wait
    }
    #expect(pins.begin("leo", at: moment(at)) == nil, "each profile has its own")
  }

  @Test func succeeded_afterAWait_beginsAnew() {
    var pins = PINAttempts([.init(profile: "mia", failures: 7, waitSeconds: 0)], at: moment(0))
    #expect(pins.begin("mia", at: moment(1)) == nil)
    #expect(pins.ended("mia", matches: true, at: moment(1)) == true)
    #expect(pins.row("mia") == .init(profile: "mia", failures: 0, waitSeconds: 0))
    for _ in 0..<4 {
      #expect(pins.begin("mia", at: moment(1)) == nil)
      _ = pins.ended("mia", matches: false, at: moment(1))
    }
    #expect(pins.remaining("mia", at: moment(1)) == .zero)
  }

  @Test func begin_manyAtOnce_areNoMoreThanOneAfterTheOther() {
    for failures in 0...8 {
      var pins = PINAttempts([.init(profile: "mia", failures: failures, waitSeconds: 0)], at: moment(0))
      let begun = (0..<20).count { _ in pins.begin("mia", at: moment(1)) == nil }
      #expect(begun == max(1, 5 - failures), "after \(failures)")
      for _ in 0..<begun { _ = pins.ended("mia", matches: false, at: moment(1)) }
      #expect(pins.begin("mia", at: moment(1)) != nil)
    }
  }

  @Test func restored_aWait_startsAgainWithWhatRemained() {
    var pins = PINAttempts([.init(profile: "mia", failures: 6, waitSeconds: 41)], at: moment(1_000))
    #expect(pins.begin("mia", at: moment(1_000)) == .seconds(41))
    #expect(pins.begin("mia", at: moment(1_040)) == .seconds(1))
    #expect(
      pins.waiting(at: Moment(nanoseconds: 1_010_500_000_000)) == [
        .init(profile: "mia", failures: 6, waitSeconds: 31)
      ])
    #expect(pins.begin("mia", at: moment(1_041)) == nil)
    _ = pins.ended("mia", matches: false, at: moment(1_041))
    #expect(pins.remaining("mia", at: moment(1_041)) == .seconds(120))
  }

  @Test func restored_nonsense_isKeptWithinBounds() {
    let rows = [
      PINAttempts.Row(profile: "a", failures: -1, waitSeconds: 9),
      PINAttempts.Row(profile: "b", failures: 5, waitSeconds: -9),
      PINAttempts.Row(profile: "c", failures: 5, waitSeconds: .max),
    ]
    let pins = PINAttempts(rows, at: moment(0))
    #expect(["a", "b", "c"].map { pins.remaining($0, at: moment(0)) } == [.zero, .zero, PINAttempts.longestWait])
  }
}

/// The same through the agent: what is verified, what is answered, and what the journal keeps.
@Suite struct PINTests {
  private static let verifier = Profile.PINVerifier(n: 2, r: 1, p: 1, salt: "c2FsdA", hash: "aGFzaA")

  private static func policy(_ version: Int, _ pin: Profile.PINVerifier? = verifier) -> PolicyEnvelope {
    AgentHarness.policy(version) {
      $0.profiles[1].pin = pin
      var adult = Profile(id: "ann", name: "Ann", kind: .adult)
      adult.pin = pin
      $0.profiles += [adult, Profile(id: "bob", name: "Bob", kind: .adult)]
    }
  }

  private func box() throws -> AgentHarness { try AgentHarness.paired(policy: Self.policy(1)) }

  /// Tries a PIN as a caller does; returns the reply, and whether it was verified at all.
  private func attempt(
    _ box: inout AgentHarness, _ command: Command, isRight: Bool
  ) -> (reply: CommandReply?, isVerified: Bool) {
    let id = box.command(command)
    let isVerified = box.effects.contains(.verifyPIN(id, Self.verifier))
    if isVerified { box.handle(.pinVerified(id, matches: isRight)) }
    return (box.replies(to: id).first, isVerified)
  }

  @Test func select_rightPIN_isDoneAndNothingIsKept() throws {
    var box = try box()
    #expect(attempt(&box, .select(profile: "leo"), isRight: true).reply == .done)
    #expect(box.agent.activeProfile == "leo")
    #expect(box.journal.pinAttempts.isEmpty)
  }

  @Test func select_wrongFiveTimes_locksAndRefusesTheRightOneUnverified() throws {
    var box = try box()
    for wait in [0, 0, 0, 0, 30] as [Int64] {
      #expect(
        attempt(&box, .select(profile: "leo"), isRight: false).reply == .refused(.wrongPIN(waitSeconds: wait)))
    }
    #expect(box.journal.pinAttempts["leo"] == .init(profile: "leo", failures: 5, waitSeconds: 30))
    box.advance(by: .milliseconds(500))
    let refused = attempt(&box, .select(profile: "leo"), isRight: true)
    #expect(refused.reply == .refused(.pinLocked(seconds: 30)) && !refused.isVerified)
    box.advance(by: .milliseconds(29_499))
    #expect(attempt(&box, .select(profile: "leo"), isRight: true).reply == .refused(.pinLocked(seconds: 1)))
    #expect(box.agent.activeProfile == "mia")
    box.advance(by: .milliseconds(1))
    #expect(attempt(&box, .select(profile: "leo"), isRight: true).reply == .done)
    #expect(box.journal.pinAttempts.isEmpty)
  }

  @Test func restart_withinAWait_keepsTheWaitAndTheCount() throws {
    var box = try box()
    for _ in 0..<5 { _ = attempt(&box, .select(profile: "leo"), isRight: false) }
    // Without warning: the whole wait again, whatever the wall clock says.
    box.advance(by: .seconds(10))
    box.now.systemSeconds += 86_400
    box.restart()
    box.handle(.turn)
    #expect(attempt(&box, .select(profile: "leo"), isRight: true).reply == .refused(.pinLocked(seconds: 30)))
    // Told to stop: what remained.
    box.advance(by: .seconds(12))
    box.handle(.stopping)
    box.restart()
    box.handle(.turn)
    #expect(attempt(&box, .select(profile: "leo"), isRight: true).reply == .refused(.pinLocked(seconds: 18)))
    box.advance(by: .seconds(18))
    #expect(
      attempt(&box, .select(profile: "leo"), isRight: false).reply == .refused(.wrongPIN(waitSeconds: 60)))
  }

  /// Cutting the power between the answer and the disk would give further tries.
  @Test func wrongPIN_notDurableYet_isNotAnswered() throws {
    var box = try box()
    box.storage = .doesNotAnswer
    let id = box.command(.select(profile: "leo"))
    box.handle(.pinVerified(id, matches: false))
    #expect(box.replies(to: id).isEmpty)
    box.storageAnswers()
    #expect(box.replies(to: id) == [.refused(.wrongPIN(waitSeconds: 0))])
    box.storage = .isFull
    for _ in 0..<4 {
      guard case .refused(.storage)? = attempt(&box, .select(profile: "leo"), isRight: false).reply else {
        Issue.record("a full disk is said")
        return
      }
    }
    #expect(attempt(&box, .select(profile: "leo"), isRight: true).reply == .refused(.pinLocked(seconds: 30)))
    box.storage = .works
    box.advance(by: .seconds(20))
    #expect(box.journal.pinAttempts["leo"]?.failures == 5, "it is written when the disk takes it again")
  }

  @Test func unpair_withPIN_takesAnAdultsAndSharesItsTries() throws {
    var box = try box()
    for profile in ["mia", "leo", "bob", "nobody"] {
      #expect(
        attempt(&box, .unpairWithPIN(adult: profile), isRight: true).reply == .refused(.noAdultPIN), "\(profile)")
    }
    for _ in 0..<3 { _ = attempt(&box, .select(profile: "ann"), isRight: false) }
    for _ in 0..<2 { _ = attempt(&box, .unpairWithPIN(adult: "ann"), isRight: false) }
    #expect(attempt(&box, .select(profile: "ann"), isRight: true).reply == .refused(.pinLocked(seconds: 30)))
    #expect(attempt(&box, .unpairWithPIN(adult: "ann"), isRight: true).reply == .refused(.pinLocked(seconds: 30)))
    box.advance(by: .seconds(30))
    let id = box.command(.unpairWithPIN(adult: "ann"))
    box.handle(.pinVerified(id, matches: true))
    try box.answer(.unpair, .done)
    #expect(box.replies(to: id) == [.done])
    #expect(box.hasErased)
  }

  @Test func policy_anotherPIN_forgetsTheTriesAndAPINBeingVerified() throws {
    var box = try box()
    for _ in 0..<5 { _ = attempt(&box, .select(profile: "leo"), isRight: false) }
    _ = attempt(&box, .select(profile: "ann"), isRight: false)
    let late = box.command(.select(profile: "ann"))
    let other = Profile.PINVerifier(n: 2, r: 1, p: 1, salt: "c2FsdA", hash: "b3RoZXI")
    try box.answer(.heads, .heads(box.heads("c2", policy: Self.policy(2, other))))
    #expect(box.agent.compiled?.policy.version == 2)
    #expect(box.journal.pinAttempts.isEmpty)
    box.handle(.pinVerified(late, matches: true))
    #expect(box.replies(to: late) == [.refused(.wrongPIN(waitSeconds: 0))])
    #expect(box.agent.activeProfile == "mia")
    let id = box.command(.select(profile: "leo"))
    #expect(box.effects.contains(.verifyPIN(id, other)))
  }

  @Test func policy_theSamePIN_keepsTheTries() throws {
    var box = try box()
    for _ in 0..<5 { _ = attempt(&box, .select(profile: "leo"), isRight: false) }
    try box.answer(.heads, .heads(box.heads("c2", policy: Self.policy(2))))
    #expect(attempt(&box, .select(profile: "leo"), isRight: true).reply == .refused(.pinLocked(seconds: 30)))
  }

  @Test func erase_whileAPINIsVerified_repliesOnce() throws {
    var box = try box()
    let id = box.command(.select(profile: "leo"))
    box.command(.unpair)
    try box.answer(.unpair, .done)
    box.handle(.pinVerified(id, matches: true))
    #expect(box.replies(to: id) == [.refused(.notPaired)])
  }
}
