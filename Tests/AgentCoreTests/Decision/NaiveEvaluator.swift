import AgentCore

/// The decision by the letter of `spec/policy.md` §3, without a thought for speed: every check is a loop over the policy's lists, and what
/// changes in time is looked at at every instant at which anything could change.
struct NaiveEvaluator {
  var policy: Policy
  var zone: NaiveZone

  private static let horizon = 691_200

  func decide(_ question: Question) -> Decision {
    guard let profile = policy.profiles.first(where: { $0.id == question.profile }) else {
      return Decision(verdict: .deny, reasons: [.unknownProfile])
    }
    let case0 = Case(policy: policy, profile: profile, zone: zone, question: question)
    let at = Int(question.at.seconds)
    let now = case0.reasons(at: at, total: Int(question.used.totalSeconds), app: case0.appUsed)
    let verdict = case0.verdict(now)
    let instants = case0.instants(after: at, through: at + Self.horizon)
    let until = instants.first { case0.idle(at: $0) != now }
    return Decision(
      verdict: verdict, reasons: now, until: until.map { WallTime(seconds: Int64($0)) },
      remainingSeconds: verdict == .allow ? case0.remaining(instants).map(Int64.init) : nil)
  }

  /// One question to one profile.
  private struct Case {
    var policy: Policy
    var profile: Profile
    var zone: NaiveZone
    var question: Question

    private var at: Int { Int(question.at.seconds) }
    var appUsed: Int { question.app.flatMap { question.used.appSeconds[$0] }.map(Int.init) ?? 0 }

    func verdict(_ reasons: [Decision.Reason]) -> Decision.Verdict {
      if reasons.isEmpty { return .allow }
      return reasons.allSatisfy(asks) ? .ask : .deny
    }

    private func asks(_ reason: Decision.Reason) -> Bool {
      switch reason {
      case .outsideSchedule, .appLimitReached, .budgetExhausted: policy.requests.time
      case .titleNotListed, .maturityExceeded: policy.requests.titles
      case .unrated: profile.maturity?.unrated == .ask && policy.requests.titles
      default: false
      }
    }

    /// The reasons at a later instant if nothing is used: what is used today stays until midnight, and is zero from there on.
    func idle(at instant: Int) -> [Decision.Reason] {
      let isToday = zone.day(instant) == zone.day(at)
      return reasons(
        at: instant, total: isToday ? Int(question.used.totalSeconds) : 0, app: isToday ? appUsed : 0)
    }

    func reasons(at instant: Int, total: Int, app used: Int) -> [Decision.Reason] {
      var reasons: [Decision.Reason] = []
      func fire(_ reason: Decision.Reason, if holds: Bool) { if holds { reasons.append(reason) } }
      fire(.familyPaused, if: isPaused(policy.pause, instant))
      fire(.profilePaused, if: isPaused(profile.pause, instant))
      fire(
        .policyStale,
        if: policy.whenStale == .restrict && profile.kind != .adult
          && Int(question.policyAgeSeconds) + (instant - at) > Int(policy.staleAfterSeconds))
      fire(.outsideSchedule, if: !isInWindow(instant) && !grants(instant).contains { $0.kind == .window })
      if let app = question.app {
        fire(
          .appBlocked,
          if: profile.apps.block.contains(app) || (profile.apps.mode == .listed && !profile.apps.allow.contains(app)))
      }
      if let title = question.title {
        fire(.titleBlocked, if: profile.titles.block.contains { matches($0, title.reference) })
        let isGranted = grants(instant).contains { grant in
          if case .title(let named) = grant.kind { matches(named, title.reference) } else { false }
        }
        if !isGranted, !profile.titles.allow.contains(where: { matches($0, title.reference) }) {
          fire(.titleNotListed, if: profile.titles.mode == .listed)
          fire(.genreBlocked, if: shares(title.genres, profile.blockedGenres))
          fire(.descriptorBlocked, if: shares(title.descriptors, profile.blockedDescriptors))
          if let maturity = profile.maturity {
            let age = age(of: title)
            fire(.maturityExceeded, if: age.map { $0 > maturity.maxAge } ?? false)
            fire(.unrated, if: age == nil && maturity.unrated != .allow)
          }
        }
      }
      fire(.appLimitReached, if: appLimit(instant).map { used >= $0 } ?? false)
      fire(.budgetExhausted, if: budget(instant).map { total >= $0 } ?? false)
      return reasons
    }

    private func isPaused(_ pause: Policy.Pause?, _ instant: Int) -> Bool {
      guard let pause else { return false }
      return pause.until.map { instant < Int($0.seconds) } ?? true
    }

    private func isInWindow(_ instant: Int) -> Bool {
      let (date, second) = zone.local(instant)
      // 1970-01-01 was a Thursday.
      guard let windows = profile.schedule?.days[((date + 3) % 7 + 7) % 7] else { return true }
      return windows.contains { $0.start * 60 <= second && second < $0.end * 60 }
    }

    private func grants(_ instant: Int) -> [Profile.Grant] {
      profile.grants.filter { Int($0.from.seconds) <= instant && instant < Int($0.until.seconds) }
    }

    private func granted(_ instant: Int) -> Int {
      grants(instant).reduce(0) { sum, grant in
        if case .time(let minutes) = grant.kind { sum + minutes } else { sum }
      }
    }

    func budget(_ instant: Int) -> Int? {
      profile.budget?.days[((zone.day(instant) + 3) % 7 + 7) % 7].map { ($0 + granted(instant)) * 60 }
    }

    func appLimit(_ instant: Int) -> Int? {
      question.app.flatMap { profile.apps.limits[$0] }.map { ($0 + granted(instant)) * 60 }
    }

    private func matches(_ entry: TitleReference, _ title: TitleReference) -> Bool {
      entry.text == title.text || title.text.hasPrefix(entry.text + "/")
    }

    private func shares(_ words: [String], _ blocked: [String]) -> Bool {
      words.contains { word in blocked.contains { $0.lowercased() == word.lowercased() } }
    }

    private func age(of title: TitleFacts) -> Int? {
      let known = title.ratings.compactMap { rating -> (isOfRegion: Bool, age: Int)? in
        let age = RatingTable.systems[rating.system]?.first { $0.key.lowercased() == rating.value.lowercased() }?.value
        return age.map { (rating.system.hasPrefix(policy.region + ":"), $0) }
      }
      return known.filter(\.isOfRegion).map(\.age).max() ?? known.map(\.age).max()
    }

    /// Every instant at which anything but use could change, in order.
    func instants(after start: Int, through end: Int) -> [Int] {
      var found: Set<Int> = Set(zone.changes(from: start, through: end))
      found.formUnion([policy.pause, profile.pause].compactMap { $0?.until.map { Int($0.seconds) } })
      found.insert(start + Int(policy.staleAfterSeconds) - Int(question.policyAgeSeconds) + 1)
      for grant in profile.grants { found.formUnion([Int(grant.from.seconds), Int(grant.until.seconds)]) }
      let windows = (profile.schedule?.days ?? []).compactMap(\.self).flatMap(\.self)
      let edges = Set(windows.flatMap { [$0.start * 60, $0.end * 60] } + [0])
      // Whatever the offset is or becomes, an edge of a date lies at one of these.
      let offsets = Set(([start] + zone.changes(from: start, through: end)).map(zone.offset))
      for date in (zone.local(start).date - 2)...(zone.local(end).date + 2) {
        for edge in edges { for offset in offsets { found.insert(date * 86_400 + edge - offset) } }
      }
      return found.filter { start < $0 && $0 <= end }.sorted()
    }

    /// For how long it could go on, used all the while; nil from a day on.
    func remaining(_ instants: [Int]) -> Int? {
      var (total, app, day) = (Int(question.used.totalSeconds), appUsed, zone.day(at))
      var moment = at
      for next in instants + [at + NaiveEvaluator.horizon] {
        let left = min(budget(moment).map { $0 - total } ?? .max, appLimit(moment).map { $0 - app } ?? .max)
        if left < next - moment { return moment + left - at < 86_400 ? moment + left - at : nil }
        (total, app, moment) = (total + next - moment, app + next - moment, next)
        if zone.day(next) > day { (total, app, day) = (0, 0, zone.day(next)) }
        if next - at >= 86_400 { return nil }
        if verdict(reasons(at: next, total: total, app: app)) != .allow { return next - at }
      }
      return nil
    }
  }
}
