/// A question to the policy (`spec/policy.md` §2).
package struct Question: Sendable, Equatable {
  package var profile: String
  package var at: WallTime
  package var title: TitleFacts?
  package var app: String?
  package var used: Used
  /// Seconds since the upstream last confirmed the policy as current.
  package var policyAgeSeconds: Int64

  package init(
    profile: String, at: WallTime, title: TitleFacts? = nil, app: String? = nil, used: Used = Used(),
    policyAgeSeconds: Int64 = 0
  ) {
    self.profile = profile
    self.at = at
    self.title = title
    self.app = app
    self.used = used
    self.policyAgeSeconds = policyAgeSeconds
  }
}

/// Seconds that a profile used on the family-local day of a question, on all devices as far as known.
package struct Used: Sendable, Equatable {
  package var totalSeconds: Int64
  package var appSeconds: [String: Int64]
  package init(totalSeconds: Int64 = 0, appSeconds: [String: Int64] = [:]) {
    (self.totalSeconds, self.appSeconds) = (totalSeconds, appSeconds)
  }
}

/// The answer of the policy (`spec/policy.md` §3).
package struct Decision: Sendable, Equatable {
  package var verdict: Verdict
  /// All that fired, in the order of the specification's table.
  package var reasons: [Reason]
  /// When verdict or reasons would change if nothing but time passed; nil: not within 8 days.
  package var until: WallTime?
  /// With `allow`: for how long the profile could go on; nil: 24 hours or more, or another verdict.
  package var remainingSeconds: Int64?

  package init(verdict: Verdict, reasons: [Reason], until: WallTime? = nil, remainingSeconds: Int64? = nil) {
    (self.verdict, self.reasons, self.until, self.remainingSeconds) = (verdict, reasons, until, remainingSeconds)
  }

  package enum Verdict: String, Sendable, Codable { case allow, ask, deny }

  /// In the order of the checks.
  package enum Reason: String, Sendable, Codable, CaseIterable {
    case unknownProfile = "unknown_profile"
    case familyPaused = "family_paused"
    case profilePaused = "profile_paused"
    case policyStale = "policy_stale"
    case outsideSchedule = "outside_schedule"
    case appBlocked = "app_blocked"
    case titleBlocked = "title_blocked"
    case titleNotListed = "title_not_listed"
    case genreBlocked = "genre_blocked"
    case descriptorBlocked = "descriptor_blocked"
    case maturityExceeded = "maturity_exceeded"
    case unrated
    case appLimitReached = "app_limit_reached"
    case budgetExhausted = "budget_exhausted"
  }
}
