import AgentCore
import Testing

@Suite struct SessionBudgetTests {
  private static let start = WallTime(seconds: AgentHarness.noon)

  private static func grant(_ minutes: Int) -> Profile.Grant {
    .init(id: "g\(minutes)", from: start + -3_600, until: start + 36_000, kind: .time(minutes: minutes))
  }

  private func endedEvents(_ box: AgentHarness) -> [SessionEndReason] {
    box.journal.details.compactMap { if case .sessionEnded(_, _, let reason) = $0 { reason } else { nil } }
  }

  @Test func budget_usedUp_endsOnceAtThatMomentWithoutAnyEvent() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1, budgetMinutes: 2))
    let session = try box.play()
    box.command(.paused(session: session, owner: 1_000))
    box.advance(by: .seconds(4))
    box.command(.playing(session: session, owner: 1_000))
    let began = box.now.boot
    box.watch(session, for: 115)
    #expect(box.agent.sessions.session(session) != nil)
    while box.agent.sessions.session(session) != nil, box.advanceToDeadline() {}
    #expect(box.now.boot - began == .seconds(120))
    box.advance(by: .seconds(600))
    #expect(box.endings == [.budget])
    #expect(endedEvents(box) == [.budget])
    #expect(box.agent.used(by: "mia", at: box.now).totalSeconds == 120)
    #expect(box.agent.decide(profile: "mia", title: nil, app: "netflix", at: box.now)?.reasons == [.budgetExhausted])
  }

  @Test func budget_playingReply_namesWhatIsLeft() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1, budgetMinutes: 30))
    let session = try box.play()
    box.watch(session, for: 90)
    #expect(try box.reply(to: .playing(session: session, owner: 1_000)) == .remaining(seconds: 1_710))
  }

  @Test func appLimit_usedUp_endsByBudgetToo() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1) { $0.profiles[0].apps.limits = ["netflix": 1] })
    let session = try box.play()
    let other = try box.play(app: "youtube")
    box.watch(session, other, for: 100)
    #expect(box.endings == [.budget])
    #expect(box.agent.sessions.session(other) != nil, "another app goes on")
  }

  @Test func warnings_comeAtTenFiveAndOneMinute() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1, budgetMinutes: 12))
    let session = try box.play()
    let began = box.now.boot
    var warnedAt: [Int64] = []
    while box.agent.sessions.session(session) != nil, box.now.boot - began < .seconds(1_000) {
      let before = box.warnings.count
      box.watch(session, for: 5)
      if box.warnings.count > before { warnedAt.append((box.now.boot - began).wholeSeconds) }
    }
    #expect(box.warnings == [600, 300, 60])
    #expect(warnedAt == [120, 420, 660])
    #expect(box.endings == [.budget])
  }

  @Test func warnings_beginningLate_isTheOneThatApplies() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1, budgetMinutes: 4))
    let session = try box.play()
    box.watch(session, for: 200)
    #expect(box.warnings == [240, 60])
  }

  @Test func grant_beforeTheEnd_withdrawsItAndArmsTheWarningsAnew() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1, budgetMinutes: 6))
    let session = try box.play()
    box.watch(session, for: 355)
    #expect(box.warnings == [360, 300, 60])
    let more = AgentHarness.policy(2, budgetMinutes: 6, grants: [Self.grant(6)])
    try box.answer(.heads, .heads(box.heads("c2", policy: more)))
    box.watch(session, for: 360)
    #expect(box.warnings == [360, 300, 60, 300, 60])
    #expect(box.endings.isEmpty)
    box.watch(session, for: 10)
    #expect(box.endings == [.budget])
  }

  @Test func grant_inTheLastInstant_wins() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1, budgetMinutes: 2))
    let session = try box.play()
    box.watch(session, for: 119)
    box.now.boot = box.now.boot + .seconds(1)
    box.now.play = PlayTime(nanoseconds: box.now.play.nanoseconds + 1_000_000_000)
    let more = AgentHarness.policy(2, budgetMinutes: 2, grants: [Self.grant(10)])
    try box.answer(.heads, .heads(box.heads("c2", policy: more)))
    #expect(box.endings.isEmpty)
    #expect(box.agent.sessions.session(session) != nil)
  }

  @Test(arguments: [
    ("app blocked", SessionEndReason.policy),
    ("family paused", .pause),
    ("profile paused", .pause),
    ("outside the schedule", .schedule),
    ("budget lowered", .budget),
    ("profile removed", .policy),
  ])
  func policyChange_thatDenies_endsAtOnceWithItsReason(change: String, reason: SessionEndReason) throws {
    var box = try AgentHarness.paired()
    let session = try box.play()
    box.watch(session, for: 70)
    let began = box.now.boot
    let denying = AgentHarness.policy(2) { policy in
      switch change {
      case "app blocked": policy.profiles[0].apps.block = ["netflix"]
      case "family paused": policy.pause = .init(until: nil, message: "dinner")
      case "profile paused": policy.profiles[0].pause = .init(until: nil, message: "homework")
      case "outside the schedule":
        policy.profiles[0].schedule = .init(days: Array(repeating: [.init(start: 0, end: 60)], count: 7))
      case "budget lowered": policy.profiles[0].budget = .init(days: Array(repeating: 1, count: 7))
      default: policy.profiles.removeFirst()
      }
    }
    try box.answer(.heads, .heads(box.heads("c2", policy: denying)))
    #expect(box.now.boot == began)
    #expect(box.agent.sessions.session(session) == nil)
    if change == "profile removed" {
      #expect(box.endings.count == 1)
    } else {
      #expect(box.endings == [reason])
      #expect(endedEvents(box) == [reason])
    }
  }

  @Test func schedule_closesWhilePlaying_endsAtThatMoment() throws {
    let policy = AgentHarness.policy(1) {
      $0.profiles[0].schedule = .init(days: Array(repeating: [.init(start: 0, end: 12 * 60 + 5)], count: 7))
    }
    var box = try AgentHarness.paired(policy: policy)
    let session = try box.play()
    while box.agent.sessions.session(session) != nil, box.now.systemSeconds < AgentHarness.noon + 400 {
      box.watch(session, for: 5)
    }
    #expect(box.endings == [.schedule])
    #expect(box.warnings == [try #require(box.warnings.first), 60])
    let closes = try at("2026-03-02T12:05:00Z")
    #expect(box.agent.time(at: box.now) - closes <= 5)
  }

  @Test func schedule_closesWhilePaused_endsToo() throws {
    let policy = AgentHarness.policy(1) {
      $0.profiles[0].schedule = .init(days: Array(repeating: [.init(start: 0, end: 12 * 60 + 1)], count: 7))
    }
    var box = try AgentHarness.paired(policy: policy)
    let session = try box.play()
    for _ in 0..<14 {
      box.command(.paused(session: session, owner: 1_000))
      box.advance(by: .seconds(5))
    }
    #expect(box.endings == [.schedule])
  }

  @Test func elsewhere_spendsTheSameBudget() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1, budgetMinutes: 60))
    let session = try box.play()
    box.watch(session, for: 10)
    let ledger = ["mia": Heads.Elsewhere(date: try date("2026-03-02"), seconds: 3_600, apps: [:])]
    try box.answer(.heads, .heads(box.heads("c2", ledger: ledger)))
    #expect(box.endings == [.budget])
  }

  @Test func midnight_bringsTheNextDaysBudget() throws {
    var box = try AgentHarness.paired(
      policy: AgentHarness.policy(1, budgetMinutes: 2), at: AgentHarness.noon + 12 * 3_600 - 90)
    let session = try box.play()
    box.watch(session, for: 95)
    try box.answer(.heads, .heads(box.heads("the new day's lease")))
    box.watch(session, for: 85)
    #expect(box.endings.isEmpty, "two minutes of each day were allowed, and less was used before midnight")
    box.watch(session, for: 60)
    #expect(box.endings == [.budget])
  }
}
