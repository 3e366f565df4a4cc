import AgentCore
import Testing

/// Decisions by small policies of our own: each check alone, weights, until and remaining time.
@Suite struct PolicyDecisionTests {
  /// Tuesday, 15:10 in New York.
  private static let now = "2026-11-24T20:10:00Z"
  private let newYork = "EST5EDT,M3.2.0,M11.1.0"

  private func compile(
    family change: (inout Policy) -> Void = { _ in }, profile: (inout Profile) throws -> Void = { _ in }
  ) throws -> CompiledPolicy {
    var mia = Profile(id: "mia", name: "Mia", kind: .child)
    try profile(&mia)
    var policy = Policy(
      family: "f_1", version: 1, issuedAt: try at(Self.now), timeZone: "America/New_York", region: "US", profiles: [mia]
    )
    change(&policy)
    return CompiledPolicy(policy, zone: try TimeZoneRules(posix: newYork))
  }

  private func decide(
    _ policy: CompiledPolicy, _ instant: String = now, title reference: String? = nil, ratings: [Rating] = [],
    genres: [String] = [], descriptors: [String] = [], app: String? = nil, used: Used = Used(), age: Int64 = 0
  ) throws -> Decision {
    let facts = try reference.map {
      TitleFacts(reference: try title($0), ratings: ratings, genres: genres, descriptors: descriptors)
    }
    return policy.decide(
      Question(profile: "mia", at: try at(instant), title: facts, app: app, used: used, policyAgeSeconds: age))
  }

  private func weekday(_ windows: [Profile.Window]) -> Profile.Schedule {
    Profile.Schedule(days: Array(repeating: windows, count: 7))
  }

  @Test func decide_nothingForbidden_allowsForEver() throws {
    #expect(try decide(compile(), title: "tmdb:movie:603", app: "netflix") == Decision(verdict: .allow, reasons: []))
  }

  @Test func decide_unknownProfile_isDeniedAndNothingElse() throws {
    let policy = try compile(family: { $0.pause = Policy.Pause(until: nil, message: "") })
    let answer = policy.decide(Question(profile: "tom", at: try at(Self.now)))
    #expect(answer == Decision(verdict: .deny, reasons: [.unknownProfile]))
    #expect(policy.profile("tom") == nil)
    #expect(policy.profile("mia")?.name == "Mia")
  }

  @Test func decide_paused_deniesUntilThePausesEnd() throws {
    let end = try at("2026-11-24T21:00:00Z")
    let both = try compile(
      family: { $0.pause = Policy.Pause(until: end, message: "") },
      profile: { $0.pause = Policy.Pause(until: nil, message: "") })
    #expect(
      try decide(both) == Decision(verdict: .deny, reasons: [.familyPaused, .profilePaused], until: end))
    #expect(try decide(both, "2026-11-24T21:00:00Z") == Decision(verdict: .deny, reasons: [.profilePaused]))
  }

  @Test(
    arguments: [
      // age, kind, verdict, seconds until it changes
      (59, Profile.Kind.child, Decision.Verdict.allow, 2), (60, .teen, .allow, 1), (61, .guest, .deny, nil),
      (61, .adult, .allow, nil),
    ] as [(Int64, Profile.Kind, Decision.Verdict, Int64?)])
  func decide_oldPolicy_restrictsAllButAdults(
    age: Int64, kind: Profile.Kind, verdict: Decision.Verdict, seconds: Int64?
  ) throws {
    let policy = try compile(
      family: {
        $0.whenStale = .restrict
        $0.staleAfterSeconds = 60
      },
      profile: { $0.kind = kind })
    let now = try at(Self.now)
    let answer = try decide(policy, age: age)
    #expect(answer.verdict == verdict)
    #expect(answer.until == seconds.map { now + $0 })
    #expect(answer.remainingSeconds == seconds)
  }

  @Test func decide_hugeNumbers_doNotOverflow() throws {
    for stale in [Int64.min, .max] {
      let policy = try compile(
        family: {
          $0.whenStale = .restrict
          $0.staleAfterSeconds = stale
        },
        profile: {
          $0.budget = Profile.Budget(days: Array(repeating: 1_440, count: 7))
          $0.apps.limits = ["netflix": 1_440]
        })
      for number in [Int64.min, .max] {
        let used = Used(totalSeconds: number, appSeconds: ["netflix": number])
        let answer = try decide(policy, app: "netflix", used: used, age: number)
        #expect(answer.reasons.contains(.budgetExhausted) == (number > 0))
      }
    }
  }

  @Test func decide_outsideSchedule_asksOrDeniesByWhatMayBeAskedFor() throws {
    let windows = [Profile.Window(start: 16 * 60, end: 20 * 60)]
    for (mayAsk, verdict) in [(true, Decision.Verdict.ask), (false, .deny)] {
      let policy = try compile(family: { $0.requests.time = mayAsk }, profile: { $0.schedule = weekday(windows) })
      #expect(
        try decide(policy)
          == Decision(verdict: verdict, reasons: [.outsideSchedule], until: try at("2026-11-24T21:00:00Z")))
    }
  }

  @Test func decide_windowGrant_opensTheScheduleWhileActive() throws {
    let until = try at("2026-11-24T20:30:00Z")
    let from = try at("2026-11-24T20:00:00Z")
    let policy = try compile(profile: {
      $0.schedule = weekday([])
      $0.grants = [Profile.Grant(id: "g", from: from, until: until, kind: .window)]
    })
    #expect(try decide(policy) == Decision(verdict: .allow, reasons: [], until: until, remainingSeconds: 1_200))
    #expect(try decide(policy, "2026-11-24T19:59:59Z").until == from)
    #expect(try decide(policy, "2026-11-24T20:30:00Z") == Decision(verdict: .ask, reasons: [.outsideSchedule]))
  }

  @Test(arguments: [
    ("netflix", [Decision.Reason]()), ("hulu", [.appBlocked]), ("steam", [.appBlocked]),
  ])
  func decide_app_isJudgedByItsLists(app: String, reasons: [Decision.Reason]) throws {
    let policy = try compile(profile: {
      $0.apps = Profile.AppRules(mode: .listed, allow: ["netflix", "hulu"], block: ["hulu"])
    })
    #expect(try decide(policy, app: app).reasons == reasons)
    #expect(try decide(policy).reasons == [])
  }

  @Test(arguments: [
    ("tmdb:movie:603", [Decision.Reason.titleNotListed]), ("tmdb:tv:1399", []), ("tmdb:tv:1399/1", []),
    ("tmdb:tv:1399/2/1", [.titleBlocked]), ("tmdb:tv:1399/2", [.titleBlocked]), ("tmdb:tv:13991", [.titleNotListed]),
    ("tmdb:tv:99/1", [.titleNotListed]), ("tmdb:tv:99/1/3", []), ("tmdb:movie:1", [.titleBlocked, .titleNotListed]),
  ])
  func decide_title_isMatchedByItselfItsSeasonAndItsShow(reference: String, reasons: [Decision.Reason]) throws {
    let policy = try compile(profile: {
      $0.titles = Profile.TitleRules(
        mode: .listed, allow: [try title("tmdb:tv:1399"), try title("tmdb:tv:99/1/3")],
        block: [try title("tmdb:tv:1399/2"), try title("tmdb:movie:1")])
    })
    #expect(try decide(policy, title: reference).reasons == reasons)
    #expect(
      policy.usesList("mia")
        == [
          try title("tmdb:tv:1399"), try title("tmdb:tv:99/1/3"), try title("tmdb:tv:1399/2"),
          try title("tmdb:movie:1"),
        ])
    #expect(policy.usesList("tom") == [])
  }

  @Test func decide_titleGrant_allowsWhatChecks8To12Forbid() throws {
    let (from, until) = (try at("2026-11-24T20:00:00Z"), try at("2026-11-24T22:00:00Z"))
    let policy = try compile(profile: {
      $0.titles.mode = .listed
      $0.blockedGenres = ["Horror"]
      $0.maturity = Profile.Maturity(maxAge: 6, unrated: .block)
      $0.grants = [Profile.Grant(id: "g", from: from, until: until, kind: .title(try title("tmdb:tv:1399")))]
    })
    let granted = try decide(policy, title: "tmdb:tv:1399/1/3", genres: ["horror"])
    #expect(granted == Decision(verdict: .allow, reasons: [], until: until, remainingSeconds: 6_600))
    let later = try decide(policy, "2026-11-24T22:00:00Z", title: "tmdb:tv:1399/1/3", genres: ["horror"])
    #expect(later == Decision(verdict: .deny, reasons: [.titleNotListed, .genreBlocked, .unrated]))
    #expect(policy.usesList("mia") == [try title("tmdb:tv:1399")])
  }

  @Test(arguments: [
    (["HORROR"], [], [Decision.Reason.genreBlocked]), (["drama"], ["gore"], [.descriptorBlocked]),
    (["ÉPOUVANTE"], ["Gore", "x"], [.genreBlocked, .descriptorBlocked]), (["drama"], [], []),
  ])
  func decide_genresAndDescriptors_compareWithoutCase(
    genres: [String], descriptors: [String], reasons: [Decision.Reason]
  ) throws {
    let policy = try compile(profile: {
      $0.blockedGenres = ["Horror", "Épouvante"]
      $0.blockedDescriptors = ["GORE"]
    })
    let answer = try decide(policy, title: "tmdb:movie:603", genres: genres, descriptors: descriptors)
    #expect(answer.reasons == reasons)
  }

  @Test(
    arguments: [
      // What a region's own systems say counts before all others, and of those the strictest.
      ([("US:movie", "pg-13"), ("DE:movie", "16")], 13), ([("US:movie", "PG"), ("US:tv", "TV-MA")], 17),
      ([("GB:movie", "15"), ("DE:movie", "6")], 15), ([("US:movie", "X"), ("DE:movie", "6")], 6),
      ([("USA:movie", "R"), ("us:movie", "R")], nil), ([("PT:tv", "PÚBLICOS")], 0), ([], nil),
    ] as [([(String, String)], Int?)])
  func age_ofRatings_isTheRegionsStrictest(ratings: [(String, String)], age: Int?) {
    #expect(RatingTable.age(of: ratings.map { Rating(system: $0.0, value: $0.1) }, region: "US") == age)
  }

  @Test(arguments: [
    ("R", Profile.Unrated.ask, true, Decision.Verdict.ask, [Decision.Reason.maturityExceeded]),
    ("R", .allow, false, .deny, [.maturityExceeded]), ("PG", .block, true, .allow, []),
    ("?", .ask, true, .ask, [.unrated]),
    ("?", .ask, false, .deny, [.unrated]), ("?", .block, true, .deny, [.unrated]), ("?", .allow, true, .allow, []),
  ])
  func decide_maturity_weighsByWhatMayBeAskedFor(
    value: String, unrated: Profile.Unrated, mayAsk: Bool, verdict: Decision.Verdict, reasons: [Decision.Reason]
  ) throws {
    let policy = try compile(
      family: { $0.requests.titles = mayAsk },
      profile: { $0.maturity = Profile.Maturity(maxAge: 10, unrated: unrated) })
    let ratings = [Rating(system: "US:movie", value: value)]
    let answer = try decide(policy, title: "tmdb:movie:603", ratings: ratings)
    #expect((answer.verdict, answer.reasons) == (verdict, reasons))
    let facts = TitleFacts(reference: try title("tmdb:movie:603"), ratings: ratings)
    #expect(policy.titleVerdict(profile: "mia", facts: facts, at: try at(Self.now)) == verdict)
    #expect(try decide(policy).verdict == .allow, "without a title nothing is rated")
  }

  @Test func titleVerdict_pausedAndOutsideScheduleAndBudget_looksAtTheTitleAlone() throws {
    let policy = try compile(profile: {
      $0.pause = Policy.Pause(until: nil, message: "")
      $0.schedule = weekday([])
      $0.budget = Profile.Budget(days: Array(repeating: 0, count: 7))
      $0.titles.block = [try title("tmdb:movie:1")]
    })
    let now = try at(Self.now)
    let verdict = { policy.titleVerdict(profile: $0, facts: TitleFacts(reference: try title($1)), at: now) }
    #expect(try verdict("mia", "tmdb:movie:603") == .allow)
    #expect(try verdict("mia", "tmdb:movie:1") == .deny)
    #expect(try verdict("tom", "tmdb:movie:603") == .deny)
  }

  @Test func decide_budgetAndAppLimit_endAtTheirSecondAndComeBackAtMidnight() throws {
    let midnight = try at("2026-11-25T05:00:00Z")
    let policy = try compile(profile: {
      $0.budget = Profile.Budget(days: Array(repeating: 60, count: 7))
      $0.apps.limits = ["netflix": 30]
    })
    let table: [(total: Int64, app: Int64, reasons: [Decision.Reason], remaining: Int64?)] = [
      (0, 0, [], 1_800), (3_000, 0, [], 600), (3_599, 1_799, [], 1), (3_600, 1_799, [.budgetExhausted], nil),
      (3_599, 1_800, [.appLimitReached], nil), (9_999, 9_999, [.appLimitReached, .budgetExhausted], nil),
    ]
    for row in table {
      let used = Used(totalSeconds: row.total, appSeconds: ["netflix": row.app])
      let answer = try decide(policy, app: "netflix", used: used)
      let isOver = !row.reasons.isEmpty
      #expect(
        answer
          == Decision(
            verdict: isOver ? .ask : .allow, reasons: row.reasons, until: isOver ? midnight : nil,
            remainingSeconds: row.remaining))
    }
  }

  @Test func decide_useOverMidnight_beginsTheNextDayAnew() throws {
    let policy = try compile(profile: { $0.budget = Profile.Budget(days: Array(repeating: 60, count: 7)) })
    // 23:30 local with 29 minutes used: 30 minutes to midnight, then a whole new hour.
    let expected: Int64 = 1_800 + 3_600
    let answer = try decide(policy, "2026-11-25T04:30:00Z", used: Used(totalSeconds: 1_740))
    #expect(answer.remainingSeconds == expected)
  }

  @Test func decide_budgetEndsExactlyAtMidnight_goesOnIntoTheNextDay() throws {
    let policy = try compile(profile: { $0.budget = Profile.Budget(days: Array(repeating: 60, count: 7)) })
    // 23:30 local with 30 minutes used.
    let answer = try decide(policy, "2026-11-25T04:30:00Z", used: Used(totalSeconds: 1_800))
    #expect(answer.remainingSeconds == 5_400)
  }

  @Test func decide_clockPutBackOverMidnight_countsForTheDayThatHasBegun() throws {
    // At 00:15 on Sunday the 25th the clock goes back to 23:15 of Saturday.
    let zone = try TimeZoneRules(posix: "NST3:30NDT,M4.1.0/0:15,M10.5.0/0:15")
    var mia = Profile(id: "mia", name: "Mia", kind: .child)
    mia.budget = Profile.Budget(days: [60, 60, 60, 60, 60, 60, 10])
    let policy = CompiledPolicy(
      Policy(
        family: "f_1", version: 1, issuedAt: try at(Self.now), timeZone: "America/St_Johns", region: "CA",
        profiles: [mia]),
      zone: zone)
    let (sunday, monday) = (try at("2026-10-25T02:30:00Z"), try at("2026-10-26T03:30:00Z"))
    // 23:45 on Saturday: a quarter to midnight, ten minutes of Sunday.
    let before = try decide(policy, "2026-10-25T02:15:00Z")
    #expect(before == Decision(verdict: .allow, reasons: [], until: nil, remainingSeconds: 1_500))
    // 23:30 on Saturday for the second time: Sunday's ten minutes are used up.
    let again = try decide(policy, "2026-10-25T03:00:00Z", used: Used(totalSeconds: 600))
    #expect(again == Decision(verdict: .ask, reasons: [.budgetExhausted], until: monday))
    // Before the clock goes back, too, only Monday brings more.
    #expect(try decide(policy, "2026-10-25T02:40:00Z", used: Used(totalSeconds: 600)).until == monday)
    #expect(try decide(policy, "2026-10-25T02:15:00Z", used: Used(totalSeconds: 3_600)).until == sunday)
  }

  @Test func decide_timeGrant_addsToBudgetAndEveryAppLimit() throws {
    let (from, until) = (try at("2026-11-24T20:00:00Z"), try at("2026-11-24T21:00:00Z"))
    let policy = try compile(profile: {
      $0.budget = Profile.Budget(days: Array(repeating: 60, count: 7))
      $0.apps.limits = ["netflix": 30]
      $0.grants = ["a", "b"].map { Profile.Grant(id: $0, from: from, until: until, kind: .time(minutes: 15)) }
    })
    let used = Used(totalSeconds: 3_600, appSeconds: ["netflix": 1_800])
    let answer = try decide(policy, app: "netflix", used: used)
    #expect(answer == Decision(verdict: .allow, reasons: [], until: until, remainingSeconds: 1_800))
    let after = try decide(policy, "2026-11-24T21:00:00Z", app: "netflix", used: used)
    #expect(after.reasons == [.appLimitReached, .budgetExhausted])
  }

  @Test func decide_edgeAtExactlyEightDays_isTold() throws {
    for (seconds, isTold) in [(Int64(691_200), true), (691_201, false)] {
      let end = try at(Self.now) + seconds
      let policy = try compile(family: { $0.pause = Policy.Pause(until: end, message: "") })
      #expect(try decide(policy).until == (isTold ? end : nil))
    }
  }

  @Test func decide_touchingWindows_areOne() throws {
    let policy = try compile(profile: {
      // 20:00 to 24:00 and 00:00 to 04:00 join over midnight, 18:00 to 20:00 before.
      $0.schedule = weekday([
        Profile.Window(start: 20 * 60, end: 1_440), Profile.Window(start: 0, end: 240),
        Profile.Window(start: 18 * 60, end: 20 * 60),
      ])
    })
    #expect(
      try decide(policy, "2026-11-25T00:30:00Z")
        == Decision(verdict: .allow, reasons: [], until: try at("2026-11-25T09:00:00Z"), remainingSeconds: 30_600))
  }

  @Test func todayAndNextMidnight_followTheFamilysZone() throws {
    let policy = try compile()
    #expect(policy.today(at: try at("2026-11-25T04:59:59Z")) == (try date("2026-11-24")))
    #expect(policy.nextMidnight(after: try at("2026-11-25T04:59:59Z")) == (try at("2026-11-25T05:00:00Z")))
    #expect(policy.nextMidnight(after: try at("2026-11-25T05:00:00Z")) == (try at("2026-11-26T05:00:00Z")))
  }
}
