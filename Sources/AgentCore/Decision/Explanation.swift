/// A decision with all that led to it: what each check looked at and found (`spec/policy.md` §3), and what would change the verdict.
package struct Explanation: Sendable, Equatable {
  package var question: Question
  package var decision: Decision
  /// What clock and calendar of the policy's zone show at the question's instant.
  package var date: CalendarDate
  package var secondOfDay: Int
  /// The family-local day that counts: another than `date` where the clock was put back over midnight.
  package var day: CalendarDate
  package var checks: [Check]
  /// Whether the title is allowed by name, so that checks 8 to 12 are skipped.
  package var isAllowedByName: Bool
  /// What would take each fired reason away, in the order of the checks, each act once.
  package var changes: [String]

  /// `HH:MM:SS`.
  package var timeOfDay: String { ExplanationWork.clock(secondOfDay) }
  package var weekday: String { ExplanationWork.weekdays[date.weekday] }

  /// One line of the table of checks.
  package struct Check: Sendable, Equatable {
    /// 1 to 14.
    package var number: Int
    package var reason: Decision.Reason
    package var result: Result
    package var lookedAt: String
    package var found: String
  }

  package enum Result: String, Sendable, Codable {
    case passes
    case asks
    case denies
    /// It does not apply to this question.
    case skipped
  }
}

extension CompiledPolicy {
  /// The same answer as `decide`, with its grounds. It is made for people and costs more.
  package func explain(_ question: Question) -> Explanation {
    let local = TimeZoneRules.LocalTime(at: question.at, in: zone)
    var explanation = Explanation(
      question: question, decision: decide(question), date: local.date, secondOfDay: Int(local.second),
      day: zone.day(at: question.at), checks: [], isAllowedByName: false, changes: [])
    guard let rules = rules(of: question.profile) else {
      let ids = policy.profiles.map(\.id).joined(separator: ", ")
      explanation.checks = [
        .init(
          number: 1, reason: .unknownProfile, result: .denies, lookedAt: "profile \(question.profile)",
          found: "the policy has \(ids)")
      ]
      explanation.changes = ["a parent adds this profile"]
      return explanation
    }
    let work = ExplanationWork(
      question, rules: rules, policy: policy, local: local, day: explanation.day,
      decision: explanation.decision)
    explanation.isAllowedByName = work.allowedBy != nil
    explanation.checks = work.checks()
    explanation.changes = work.changes()
    return explanation
  }
}
