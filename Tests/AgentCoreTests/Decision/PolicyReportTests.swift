import AgentCore
import Testing

/// Reports from the field about comparable software, under their numbers.
@Suite struct PolicyReportTests {
  private func compile(_ change: (inout Profile) -> Void) throws -> CompiledPolicy {
    var mia = Profile(id: "mia", name: "Mia", kind: .child)
    change(&mia)
    let policy = Policy(
      family: "f_1", version: 1, issuedAt: try at("2026-01-01T00:00:00Z"), timeZone: "America/New_York", region: "US",
      profiles: [mia])
    return CompiledPolicy(policy, zone: try TimeZoneRules(posix: "EST5EDT,M3.2.0,M11.1.0"))
  }

  private func decide(_ policy: CompiledPolicy, _ instant: String, used: Int64 = 0) throws -> Decision {
    policy.decide(Question(profile: "mia", at: try at(instant), used: Used(totalSeconds: used)))
  }

  /// R17: allowed hours followed the server's zone. The core has no zone but the policy's.
  @Test func r17_decide_boxInAnotherZone_followsThePolicysZone() throws {
    let policy = try compile {
      $0.schedule = Profile.Schedule(days: Array(repeating: [Profile.Window(start: 420, end: 1_200)], count: 7))
    }
    let answer = try decide(policy, "2026-03-19T22:30:00Z")
    #expect(answer.verdict == .allow)
    #expect(answer.until == (try at("2026-03-20T00:00:00Z")))
  }

  /// R23: the time left ignored bedtime, or ignored the budget.
  @Test(arguments: [("2026-01-14T23:30:00Z", Int64(5_400)), ("2026-01-14T18:00:00Z", 10_200)])
  func r23_decide_budgetAndBedtime_remainingIsTheShorter(instant: String, remaining: Int64) throws {
    let policy = try compile {
      $0.schedule = Profile.Schedule(days: Array(repeating: [Profile.Window(start: 0, end: 1_200)], count: 7))
      $0.budget = Profile.Budget(days: Array(repeating: 180, count: 7))
    }
    #expect(try decide(policy, instant, used: 600).remainingSeconds == remaining)
  }

  /// R31: in the repeated hour a rule fired again and again, or once too often.
  @Test(arguments: [
    ("2026-11-01T05:15:00Z", Decision.Verdict.allow, "2026-11-01T05:30:00Z"),
    ("2026-11-01T05:45:00Z", .ask, "2026-11-01T06:00:00Z"), ("2026-11-01T06:15:00Z", .allow, "2026-11-01T06:30:00Z"),
    ("2026-11-01T06:30:00Z", .ask, "2026-11-02T05:00:00Z"),
  ])
  func r31_decide_repeatedHour_bothPassesCount(instant: String, verdict: Decision.Verdict, until: String) throws {
    let policy = try compile {
      $0.schedule = Profile.Schedule(days: Array(repeating: nil, count: 6) + [[Profile.Window(start: 60, end: 90)]])
    }
    let answer = try decide(policy, instant)
    #expect(answer.verdict == verdict)
    #expect(answer.until == (try at(until)))
  }
}
