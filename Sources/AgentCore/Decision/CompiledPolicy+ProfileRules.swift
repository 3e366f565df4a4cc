extension CompiledPolicy {
  /// One profile's rules, and the family's that bear on it, in the form that a decision reads.
  ///
  /// A class so that a question takes it up at the price of one reference; it never changes.
  final class ProfileRules: Sendable {
    let profile: Profile
    let region: String

    /// Pauses hold before these seconds: `.min` for none, `.max` for one without end.
    let familyPausedUntil: Int64
    let profilePausedUntil: Int64
    /// Above this age of the policy, seconds, it is stale; nil where that does not matter to the profile.
    let staleAfter: Int64?

    /// The windows by weekday, Monday first, in seconds of the day; nil: no schedule.
    let schedule: [ScheduleEdges]?
    /// Seconds by weekday, Monday first; nil: unlimited.
    let budgets: [Int64?]
    /// Seconds a day by app.
    let appLimits: [String: Int64]

    let allowedApps: Set<String>
    let blockedApps: Set<String>
    let allowedTitles: Set<TitleReference>
    let blockedTitles: Set<TitleReference>
    /// Folded.
    let blockedGenres: Set<String>
    /// Folded.
    let blockedDescriptors: Set<String>

    let windowGrants: ScheduleEdges
    /// Seconds on top of budget and app limits.
    let timeGrants: ScheduleSteps
    let titleGrants: [TitleReference: ScheduleEdges]

    /// Whether any list or grant names titles.
    var namesTitles: Bool { !(allowedTitles.isEmpty && blockedTitles.isEmpty && titleGrants.isEmpty) }

    /// The reasons that weigh ask; all others weigh deny.
    let asking: ReasonSet

    init(_ profile: Profile, of policy: Policy) {
      self.profile = profile
      region = policy.region
      familyPausedUntil = ProfileRules.end(of: policy.pause)
      profilePausedUntil = ProfileRules.end(of: profile.pause)
      let canBeStale = policy.whenStale == .restrict && profile.kind != .adult
      staleAfter = canBeStale ? policy.staleAfterSeconds.clampedToSpan : nil
      schedule = profile.schedule.map { $0.days.map(ProfileRules.edges) }
      budgets = profile.budget.map { $0.days.map { $0.map { Int64($0) * 60 } } } ?? []
      appLimits = profile.apps.limits.mapValues { Int64($0) * 60 }
      allowedApps = Set(profile.apps.allow)
      blockedApps = Set(profile.apps.block)
      allowedTitles = Set(profile.titles.allow)
      blockedTitles = Set(profile.titles.block)
      blockedGenres = Set(profile.blockedGenres.map(\.foldedForComparison))
      blockedDescriptors = Set(profile.blockedDescriptors.map(\.foldedForComparison))
      windowGrants = ScheduleEdges(union: ProfileRules.stretches(of: profile.grants) { $0 == .window })
      timeGrants = ScheduleSteps(ProfileRules.timeGrants(of: profile.grants))
      titleGrants = ProfileRules.titleGrants(of: profile.grants)
      asking = ProfileRules.askingReasons(of: profile, requests: policy.requests)
    }

    /// Deny where a reason weighs deny, else ask where there is one, else allow.
    func verdict(of reasons: ReasonSet) -> Decision.Verdict {
      if reasons.isEmpty { return .allow }
      return reasons.isSubset(of: asking) ? .ask : .deny
    }

    private static func end(of pause: Policy.Pause?) -> Int64 {
      guard let pause else { return .min }
      return pause.until?.seconds ?? .max
    }

    /// A day that the schedule does not name is allowed whole.
    private static func edges(of windows: [Profile.Window]?) -> ScheduleEdges {
      let windows = windows ?? [Profile.Window(start: 0, end: 1_440)]
      return ScheduleEdges(union: windows.map { (Int64($0.start) * 60, Int64($0.end) * 60) })
    }

    private static func stretches(
      of grants: [Profile.Grant], where isIncluded: (Profile.Grant.Kind) -> Bool
    ) -> [(start: Int64, end: Int64)] {
      grants.filter { isIncluded($0.kind) }.map { ($0.from.seconds, $0.until.seconds) }
    }

    private static func timeGrants(of grants: [Profile.Grant]) -> [(start: Int64, end: Int64, amount: Int64)] {
      grants.compactMap { grant in
        guard case .time(let minutes) = grant.kind else { return nil }
        return (grant.from.seconds, grant.until.seconds, Int64(minutes) * 60)
      }
    }

    private static func titleGrants(of grants: [Profile.Grant]) -> [TitleReference: ScheduleEdges] {
      var stretches: [TitleReference: [(start: Int64, end: Int64)]] = [:]
      for grant in grants {
        guard case .title(let title) = grant.kind else { continue }
        stretches[title, default: []].append((grant.from.seconds, grant.until.seconds))
      }
      return stretches.mapValues(ScheduleEdges.init(union:))
    }

    private static func askingReasons(of profile: Profile, requests: Policy.Requests) -> ReasonSet {
      var asking: ReasonSet = []
      if requests.time { asking.formUnion([.outsideSchedule, .appLimitReached, .budgetExhausted]) }
      if requests.titles { asking.formUnion([.titleNotListed, .maturityExceeded]) }
      if requests.titles, profile.maturity?.unrated == .ask { asking.insert(.unrated) }
      return asking
    }
  }
}

extension Int64 {
  /// The nearest number that sums of a few such stay representable with: some 35 million years of seconds.
  var clampedToSpan: Int64 { Swift.min(Swift.max(self, -(1 << 50)), 1 << 50) }
}
