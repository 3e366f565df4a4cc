import AgentCore
import Testing

/// The evaluator against a plain reading of the specification that tries every quarter of an hour.
///
/// All edges of the random policies lie on quarters, so that stepping by quarters misses none.
@Suite struct PolicyModelTests {
  private static let quarter: Int64 = 900

  @Test(arguments: [
    // New York; Beirut, which changes at midnight; a zone that goes back over midnight; half an hour; none.
    "EST5EDT,M3.2.0,M11.1.0", "EET-2EEST,M3.5.0/0,M10.5.0/0", "NST3:30NDT,M4.1.0/0:15,M10.5.0/0:15",
    "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "UTC0",
  ])
  func decide_randomPolicies_agreesWithAPlainReading(rule: String) throws {
    var random = Generator(state: 20_261_124)
    let zone = try TimeZoneRules(posix: rule)
    // Around the clock's changes of a year, and far from any.
    let spring = try zone.nextTransition(after: at("2026-03-01T00:00:00Z")) ?? at("2026-03-28T22:00:00Z")
    let centers = [spring, zone.nextTransition(after: spring) ?? spring, try at("2026-12-31T20:15:00Z")]
    var verdicts: [Decision.Verdict: Int] = [:]
    for round in 0..<60 {
      let center = centers[round % 3]
      let reach: Int64 = round % 2 == 0 ? 12 : 192
      let now = center + random.next(in: -reach...(reach / 2)) * Self.quarter
      let policy = try randomPolicy(around: now, &random)
      let question = try randomQuestion(at: now, &random)
      let model = Model(policy: policy, zone: zone, question: question)
      let answer = CompiledPolicy(policy, zone: zone).decide(question)
      verdicts[answer.verdict, default: 0] += 1
      #expect(answer == model.decision(), "round \(round) of \(rule) at \(now)")
    }
    #expect([.allow, .ask, .deny].allSatisfy { verdicts[$0, default: 0] >= 8 }, "\(verdicts)")
  }

  /// A generator of our own, so that a round is the same everywhere (splitmix64).
  private struct Generator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
    mutating func next(in range: ClosedRange<Int64>) -> Int64 {
      range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }
    mutating func isOneIn(_ count: Int64) -> Bool { next(in: 1...count) == 1 }
    mutating func pick<Element>(_ elements: [Element]) -> Element {
      elements[Int(next(in: 0...Int64(elements.count - 1)))]
    }
  }

  private func randomPolicy(around now: WallTime, _ random: inout Generator) throws -> Policy {
    func near(_ random: inout Generator) -> WallTime { now + random.next(in: -100...400) * Self.quarter }
    var profile = Profile(id: "mia", name: "Mia", kind: random.pick([.child, .teen, .adult, .guest]))
    if random.isOneIn(6) { profile.pause = Policy.Pause(until: random.isOneIn(4) ? nil : near(&random), message: "") }
    if random.isOneIn(2) {
      profile.maturity = Profile.Maturity(maxAge: 12, unrated: random.pick([.block, .ask, .allow]))
    }
    profile.titles.mode = random.pick([.all, .all, .all, .listed])
    if random.isOneIn(3) { profile.titles.allow = [try title("tmdb:tv:1399")] }
    if random.isOneIn(4) { profile.titles.block = [try title("tmdb:tv:1399/1")] }
    if random.isOneIn(4) { profile.blockedGenres = ["Horror"] }
    if random.isOneIn(2) { profile.apps.limits = ["netflix": Int(random.next(in: 0...96)) * 15] }
    if random.isOneIn(2) { profile.budget = Profile.Budget(days: (0..<7).map { _ in randomMinutes(&random) }) }
    if random.isOneIn(2) { profile.schedule = Profile.Schedule(days: (0..<7).map { _ in randomWindows(&random) }) }
    for number in 0..<random.next(in: 0...6) {
      let from = near(&random)
      let kinds: [Profile.Grant.Kind] = [
        .time(minutes: Int(random.next(in: 0...12)) * 15), .window, .title(try title("tmdb:tv:1399/1/3")),
      ]
      profile.grants.append(
        Profile.Grant(
          id: "\(number)", from: from, until: from + random.next(in: -2...90) * Self.quarter, kind: random.pick(kinds)))
    }
    var policy = Policy(
      family: "f", version: 1, issuedAt: now, timeZone: "Zone", region: "US", profiles: [profile])
    policy.requests = Policy.Requests(titles: random.isOneIn(2), time: random.isOneIn(2))
    if random.isOneIn(8) { policy.pause = Policy.Pause(until: near(&random), message: "") }
    if random.isOneIn(3) { policy.whenStale = .restrict }
    policy.staleAfterSeconds = random.next(in: 0...800) * Self.quarter - 1
    return policy
  }

  private func randomMinutes(_ random: inout Generator) -> Int? {
    random.isOneIn(4) ? nil : Int(random.next(in: 0...96)) * 15
  }

  private func randomWindows(_ random: inout Generator) -> [Profile.Window]? {
    guard !random.isOneIn(4) else { return nil }
    return (0..<random.next(in: 0...4)).map { _ in
      let start = random.next(in: 0...95)
      return Profile.Window(start: Int(start) * 15, end: Int(random.next(in: (start + 1)...96)) * 15)
    }
  }

  private func randomQuestion(at now: WallTime, _ random: inout Generator) throws -> Question {
    let facts = TitleFacts(
      reference: try title(random.pick(["tmdb:tv:1399/1/3", "tmdb:tv:1399", "tmdb:movie:1"])),
      ratings: random.pick([[], [Rating(system: "US:tv", value: "TV-MA")], [Rating(system: "US:tv", value: "TV-Y")]]),
      genres: random.pick([[], ["HORROR"]]))
    return Question(
      profile: "mia", at: now, title: random.isOneIn(2) ? nil : facts, app: random.pick([nil, "netflix", "hulu"]),
      used: Used(
        totalSeconds: random.next(in: 0...12) * Self.quarter,
        appSeconds: ["netflix": random.next(in: 0...12) * Self.quarter]),
      policyAgeSeconds: random.next(in: 0...400) * Self.quarter)
  }

  /// The table of `spec/policy.md` §3 read line by line, instant by instant.
  private struct Model {
    var policy: Policy
    var zone: TimeZoneRules
    var question: Question

    var profile: Profile { policy.profiles[0] }

    func decision() -> Decision {
      let days = familyDays()
      let reasons = reasons(at: 0, days: days, used: question.used)
      let verdict = verdict(reasons)
      let until = (1...768).first { step in
        let used = days[step] == days[0] ? question.used : Used()
        return self.reasons(at: step, days: days, used: used) != reasons
      }
      return Decision(
        verdict: verdict, reasons: reasons, until: until.map { question.at + Int64($0) * PolicyModelTests.quarter },
        remainingSeconds: verdict == .allow ? remaining(days) : nil)
    }

    private func remaining(_ days: [CalendarDate]) -> Int64? {
      var used = question.used
      for step in 1..<96 {
        used.totalSeconds += PolicyModelTests.quarter
        if let app = question.app { used.appSeconds[app, default: 0] += PolicyModelTests.quarter }
        if days[step] != days[step - 1] { used = Used() }
        if verdict(reasons(at: step, days: days, used: used)) != .allow {
          return Int64(step) * PolicyModelTests.quarter
        }
      }
      return nil
    }

    /// The family-local day of every quarter from the question on: the latest date so far.
    private func familyDays() -> [CalendarDate] {
      var latest = CalendarDate(daysSinceEpoch: .min)
      let days = (-192...768).map { (step: Int64) in
        latest = max(latest, zone.localDate(at: question.at + step * PolicyModelTests.quarter))
        return latest
      }
      return Array(days[192...])
    }

    private func verdict(_ reasons: [Decision.Reason]) -> Decision.Verdict {
      let weights = reasons.map { reason -> Decision.Verdict in
        switch reason {
        case .outsideSchedule, .appLimitReached, .budgetExhausted: policy.requests.time ? .ask : .deny
        case .titleNotListed, .maturityExceeded: policy.requests.titles ? .ask : .deny
        case .unrated: policy.requests.titles && profile.maturity?.unrated == .ask ? .ask : .deny
        default: .deny
        }
      }
      return weights.contains(.deny) ? .deny : weights.contains(.ask) ? .ask : .allow
    }

    private func reasons(at step: Int, days: [CalendarDate], used: Used) -> [Decision.Reason] {
      let at = question.at + Int64(step) * PolicyModelTests.quarter
      let active = profile.grants.filter { $0.from <= at && at < $0.until }
      var reasons: [Decision.Reason] = []
      func holds(_ pause: Policy.Pause?) -> Bool { pause.map { $0.until.map { at < $0 } ?? true } ?? false }
      if holds(policy.pause) { reasons.append(.familyPaused) }
      if holds(profile.pause) { reasons.append(.profilePaused) }
      let age = question.policyAgeSeconds + (at - question.at)
      if policy.whenStale == .restrict, profile.kind != .adult, age > policy.staleAfterSeconds {
        reasons.append(.policyStale)
      }
      if !isInWindow(at), !active.contains(where: { $0.kind == .window }) { reasons.append(.outsideSchedule) }
      if let facts = question.title { reasons += titleReasons(facts, active: active) }
      let granted = active.reduce(Int64(0)) { sum, grant in
        if case .time(let minutes) = grant.kind { sum + Int64(minutes) } else { sum }
      }
      if let app = question.app, let limit = profile.apps.limits[app],
        used.appSeconds[app] ?? 0 >= (Int64(limit) + granted) * 60
      {
        reasons.append(.appLimitReached)
      }
      if let budget = profile.budget?.days[days[step].weekday], used.totalSeconds >= (Int64(budget) + granted) * 60 {
        reasons.append(.budgetExhausted)
      }
      return reasons
    }

    private func isInWindow(_ at: WallTime) -> Bool {
      guard let schedule = profile.schedule, let windows = schedule.days[zone.localDate(at: at).weekday] else {
        return true
      }
      let minute = zone.localSecondOfDay(at: at) / 60
      return windows.contains { $0.start <= minute && minute < $0.end }
    }

    private func titleReasons(_ facts: TitleFacts, active: [Profile.Grant]) -> [Decision.Reason] {
      func matches(_ entry: TitleReference) -> Bool {
        facts.reference == entry || facts.reference.text.hasPrefix(entry.text + "/")
      }
      var reasons: [Decision.Reason] = profile.titles.block.contains(where: matches) ? [.titleBlocked] : []
      let isGranted = active.contains { if case .title(let title) = $0.kind { matches(title) } else { false } }
      if isGranted || profile.titles.allow.contains(where: matches) { return reasons }
      if profile.titles.mode == .listed { reasons.append(.titleNotListed) }
      if !profile.blockedGenres.isEmpty, facts.genres == ["HORROR"] { reasons.append(.genreBlocked) }
      guard let maturity = profile.maturity else { return reasons }
      if facts.ratings.isEmpty, maturity.unrated != .allow { reasons.append(.unrated) }
      if facts.ratings.first?.value == "TV-MA", maturity.maxAge < 17 { reasons.append(.maturityExceeded) }
      return reasons
    }
  }
}
