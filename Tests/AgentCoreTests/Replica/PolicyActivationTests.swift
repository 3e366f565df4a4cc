import AgentCore
import Testing

@Suite struct PolicyActivationTests {
  private func verdict(_ box: AgentHarness) -> Decision.Verdict? {
    box.agent.decide(profile: "mia", title: nil, app: "netflix", at: box.now)?.verdict
  }

  private static func blocking(_ version: Int) -> PolicyEnvelope {
    AgentHarness.policy(version) { $0.profiles[0].apps.block = ["netflix"] }
  }

  @Test func change_notYetDurable_isNotInForce() throws {
    var box = try AgentHarness.paired()
    box.storage = .doesNotAnswer
    try box.answer(.heads, .heads(box.heads("c2", policy: Self.blocking(2))))
    #expect(box.agent.policy.active?.version == 1)
    #expect(verdict(box) == .allow)
    #expect(!box.signals.contains(.policyChanged(version: 2)))
    box.storageAnswers()
    #expect(box.agent.policy.active?.version == 2)
    #expect(verdict(box) == .deny)
    #expect(box.signals.contains(.policyChanged(version: 2)))
    #expect(box.journal.policy?.version == 2)
  }

  @Test func change_crashedBeforeItWasDurable_startsWithTheOldOne() throws {
    var box = try AgentHarness.paired()
    box.storage = .doesNotAnswer
    try box.answer(.heads, .heads(box.heads("c2", policy: Self.blocking(2))))
    box.restart()
    #expect(box.agent.policy.active?.version == 1)
    #expect(verdict(box) == .allow)
  }

  @Test func change_diskFull_keepsTheOldOneAndFetchesItAgain() throws {
    var box = try AgentHarness.paired()
    box.storage = .isFull
    try box.answer(.heads, .heads(box.heads("c2", policy: Self.blocking(2))))
    #expect(box.agent.policy.active?.version == 1)
    #expect(box.isRaised(.storageFull))
    box.storage = .works
    while !box.isOut(.policy), box.advanceToDeadline() {}
    try box.answer(.policy, .policy(.opened(Self.blocking(2))))
    #expect(box.agent.policy.active?.version == 2)
    #expect(!box.isRaised(.storageFull))
  }

  @Test func change_withoutInlinedEnvelope_isFetched() throws {
    var box = try AgentHarness.paired()
    var news = box.heads("c2")
    news.policy = .init(version: 2, envelope: nil)
    try box.answer(.heads, .heads(news))
    try box.answer(.policy, .policy(.opened(Self.blocking(2))))
    #expect(box.agent.policy.active?.version == 2)
  }

  @Test func change_applied_isReportedWithinASecondAndCounted() throws {
    var box = try AgentHarness.paired()
    try box.answer(.heads, .heads(box.heads("c2", policy: Self.blocking(2))))
    box.advance(by: .seconds(1))
    guard case .state(let report)? = box.sent(.state).first?.request.request else {
      Issue.record("no report")
      return
    }
    #expect(report.policy?.version == 2)
    #expect(report.refused == nil)
    #expect(box.journal.details.contains(.policyApplied(version: 2, afterMilliseconds: 0)))
  }

  @Test(arguments: [
    (AgentHarness.policy(1, payload: "another first"), PolicyRefusal.Reason.fork),
    (AgentHarness.policy(2, previous: "another first"), .fork),
    (AgentHarness.policy(2, issuedAt: WallTime(seconds: AgentHarness.noon + 100_000)), .issuedInFuture),
  ])
  func change_refused_keepsTheOldOneAndReportsWhy(envelope: PolicyEnvelope, reason: PolicyRefusal.Reason) throws {
    var box = try AgentHarness.paired()
    try box.answer(.heads, .heads(box.heads("c2", policy: envelope)))
    #expect(box.agent.policy.active?.payloadSHA256 == "sha 1")
    #expect(box.isRaised(.policyRefused))
    box.advance(by: .seconds(1))
    guard case .state(let report)? = box.sent(.state).first?.request.request else {
      Issue.record("no report")
      return
    }
    #expect(report.refused?.reason == reason.rawValue)
    #expect(report.refused?.version == envelope.policy.version)
  }

  @Test func change_older_isRefusedAfterARestartToo() throws {
    var box = try AgentHarness.paired()
    try box.answer(.heads, .heads(box.heads("c2", policy: AgentHarness.policy(2))))
    // The journal was lost; the identity knows what was accepted.
    box.journal.policy = nil
    box.restart()
    box.handle(.turn)
    try box.answer(.heads, .heads(box.heads("c1", policy: AgentHarness.policy(1))))
    #expect(box.agent.policy.refused?.reason == .versionFell)
    try box.answer(.heads, .heads(box.heads("c2", policy: AgentHarness.policy(2))))
    #expect(box.agent.policy.active?.version == 2)
    #expect(box.agent.policy.refused == nil)
  }

  /// Two policies of one version in one breath: the second was judged by what was in force, not by what was being saved.
  @Test func change_forkWhileTheFirstIsBeingSaved_isRefused() throws {
    var box = try AgentHarness.paired()
    box.storage = .doesNotAnswer
    try box.answer(.heads, .heads(box.heads("c2", policy: AgentHarness.policy(2))))
    try box.answer(.heads, .heads(box.heads("c3", policy: AgentHarness.policy(2, payload: "other"))))
    #expect(box.agent.policy.refused?.reason == .fork)
    box.storageAnswers()
    #expect(box.agent.policy.active?.payloadSHA256 == "sha 2")
  }

  @Test func issuedInFuture_itsTimeComes_isJudgedAgainFromTheKeptBytes() throws {
    var box = try AgentHarness.paired()
    let ahead = AgentHarness.policy(2, issuedAt: WallTime(seconds: AgentHarness.noon + 7_200 + 600))
    try box.answer(.heads, .heads(box.heads("c2", policy: ahead)))
    #expect(box.agent.policy.refused?.reason == .issuedInFuture)
    #expect(box.agent.policy.highest.version == 1)
    box.advance(by: .seconds(580))
    #expect(box.agent.policy.active?.version == 1)
    box.advance(by: .seconds(20))
    #expect(box.agent.policy.active?.version == 2)
    #expect(!box.isRaised(.policyRefused))
    #expect(box.sent(.policy).isEmpty)
  }

  @Test func issuedInFuture_theClockIsCorrected_isJudgedAgainAtOnce() throws {
    var box = try AgentHarness.paired()
    let ahead = AgentHarness.policy(2, issuedAt: WallTime(seconds: AgentHarness.noon + 100_000))
    try box.answer(.heads, .heads(box.heads("c2", policy: ahead)))
    #expect(box.agent.policy.active?.version == 1)
    try box.answer(.heads, .unchanged, date: WallTime(seconds: AgentHarness.noon + 100_000))
    #expect(box.agent.policy.active?.version == 2)
  }

  // MARK: Age

  @Test func age_unchanged_beginsAnew() throws {
    var box = try AgentHarness.paired()
    box.advance(by: .seconds(25))
    #expect(box.agent.policy.ageSeconds(at: box.now.boot) >= 25)
    try box.answer(.heads, .unchanged)
    #expect(box.agent.policy.ageSeconds(at: box.now.boot) == 0)
  }

  @Test func age_restarted_countsWhatPassedSinceItWasApplied() throws {
    var box = try AgentHarness.paired()
    box.restart(after: .seconds(5_000))
    #expect(box.agent.policy.ageSeconds(at: box.now.boot) >= 5_000)
  }

  /// Nobody confirms the policy for longer than the family allows: named, and gone with the first confirmation.
  @Test(arguments: [(Policy.WhenStale.keep, HealthItem.Severity.warning), (.restrict, .error)])
  func policy_unconfirmedForTooLong_isNamedInTheHealth(when: Policy.WhenStale, severity: HealthItem.Severity) throws {
    var box = try AgentHarness.paired(
      policy: AgentHarness.policy(1) { ($0.staleAfterSeconds, $0.whenStale) = (3_600, when) })
    try box.fail(.heads, .connect)
    box.cutOff()
    box.advance(by: .seconds(3_500))
    #expect(!box.isRaised(.policyStale))
    box.advance(by: .seconds(200))
    #expect(box.agent.health.items.contains { $0.code == .policyStale && $0.severity == severity })
  }
}
