/// One question put to one profile's rules (`spec/policy.md` §3).
///
/// Between two edges (a window's, grant's or pause's end, a midnight, a change of the clock, the policy's turning
/// stale) nothing but use changes, so the answer is worked out at the question's instant and from edge to edge.
struct PolicyEvaluator {
  /// `until` looks so far ahead, seconds.
  static let untilHorizon: Int64 = 691_200
  /// `remaining_s` is null from so many seconds on.
  static let remainingHorizon: Int64 = 86_400

  private let rules: CompiledPolicy.ProfileRules
  private let zone: TimeZoneRules
  /// What the app's name alone fires.
  private let appReasons: ReasonSet
  private let titleChecks: TitleChecks?
  /// Seconds a day that the app may be used; nil: unlimited, or no app.
  private let appLimit: Int64?
  /// When the policy turns stale by mere passing of time; nil: it does not.
  private let staleFrom: Int64?
  private let start: State

  init(_ question: Question, rules: CompiledPolicy.ProfileRules, zone: TimeZoneRules) {
    self.rules = rules
    self.zone = zone
    appReasons = question.app.map { PolicyEvaluator.isBlocked($0, by: rules) } == true ? .appBlocked : []
    titleChecks = question.title.map { TitleChecks($0, by: rules) }
    appLimit = question.app.flatMap { rules.appLimits[$0] }
    // The age is compared in whole seconds, so it is above the limit one second after it reached it.
    staleFrom = rules.staleAfter.map { question.at.seconds + ($0 - question.policyAgeSeconds.clampedToSpan + 1) }
    let appUsed = question.app.flatMap { question.used.appSeconds[$0] } ?? 0
    start = State(
      local: TimeZoneRules.LocalTime(at: question.at, in: zone), day: zone.day(at: question.at),
      totalUsed: question.used.totalSeconds.clampedToSpan, appUsed: appUsed.clampedToSpan)
  }

  /// The whole answer.
  func decision() -> Decision {
    let reasons = reasons(at: start)
    let verdict = rules.verdict(of: reasons)
    return Decision(
      verdict: verdict, reasons: reasons.list, until: until(from: reasons).map(WallTime.init(seconds:)),
      remainingSeconds: verdict == .allow ? remaining() : nil)
  }

  /// An instant, its day, and what is used of that day by then.
  private struct State {
    var local: TimeZoneRules.LocalTime
    /// The family-local day.
    var day: CalendarDate
    var totalUsed: Int64
    var appUsed: Int64

    /// Moves on to a later instant not past the next edge; at the day's end what is used is zero again.
    mutating func advance(to instant: Int64, in zone: TimeZoneRules) {
      local.advance(to: instant, in: zone)
      // A clock that is put back over midnight does not bring the day back.
      if local.date > day {
        day = local.date
        (totalUsed, appUsed) = (0, 0)
      }
    }

    mutating func use(_ seconds: Int64) {
      totalUsed += seconds
      appUsed += seconds
    }
  }

  private static func isBlocked(_ app: String, by rules: CompiledPolicy.ProfileRules) -> Bool {
    rules.blockedApps.contains(app) || (rules.profile.apps.mode == .listed && !rules.allowedApps.contains(app))
  }

  /// Checks 2 to 14.
  private func reasons(at state: State) -> ReasonSet {
    let instant = state.local.instant
    var reasons = appReasons
    if instant < rules.familyPausedUntil { reasons.insert(.familyPaused) }
    if instant < rules.profilePausedUntil { reasons.insert(.profilePaused) }
    if let staleFrom, instant >= staleFrom { reasons.insert(.policyStale) }
    if let schedule = rules.schedule, !schedule[state.local.date.weekday].contains(state.local.second),
      !rules.windowGrants.contains(instant)
    {
      reasons.insert(.outsideSchedule)
    }
    if let titleChecks { reasons.formUnion(titleChecks.reasons(at: instant)) }
    let left = left(at: state)
    if let app = left.app, app <= 0 { reasons.insert(.appLimitReached) }
    if let total = left.total, total <= 0 { reasons.insert(.budgetExhausted) }
    return reasons
  }

  /// Seconds of use that app limit and budget leave, as granted at the instant; nil: unlimited.
  private func left(at state: State) -> (app: Int64?, total: Int64?) {
    let budget = rules.budgets.isEmpty ? nil : rules.budgets[state.day.weekday]
    guard appLimit != nil || budget != nil else { return (nil, nil) }
    let granted = rules.timeGrants.sum(at: state.local.instant)
    return (appLimit.map { $0 + granted - state.appUsed }, budget.map { $0 + granted - state.totalUsed })
  }

  /// The next instant at which anything but use may change.
  private func nextEdge(after state: State) -> Int64 {
    let instant = state.local.instant
    var edge = state.local.nextDateOrChange
    func consider(_ other: Int64?) {
      if let other, other > instant { edge = min(edge, other) }
    }
    if let schedule = rules.schedule {
      let second = state.local.second
      consider(schedule[state.local.date.weekday].next(after: second).map { instant + ($0 - second) })
      consider(rules.windowGrants.next(after: instant))
    }
    consider(rules.familyPausedUntil)
    consider(rules.profilePausedUntil)
    consider(staleFrom)
    consider(rules.timeGrants.next(after: instant))
    consider(titleChecks?.nextEdge(after: instant))
    return edge
  }

  /// When other reasons than the given ones hold while nothing is used; nil: not within the horizon.
  private func until(from reasons: ReasonSet) -> Int64? {
    let last = start.local.instant + PolicyEvaluator.untilHorizon
    var state = start
    while true {
      let edge = nextEdge(after: state)
      guard edge <= last else { return nil }
      state.advance(to: edge, in: zone)
      if self.reasons(at: state) != reasons { return edge }
    }
  }

  /// For how many seconds an allowed use could go on; nil: for the horizon or longer.
  private func remaining() -> Int64? {
    let last = start.local.instant + PolicyEvaluator.remainingHorizon
    var state = start
    while true {
      let edge = min(nextEdge(after: state), last)
      let left = left(at: state)
      let used = min(left.app ?? .max, left.total ?? .max)
      if used < edge - state.local.instant { return state.local.instant + used - start.local.instant }
      guard edge < last else { return nil }
      state.use(edge - state.local.instant)
      state.advance(to: edge, in: zone)
      if rules.verdict(of: reasons(at: state)) != .allow { return edge - start.local.instant }
    }
  }
}
