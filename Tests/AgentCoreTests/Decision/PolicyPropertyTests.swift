import AgentCore
import Testing

/// The evaluator beside a naive one, on random questions: half of them within a day of a change of the clock.
@Suite(.enabled(if: SystemZones.arePresent, "needs the system's time zone files"))
struct PolicyPropertyTests {
  /// Changes at midnight (São Paulo, Asunción, Beirut, Cairo, Havana, Tehran, Gaza), at a minute past it (St. John's), of half an hour (Lord
  /// Howe), a day left out (Apia, Kwajalein), and the usual.
  private static let zones = [
    "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "America/Asuncion", "Asia/Beirut",
    "Africa/Cairo", "America/Havana", "Asia/Tehran", "America/St_Johns", "Pacific/Apia", "Pacific/Kwajalein",
    "Asia/Gaza",
  ]
  private static let questionsPerZone = 7_700
  private static let questionsPerPolicy = 20

  @Test(arguments: zones)
  func decide_randomQuestions_answersAsTheNaiveEvaluator(name: String) throws {
    let naiveZone = NaiveZone(name)
    let zone = try SystemZones.zone(name)
    let changes = naiveZone.changes.filter { $0 > NaiveZone.first + 864_000 && $0 < NaiveZone.end - 1_728_000 }
    var random = PolicyDice(seed: name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
    var failures = 0
    for number in 0..<Self.questionsPerZone / Self.questionsPerPolicy {
      // Near a change of the clock, or anywhere.
      let centre = number % 2 == 0 ? random.one(of: changes) : random.number(in: 700_000_000...1_900_000_000)
      let policy = random.policy(around: centre)
      let compiled = CompiledPolicy(policy, zone: zone)
      let naive = NaiveEvaluator(policy: policy, zone: naiveZone)
      for _ in 0..<Self.questionsPerPolicy {
        let question = random.question(around: centre, within: 86_400)
        let (answer, expected) = (compiled.decide(question), naive.decide(question))
        guard answer != expected else { continue }
        failures += 1
        if failures <= 3 { Issue.record("\(name): \(answer) instead of \(expected) for \(question) by \(policy)") }
      }
    }
    #expect(failures == 0)
  }
}

/// Random policies and questions that meet each other often.
struct PolicyDice {
  private var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func number(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(random.next() % UInt64(range.upperBound - range.lowerBound + 1))
  }

  mutating func one<Element>(of elements: [Element]) -> Element { elements[number(in: 0...elements.count - 1)] }
  private mutating func happens(_ oneIn: Int) -> Bool { number(in: 1...oneIn) == 1 }

  private mutating func some<Element>(of elements: [Element], oneIn: Int = 3) -> [Element] {
    var chosen: [Element] = []
    for element in elements where happens(oneIn) { chosen.append(element) }
    return chosen
  }

  private static let titles = ["tmdb:movie:603", "tmdb:tv:1399", "tmdb:tv:1399/1", "tmdb:tv:1399/1/3", "tmdb:tv:13990"]
    .compactMap { TitleReference($0) }
  private static let apps = ["netflix", "youtube", "prime"]
  private static let words = ["Action", "horror", "WAR", "gore"]
  private static let ratings = [
    Rating(system: "US:movie", value: "R"), .init(system: "US:movie", value: "pg"),
    .init(system: "US:tv", value: "TV-Y"),
    .init(system: "DE:movie", value: "16"), .init(system: "US:movie", value: "none such"),
    .init(system: "XX:movie", value: "1"),
  ]

  // MARK: A policy

  mutating func policy(around centre: Int) -> Policy {
    var policy = Policy(
      family: "f", version: 1, issuedAt: WallTime(seconds: 0), timeZone: "x", region: one(of: ["US", "DE"]),
      staleAfterSeconds: Int64(number(in: 0...200_000)), whenStale: one(of: [.keep, .restrict]),
      requests: .init(titles: !happens(4), time: !happens(4)),
      profiles: [profile("mia", one(of: [.child, .teen, .guest]), centre), profile("anna", .adult, centre)])
    if happens(6) { policy.pause = pause(centre) }
    return policy
  }

  private mutating func pause(_ centre: Int) -> Policy.Pause {
    .init(until: happens(4) ? nil : instant(around: centre, within: 200_000), message: "")
  }

  private mutating func instant(around centre: Int, within seconds: Int) -> WallTime {
    WallTime(seconds: Int64(centre + number(in: -seconds...seconds)))
  }

  private mutating func profile(_ id: String, _ kind: Profile.Kind, _ centre: Int) -> Profile {
    var profile = Profile(id: id, name: id, kind: kind)
    if happens(6) { profile.pause = pause(centre) }
    if !happens(3) { profile.maturity = .init(maxAge: number(in: 0...18), unrated: one(of: [.block, .ask, .allow])) }
    profile.titles = .init(
      mode: one(of: [.all, .all, .listed]), allow: some(of: Self.titles, oneIn: 5),
      block: some(of: Self.titles, oneIn: 6))
    profile.blockedGenres = some(of: Self.words, oneIn: 5)
    profile.blockedDescriptors = some(of: Self.words, oneIn: 5)
    profile.apps = .init(
      mode: one(of: [.all, .all, .listed]), allow: some(of: Self.apps, oneIn: 2), block: some(of: Self.apps, oneIn: 6))
    for app in some(of: Self.apps) { profile.apps.limits[app] = minutes() }
    if !happens(4) { profile.schedule = .init(days: (0..<7).map { _ in happens(5) ? nil : windows() }) }
    if !happens(3) { profile.budget = .init(days: (0..<7).map { _ in happens(4) ? nil : minutes() }) }
    profile.grants = (0..<number(in: 0...4)).map { grant("g\($0)", centre) }
    return profile
  }

  private mutating func minutes() -> Int { happens(6) ? one(of: [0, 1_440]) : number(in: 0...240) }

  private mutating func windows() -> [Profile.Window] {
    (0..<number(in: 0...3)).map { _ in
      // Often at the hours in which clocks change.
      let start = happens(2) ? number(in: 0...240) : number(in: 0...1_439)
      let end = happens(4) ? 1_440 : min(1_440, start + number(in: 1...600))
      return Profile.Window(start: start, end: end)
    }
  }

  private mutating func grant(_ id: String, _ centre: Int) -> Profile.Grant {
    let from = instant(around: centre, within: 120_000)
    let kind: Profile.Grant.Kind = one(of: [.window, .time(minutes: minutes()), .title(one(of: Self.titles))])
    return .init(id: id, from: from, until: from + Int64(number(in: -10...200_000)), kind: kind)
  }

  // MARK: A question

  mutating func question(around centre: Int, within seconds: Int) -> Question {
    let title =
      happens(4)
      ? nil
      : TitleFacts(
        reference: one(of: Self.titles), ratings: some(of: Self.ratings), genres: some(of: Self.words, oneIn: 6),
        descriptors: some(of: Self.words, oneIn: 6))
    let app = happens(3) ? nil : one(of: Self.apps)
    var used = Used(totalSeconds: Int64(happens(3) ? 0 : number(in: 0...15_000)))
    for app in Self.apps where happens(2) { used.appSeconds[app] = Int64(number(in: 0...9_000)) }
    return Question(
      profile: happens(40) ? "nobody" : one(of: ["mia", "mia", "anna"]), at: instant(around: centre, within: seconds),
      title: title, app: app, used: used, policyAgeSeconds: Int64(number(in: 0...250_000)))
  }
}
