/// A policy as questions need it: made once a version, then asked any number of times from any thread.
///
/// It answers by `spec/policy.md` §2 and §3 and changes nothing. What a decision costs grows with the number of edges
/// (windows, grants, midnights) that the next 8 days have, not with the lengths of the policy's lists.
package struct CompiledPolicy: Sendable {
  package let policy: Policy
  /// The rules of the policy's zone, looked up outside by `time_zone` or, where that is unknown, `time_zone_rule`.
  package let zone: TimeZoneRules
  private let profiles: [String: ProfileRules]

  package init(_ policy: Policy, zone: TimeZoneRules) {
    self.policy = policy
    self.zone = zone
    let rules = policy.profiles.map { ($0.id, ProfileRules($0, of: policy)) }
    profiles = Dictionary(rules, uniquingKeysWith: { first, _ in first })
  }

  /// The profile of an id; nil where the policy has none.
  package func profile(_ id: String) -> Profile? { profiles[id]?.profile }

  /// Nil where the policy has no such profile.
  func rules(of profile: String) -> ProfileRules? { profiles[profile] }

  /// The answer to a question, with `until` and `remaining_s`.
  package func decide(_ question: Question) -> Decision {
    guard let rules = profiles[question.profile] else {
      return Decision(verdict: .deny, reasons: [.unknownProfile])
    }
    return PolicyEvaluator(question, rules: rules, zone: zone).decision()
  }

  /// What the rules for titles alone say (checks 7 to 12): whether Browse and Search show the title.
  ///
  /// No app, schedule, budget or pause plays a part. An unknown profile is denied everything.
  package func titleVerdict(profile: String, facts: TitleFacts, at instant: WallTime) -> Decision.Verdict {
    guard let rules = profiles[profile] else { return .deny }
    return rules.verdict(of: TitleChecks(facts, by: rules).reasons(at: instant.seconds))
  }

  /// The family-local day of an instant.
  package func today(at instant: WallTime) -> CalendarDate { zone.day(at: instant) }

  /// When the next family-local day begins.
  package func nextMidnight(after instant: WallTime) -> WallTime { zone.nextMidnight(after: instant) }

  /// The references that the profile's lists and title grants name; empty for an unknown profile.
  package func usesList(_ profile: String) -> Set<TitleReference> {
    guard let rules = profiles[profile] else { return [] }
    return rules.allowedTitles.union(rules.blockedTitles).union(rules.titleGrants.keys)
  }
}
