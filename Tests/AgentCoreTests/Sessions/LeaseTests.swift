import AgentCore
import Testing

/// Two boxes, one budget (design, Sessions and screen time; `spec/wire.md` §2).
@Suite struct LeaseTests {
  private static let today = CalendarDate(daysSinceEpoch: Int(AgentHarness.noon / 86_400))

  private func lease(_ seconds: Int64, for duration: Int64 = 1_200, at box: AgentHarness) -> Heads.Lease {
    Heads.Lease(
      profile: "mia", date: Self.today, throughSeconds: seconds,
      until: WallTime(seconds: box.now.systemSeconds + duration))
  }

  private func policy(offlineMinutes: Int = 5) -> PolicyEnvelope {
    AgentHarness.policy(1) {
      $0.profiles[0].budget = .init(days: Array(repeating: 60, count: 7))
      $0.offlineMinutes = offlineMinutes
    }
  }

  /// A box of several, paired and online, with this lease.
  private func box(leased seconds: Int64, for duration: Int64 = 1_200, offlineMinutes: Int = 5) throws -> AgentHarness {
    var box = try AgentHarness.paired(policy: policy(offlineMinutes: offlineMinutes))
    try box.answer(.heads, .heads(box.heads("leased", leases: [lease(seconds, for: duration, at: box)])))
    return box
  }

  @Test func session_reachesItsLease_endsAsBudget() throws {
    var box = try box(leased: 100)
    let session = try box.play()
    box.watch(session, for: 99)
    #expect(box.endings.isEmpty)
    box.watch(session, for: 6)
    #expect(box.endings == [.budget])
    #expect(box.agent.used(by: "mia", at: box.now).totalSeconds == 100)
  }

  @Test func session_renewedLease_goesOn() throws {
    var box = try box(leased: 100)
    let session = try box.play()
    box.watch(session, for: 60)
    try box.answer(.heads, .heads(box.heads("renewed", leases: [lease(400, at: box)])))
    box.watch(session, for: 200)
    #expect(box.endings.isEmpty)
  }

  @Test func session_cutOff_passesItsLastLeaseByTheOfflineMinutesAlone() throws {
    var box = try box(leased: 100, offlineMinutes: 5)
    let session = try box.play()
    box.cutOff()
    box.watch(session, for: 395)
    #expect(box.endings.isEmpty)
    box.watch(session, for: 10)
    #expect(box.endings == [.budget])
    #expect(box.agent.used(by: "mia", at: box.now).totalSeconds == 400)
  }

  /// What was known of the lease, and of other boxes, holds after a restart without a network.
  @Test func restart_withoutNetwork_gainsNothing() throws {
    var box = try box(leased: 100, offlineMinutes: 5)
    let ledger = ["mia": Heads.Elsewhere(date: Self.today, seconds: 3_000, apps: [:])]
    try box.answer(.heads, .heads(box.heads("elsewhere", ledger: ledger, leases: [lease(100, at: box)])))
    let first = try box.play()
    box.cutOff()
    box.watch(first, for: 90)
    box.restart()
    box.cutOff()
    #expect(box.agent.used(by: "mia", at: box.now).totalSeconds >= 3_075)
    let second = try box.play()
    box.watch(second, for: 400)
    #expect(box.endings == [.budget])
    let counted = box.agent.used(by: "mia", at: box.now).totalSeconds - 3_000
    #expect(counted <= 400)
  }

  /// A session that begins may bring a lease with it: it is given the grace, once, and then none begins.
  @Test func session_withoutALease_hasTheGraceOnce() throws {
    var box = try box(leased: 100)
    let first = try box.play()
    box.watch(first, for: 106)
    try box.answer(.heads, .heads(box.heads("nothing left", leases: [])))
    box.advance(by: .seconds(2))
    let second = try box.play()
    box.watch(second, for: 20)
    #expect(box.endings == [.budget, .budget])
    #expect(box.agent.used(by: "mia", at: box.now).totalSeconds == 100 + LeaseBook.grace)
    let refusal = try box.reply(
      to: .beginSession(profile: "mia", title: nil, app: "netflix", service: nil, owner: 1_000))
    #expect(refusal == .refused(.denied(Decision(verdict: .ask, reasons: [.budgetExhausted]))))
  }

  /// What an idle box held and another one wants is reported as unused at once.
  @Test func lease_takenBackFromAnIdleBox_isConfirmedAtOnce() throws {
    var box = try box(leased: 300)
    box.advance(by: .seconds(1_200))
    #expect(box.agent.outbox.depth == 0)
    box.forgetSent()
    try box.answer(.heads, .heads(box.heads("wanted elsewhere", leases: [lease(0, at: box)])))
    box.advance(by: .seconds(2))
    #expect(box.sent(.state).count == 1)
  }

  /// A lease of the whole day, as a family's only box has it, outlives a session: the evening may come without a network.
  @Test func session_endOfTheOnlyBoxs_keepsTheWholeDay() throws {
    var box = try AgentHarness.paired(policy: policy(offlineMinutes: 0))
    let first = try box.play()
    box.watch(first, for: 60)
    box.command(.endSession(session: first, owner: 1_000))
    box.cutOff()
    let second = try box.play()
    box.watch(second, for: 600)
    #expect(box.endings == [.closed])
  }

  @Test func session_endOfALease_givesTheRestBack() throws {
    var box = try box(leased: 1_000, offlineMinutes: 0)
    let first = try box.play()
    box.watch(first, for: 60)
    box.cutOff()
    box.command(.endSession(session: first, owner: 1_000))
    let refusal = try box.reply(
      to: .beginSession(profile: "mia", title: nil, app: "netflix", service: nil, owner: 1_000))
    #expect(refusal == .refused(.denied(Decision(verdict: .ask, reasons: [.budgetExhausted]))))
  }

  /// Under 180 s a running total goes up, once, and then the heads are asked for at once.
  @Test func lease_growsShort_isToldAndAskedForOnce() throws {
    var box = try box(leased: 240)
    let session = try box.play()
    box.advance(by: .seconds(5))
    box.forgetSent()
    box.watch(session, for: 70)
    let totals = box.journal.details.count { if case .sessionProgress(session, _) = $0 { true } else { false } }
    #expect(totals == 1)
    #expect(box.sent(.heads).contains { $0.request.waitSeconds == 0 })
    box.watch(session, for: 60)
    #expect(box.journal.details.count { if case .sessionProgress(session, _) = $0 { true } else { false } } == 1)
  }

  @Test func day_withoutBudget_needsNoLease() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1))
    try box.answer(.heads, .heads(box.heads("none", leases: [])))
    let session = try box.play()
    box.watch(session, for: 1_000)
    #expect(box.endings.isEmpty)
  }
}
