import AgentCore
import Testing

@Suite struct ExplanationTests {
  private func compile(_ change: (inout Policy) -> Void = { _ in }) throws -> CompiledPolicy {
    var mia = Profile(id: "mia", name: "Mia", kind: .child)
    mia.maturity = .init(maxAge: 7, unrated: .ask)
    mia.schedule = .init(days: Array(repeating: [.init(start: 900, end: 1_200)], count: 7))
    mia.budget = .init(days: Array(repeating: 60, count: 7))
    mia.apps.limits = ["youtube": 30]
    var policy = Policy(
      family: "f_1", version: 4, issuedAt: try at("2026-01-01T00:00:00Z"), timeZone: "America/New_York", region: "US",
      profiles: [mia])
    change(&policy)
    return CompiledPolicy(policy, zone: try TimeZoneRules(posix: "EST5EDT,M3.2.0,M11.1.0"))
  }

  private func matrix() throws -> TitleFacts {
    TitleFacts(
      reference: try title("tmdb:movie:603"), ratings: [Rating(system: "US:movie", value: "R")], genres: ["action"])
  }

  @Test func explain_everyCheck_isThereInOrderAndAgreesWithTheDecision() throws {
    let policy = try compile()
    let question = Question(
      profile: "mia", at: try at("2026-01-14T13:00:00Z"), title: try matrix(), app: "youtube",
      used: Used(totalSeconds: 3_700, appSeconds: ["youtube": 1_800]))
    let explanation = policy.explain(question)
    #expect(explanation.decision == policy.decide(question))
    #expect(explanation.checks.map(\.number) == Array(1...14))
    #expect(explanation.checks.map(\.reason) == Decision.Reason.allCases)
    let fired = explanation.checks.filter { $0.result == .asks || $0.result == .denies }
    #expect(fired.map(\.reason) == explanation.decision.reasons)
    #expect(explanation.decision.reasons == [.outsideSchedule, .maturityExceeded, .appLimitReached, .budgetExhausted])
    #expect(explanation.weekday == "Wednesday")
    #expect(explanation.timeOfDay == "08:00:00")
  }

  @Test func explain_whatWasFound_hasItsNumbers() throws {
    let explanation = try compile().explain(
      Question(
        profile: "mia", at: try at("2026-01-14T13:00:00Z"), title: try matrix(), app: "youtube",
        used: Used(totalSeconds: 3_700, appSeconds: ["youtube": 1_800])))
    #expect(explanation.checks[4].found == "15:00-20:00; it is 08:00:00")
    #expect(explanation.checks[10].found == "for 17 and older (US:movie R), at most 7")
    #expect(explanation.checks[12].found == "30 min, used 30 min 0 s")
    #expect(explanation.checks[13].found == "60 min, used 61 min 40 s")
    #expect(
      explanation.changes == [
        "a window grant, or other hours for Wednesday",
        "a title grant, or an entry in titles.allow, for tmdb:movie:603",
        "a time grant of 1 min or more", "a time grant of 2 min or more",
      ])
  }

  /// What `explain` says would change the verdict does so.
  @Test func explain_timeGrantOfTheNamedMinutes_isEnough() throws {
    let question = Question(
      profile: "mia", at: try at("2026-01-14T21:00:00Z"), used: Used(totalSeconds: 3_700))
    let before = try compile().explain(question)
    #expect(before.changes == ["a time grant of 2 min or more"])
    for (minutes, verdict) in [(1, Decision.Verdict.ask), (2, .allow)] {
      let granted = try compile {
        $0.profiles[0].grants = [
          .init(
            id: "g", from: WallTime(seconds: 0), until: WallTime(seconds: 1 << 40), kind: .time(minutes: minutes))
        ]
      }
      #expect(granted.decide(question).verdict == verdict)
    }
  }

  @Test func explain_titleThatIsAllowedByName_skipsItsChecks() throws {
    let policy = try compile { $0.profiles[0].titles.allow = [TitleReference("tmdb:movie:603")].compactMap(\.self) }
    let explanation = policy.explain(
      Question(profile: "mia", at: try at("2026-01-14T21:00:00Z"), title: try matrix()))
    #expect(explanation.isAllowedByName)
    #expect(explanation.checks[7...11].allSatisfy { $0.result == .skipped })
    #expect(explanation.checks[10].found == "tmdb:movie:603 is in titles.allow")
    #expect(explanation.decision.verdict == .allow)
  }

  @Test func explain_unknownProfile_hasOneCheck() throws {
    let explanation = try compile().explain(Question(profile: "leo", at: try at("2026-01-14T21:00:00Z")))
    #expect(explanation.checks.map(\.reason) == [.unknownProfile])
    #expect(explanation.checks[0].found == "the policy has mia")
    #expect(explanation.decision.reasons == [.unknownProfile])
  }
}
