/// Finds the grounds of one decision; whether a check fires is the evaluator's word alone.
struct ExplanationWork {
  private let question: Question
  private let rules: CompiledPolicy.ProfileRules
  private let policy: Policy
  private let local: TimeZoneRules.LocalTime
  /// The family-local day.
  private let day: CalendarDate
  private let decision: Decision
  /// The list entry or grant by which the title is allowed; nil: it is not.
  let allowedBy: String?

  private var profile: Profile { rules.profile }
  private var at: WallTime { question.at }

  init(
    _ question: Question, rules: CompiledPolicy.ProfileRules, policy: Policy, local: TimeZoneRules.LocalTime,
    day: CalendarDate, decision: Decision
  ) {
    (self.question, self.rules, self.policy) = (question, rules, policy)
    (self.local, self.day, self.decision) = (local, day, decision)
    let names = question.title?.reference.selfAndAncestors ?? []
    let grant = rules.profile.grants.first { grant in
      guard case .title(let title) = grant.kind, Self.isActive(grant, at: question.at) else { return false }
      return names.contains(title)
    }
    allowedBy =
      names.first { rules.allowedTitles.contains($0) }.map { "\($0) is in titles.allow" }
      ?? grant.map { "grant \($0.id) until \($0.until)" }
  }

  private static func isActive(_ grant: Profile.Grant, at instant: WallTime) -> Bool {
    grant.from <= instant && instant < grant.until
  }

  func checks() -> [Explanation.Check] {
    Decision.Reason.allCases.enumerated().map { index, reason in
      let (lookedAt, found) = facts(of: reason)
      return Explanation.Check(
        number: index + 1, reason: reason, result: result(of: reason, applies: found != nil), lookedAt: lookedAt,
        found: found ?? skipped(reason))
    }
  }

  private func result(of reason: Decision.Reason, applies: Bool) -> Explanation.Result {
    guard decision.reasons.contains(reason) else { return applies ? .passes : .skipped }
    return rules.verdict(of: ReasonSet(reason)) == .ask ? .asks : .denies
  }

  /// Checks 8 to 12 do not apply to a title that is allowed by name.
  private static let byTitle: Set<Decision.Reason> = [
    .titleNotListed, .genreBlocked, .descriptorBlocked, .maturityExceeded, .unrated,
  ]

  private func skipped(_ reason: Decision.Reason) -> String {
    if Self.byTitle.contains(reason), let allowedBy { return allowedBy }
    if reason == .appBlocked || reason == .appLimitReached { return "the question names no app" }
    return "the question names no title"
  }

  /// What a check looks at, and what it finds; nothing found where it does not apply.
  private func facts(of reason: Decision.Reason) -> (lookedAt: String, found: String?) {
    switch reason {
    case .unknownProfile: ("profile \(question.profile)", "known, a \(profile.kind.rawValue)")
    case .familyPaused: ("the family's pause", text(of: policy.pause))
    case .profilePaused: ("the profile's pause", text(of: profile.pause))
    case .policyStale: ("when_stale, stale_after_s", staleness)
    case .outsideSchedule: ("the schedule of \(weekday), window grants", schedule)
    case .appBlocked: ("apps.mode, apps.allow, apps.block", appRule)
    case .titleBlocked: ("titles.block", blockedTitle)
    case .titleNotListed:
      (
        "titles.mode, titles.allow, title grants",
        ifAsked(profile.titles.mode == .all ? "mode all: every title" : "mode listed, and nothing names it")
      )
    case .genreBlocked: ("genres.block", ifAsked(common(question.title?.genres, rules.blockedGenres, "genre")))
    case .descriptorBlocked:
      ("descriptors.block", ifAsked(common(question.title?.descriptors, rules.blockedDescriptors, "descriptor")))
    case .maturityExceeded: ("maturity.max_age, the title's ratings", ifAsked(maturity))
    case .unrated: ("maturity.unrated, the title's ratings", ifAsked(unrated))
    case .appLimitReached: ("apps.limits, time grants, used", appLimit)
    case .budgetExhausted: ("the budget of \(countedWeekday), time grants, used", budget)
    }
  }

  /// Of a title, unless it is allowed by name.
  private func ifAsked(_ text: @autoclosure () -> String) -> String? {
    question.title == nil || allowedBy != nil ? nil : text()
  }

  private func text(of pause: Policy.Pause?) -> String {
    guard let pause else { return "none" }
    guard let until = pause.until else { return "until a parent ends it" }
    return at < until ? "until \(until)" : "over since \(until)"
  }

  private var staleness: String {
    let age = "confirmed \(question.policyAgeSeconds) s ago"
    if policy.whenStale == .keep { return "keep: it holds however old it is (\(age))" }
    if profile.kind == .adult { return "an adult is not restricted (\(age))" }
    return "\(age), restricted above \(policy.staleAfterSeconds) s"
  }

  private var schedule: String {
    guard let schedule = profile.schedule else { return "none: every hour is allowed" }
    let windows = schedule.days[local.date.weekday]
    let rule = windows.map { $0.isEmpty ? "no window" : $0.map(Self.text).joined(separator: " ") } ?? "the whole day"
    let grant = profile.grants.first { $0.kind == .window && Self.isActive($0, at: at) }
    return "\(rule); it is \(Self.clock(Int(local.second)))"
      + (grant.map { "; window grant \($0.id) until \($0.until)" } ?? "")
  }

  private var appRule: String? {
    guard let app = question.app else { return nil }
    if rules.blockedApps.contains(app) { return "\(app) is in apps.block" }
    if profile.apps.mode == .all { return "mode all, and \(app) is not blocked" }
    return rules.allowedApps.contains(app) ? "\(app) is in apps.allow" : "mode listed, and \(app) is not in apps.allow"
  }

  private var blockedTitle: String? {
    guard let title = question.title else { return nil }
    return title.reference.selfAndAncestors.first { rules.blockedTitles.contains($0) }.map {
      "\($0) is in titles.block"
    }
      ?? "nothing names \(title.reference)"
  }

  private func common(_ words: [String]?, _ blocked: Set<String>, _ what: String) -> String {
    let found = (words ?? []).filter { blocked.contains($0.foldedForComparison) }
    if !found.isEmpty { return "blocked: \(found.joined(separator: ", "))" }
    let known = words?.joined(separator: ", ") ?? ""
    return blocked.isEmpty ? "none is blocked" : known.isEmpty ? "the title has no \(what)" : "none of \(known)"
  }

  private var age: Int? { question.title.flatMap { RatingTable.age(of: $0.ratings, region: policy.region) } }

  private var ratings: String {
    let ratings = question.title?.ratings ?? []
    return ratings.isEmpty ? "no rating" : ratings.map { "\($0.system) \($0.value)" }.joined(separator: ", ")
  }

  private var maturity: String {
    guard let ceiling = profile.maturity else { return "no ceiling" }
    guard let age else { return "no known rating (\(ratings))" }
    return "for \(age) and older (\(ratings)), at most \(ceiling.maxAge)"
  }

  private var unrated: String {
    guard let ceiling = profile.maturity else { return "no ceiling" }
    return age == nil ? "no known rating (\(ratings)); unrated is \(ceiling.unrated.rawValue)" : "rated (\(ratings))"
  }

  /// Minutes that time grants give at the instant.
  private var granted: Int64 { rules.timeGrants.sum(at: at.seconds) / 60 }

  private func account(_ minutes: Int, used: Int64) -> String {
    let grants = granted == 0 ? "" : " + \(granted) min granted"
    return "\(minutes) min\(grants), used \(used / 60) min \(used % 60) s"
  }

  private var appLimit: String? {
    guard let app = question.app else { return nil }
    guard let limit = profile.apps.limits[app] else { return "\(app) has no limit" }
    return account(limit, used: question.used.appSeconds[app] ?? 0)
  }

  private var budget: String {
    guard let minutes = profile.budget.flatMap({ $0.days[day.weekday] }) else { return "unlimited" }
    return account(minutes, used: question.used.totalSeconds)
  }

  private var weekday: String { Self.weekdays[local.date.weekday] }
  private var countedWeekday: String { Self.weekdays[day.weekday] }
  static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

  private static func text(_ window: Profile.Window) -> String {
    "\(hourAndMinute(window.start))-\(hourAndMinute(window.end))"
  }
  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
  private static func hourAndMinute(_ minutes: Int) -> String {
    "\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))"
  }

  /// `HH:MM:SS`.
  static func clock(_ second: Int) -> String { "\(hourAndMinute(second / 60)):\(twoDigits(second % 60))" }

  /// What would take each reason away.
  func changes() -> [String] {
    var acts: [String] = []
    for act in decision.reasons.map(act) where !acts.contains(act) { acts.append(act) }
    return acts
  }

  private func act(against reason: Decision.Reason) -> String {
    let title = question.title?.reference.text ?? ""
    let app = question.app ?? ""
    return switch reason {
    case .unknownProfile: "a parent adds this profile"
    case .familyPaused: "a parent ends the family's pause"
    case .profilePaused: "a parent ends the profile's pause"
    case .policyStale: "the box reaches its upstream"
    case .outsideSchedule: "a window grant, or other hours for \(weekday)"
    case .appBlocked: "a parent allows the app \(app)"
    case .titleBlocked: "a parent takes what names \(title) out of titles.block; a grant does not help"
    case .titleNotListed, .genreBlocked, .descriptorBlocked, .maturityExceeded, .unrated:
      "a title grant, or an entry in titles.allow, for \(title)"
    case .appLimitReached:
      "a time grant of \(missing(profile.apps.limits[app], used: question.used.appSeconds[app] ?? 0)) min or more"
    case .budgetExhausted:
      "a time grant of \(missing(profile.budget.flatMap { $0.days[day.weekday] }, used: question.used.totalSeconds)) min or more"
    }
  }

  /// Whole minutes that are missing for one more second.
  private func missing(_ minutes: Int?, used: Int64) -> Int64 {
    max(1, used / 60 + 1 - Int64(minutes ?? 0) - granted)
  }
}
