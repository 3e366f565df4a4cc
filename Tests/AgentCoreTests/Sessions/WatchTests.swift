import AgentCore
import Testing

/// DecisionChanged: at `until`, on every change that alters an answer, and only then.
@Suite struct WatchTests {
  private static func hours(_ start: Int, _ end: Int) -> Profile.Schedule {
    Profile.Schedule(days: Array(repeating: [Profile.Window(start: start, end: end)], count: 7))
  }

  private func changes(_ box: AgentHarness) -> [(app: String?, decision: Decision)] {
    box.signals.compactMap {
      if case .decisionChanged(_, _, let app, let decision) = $0 { (app, decision) } else { nil }
    }
  }

  /// A launcher that asks about an app.
  private func ask(_ box: inout AgentHarness, app: String, client: UInt64 = 1, profile: String = "mia") throws {
    let decision = try #require(box.agent.decide(profile: profile, title: nil, app: app, at: box.now))
    _ = box.agent.asked(by: client, profile: profile, title: nil, app: app, decision: decision, at: box.now)
  }

  /// It is noon; the window ends at 12:10.
  @Test func until_passes_isAnnouncedAtThatInstantAlone() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1) { $0.profiles[0].schedule = Self.hours(0, 730) })
    try ask(&box, app: "netflix")
    box.advance(by: .seconds(540))
    #expect(changes(box).isEmpty)
    box.advance(by: .seconds(60))
    #expect(changes(box).map(\.decision.reasons) == [[.outsideSchedule]])
    box.advance(by: .seconds(3_600))
    #expect(changes(box).count == 1)
  }

  @Test func policy_thatAltersTheAnswer_isAnnounced() throws {
    var box = try AgentHarness.paired()
    try ask(&box, app: "netflix")
    try box.answer(
      .heads, .heads(box.heads("c2", policy: AgentHarness.policy(2) { $0.profiles[0].apps.block = ["netflix"] })))
    #expect(changes(box).map(\.decision.verdict) == [.deny])
  }

  @Test func policy_thatAltersAnotherAnswer_isNot() throws {
    var box = try AgentHarness.paired()
    try ask(&box, app: "netflix")
    try box.answer(
      .heads, .heads(box.heads("c2", policy: AgentHarness.policy(2) { $0.profiles[0].apps.block = ["prime"] })))
    #expect(changes(box).isEmpty)
  }

  /// The verdict stays, but it holds for longer: an answer that a launcher keeps would be wrong.
  @Test func grant_thatAltersHowLong_isAnnounced() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1, budgetMinutes: 60))
    try ask(&box, app: "netflix")
    let grant = Profile.Grant(
      id: "g", from: WallTime(seconds: AgentHarness.noon - 60), until: WallTime(seconds: AgentHarness.noon + 43_200),
      kind: .time(minutes: 30))
    try box.answer(.heads, .heads(box.heads("c2", policy: AgentHarness.policy(2, budgetMinutes: 60, grants: [grant]))))
    #expect(changes(box).map(\.decision.remainingSeconds) == [5_400])
  }

  @Test func ledger_thatUsesTheBudgetUp_isAnnounced() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1, budgetMinutes: 60))
    try ask(&box, app: "netflix")
    let ledger = ["mia": Heads.Elsewhere(date: try date("2026-03-02"), seconds: 3_600, apps: [:])]
    try box.answer(.heads, .heads(box.heads("c2", ledger: ledger)))
    #expect(changes(box).map(\.decision.reasons) == [[.budgetExhausted]])
  }

  /// Playing uses time up all the while; nobody is told before the answer is another.
  @Test func playing_isNoChangeUntilTheBudgetEnds() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1, budgetMinutes: 2))
    let session = try box.play()
    box.watch(session, for: 115)
    #expect(changes(box).isEmpty)
    box.watch(session, for: 10)
    #expect(changes(box).map(\.decision.reasons) == [[.budgetExhausted]])
    #expect(box.endings == [.budget])
  }

  @Test func clients_askTheSame_oneSignal() throws {
    var box = try AgentHarness.paired()
    try ask(&box, app: "netflix", client: 1)
    try ask(&box, app: "netflix", client: 2)
    try ask(&box, app: "prime", client: 3)
    try box.answer(
      .heads,
      .heads(box.heads("c2", policy: AgentHarness.policy(2) { $0.profiles[0].pause = .init(until: nil, message: "") })))
    #expect(changes(box).map(\.app) == ["netflix", "prime"])
  }

  @Test func client_lastQuestionCounts() throws {
    var box = try AgentHarness.paired()
    try ask(&box, app: "netflix")
    try ask(&box, app: "prime")
    try box.answer(
      .heads, .heads(box.heads("c2", policy: AgentHarness.policy(2) { $0.profiles[0].apps.block = ["netflix"] })))
    #expect(changes(box).isEmpty)
  }

  /// What an administrator asks about another profile concerns no launcher.
  @Test func question_aboutAnotherProfile_isNotWatched() throws {
    var box = try AgentHarness.paired()
    try ask(&box, app: "netflix", profile: "leo")
    try box.answer(
      .heads, .heads(box.heads("c2", policy: AgentHarness.policy(2) { $0.pause = .init(until: nil, message: "") })))
    #expect(changes(box).isEmpty)
  }

  /// A new tzdata moves a country's clock by an hour: what was asked about holds until another instant.
  @Test func zone_changesItsRules_isAnnounced() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1) { $0.profiles[0].schedule = Self.hours(0, 730) })
    try ask(&box, app: "netflix")
    box.handle(.zoneChanged(.utc))
    #expect(changes(box).isEmpty)
    box.handle(.zoneChanged(try TimeZoneRules(posix: "CET-1")))
    #expect(changes(box).map(\.decision.reasons) == [[.outsideSchedule]])
  }

  // MARK: Denials

  @Test func denials_ofAnHour_areOneEventEach() throws {
    var box = try AgentHarness.paired(
      policy: AgentHarness.policy(1) { $0.profiles[0].apps.block = ["netflix", "prime"] })
    for _ in 0..<3 { try ask(&box, app: "netflix") }
    try ask(&box, app: "prime")
    try ask(&box, app: "youtube")
    box.handle(.turn)
    #expect(denials(box).isEmpty)
    box.advance(by: .seconds(3_600))
    #expect(denials(box) == ["netflix 3", "prime 1"])
    box.advance(by: .seconds(3_600))
    #expect(denials(box).count == 2)
  }

  @Test func denials_beforeAStop_areKept() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1) { $0.profiles[0].apps.block = ["netflix"] })
    try ask(&box, app: "netflix")
    box.handle(.stopping)
    #expect(denials(box) == ["netflix 1"])
  }

  private func denials(_ box: AgentHarness) -> [String] {
    box.journal.details.compactMap { detail in
      if case .decisionDenied(_, let app, _, let count) = detail { "\(app ?? "-") \(count)" } else { nil }
    }
  }

  // MARK: Standby

  @Test func standby_endsSessionsAndLeavesNobodyActive() throws {
    var box = try AgentHarness.paired()
    box.command(.select(profile: "leo"))
    let session = try box.play(profile: "leo")
    box.watch(session, for: 10)
    #expect(try box.reply(to: .standby(true)) == .done)
    #expect(box.endings == [.standby])
    #expect(box.agent.activeProfile == nil)
    #expect(try box.reply(to: .standby(false)) == .done)
    #expect(box.agent.activeProfile == "mia")
  }

  /// A change of policy in the night makes nobody active.
  @Test func standby_policyMeanwhile_leavesNobodyActive() throws {
    var box = try AgentHarness.paired()
    box.command(.standby(true))
    try box.answer(.heads, .heads(box.heads("c2", policy: AgentHarness.policy(2))))
    #expect(box.agent.activeProfile == nil)
    box.command(.select(profile: "leo"))
    #expect(box.agent.activeProfile == "leo")
    box.command(.standby(false))
    #expect(box.agent.activeProfile == "leo")
  }
}
