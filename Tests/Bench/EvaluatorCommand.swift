import AgentCore
import ArgumentParser

/// The evaluator by itself, on one core: a large policy compiled, and decisions by it.
struct EvaluatorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluator", abstract: "Measure compiling a large policy, and deciding by it.")
  @Option(help: "How many decisions.") var decisions = 200_000

  static let profiles = 12
  static let titleEntries = 5_000

  func validate() throws {
    guard (1_000...100_000_000).contains(decisions) else {
      throw ValidationError("--decisions has to be from 1000 to 100000000")
    }
  }

  func run() throws {
    let zone = try TimeZoneRules(posix: "EST5EDT,M3.2.0,M11.1.0")
    let policy = Self.policy
    var compiling = Samples()
    for _ in 0..<20 { compiling.measure { _ = CompiledPolicy(policy, zone: zone) } }
    let compiled = CompiledPolicy(policy, zone: zone)
    let questions = Self.questions
    var allowed = 0
    for question in questions where compiled.decide(question).verdict == .allow { allowed += 1 }
    guard allowed > 0, allowed < questions.count else { throw BenchError("the questions are all of one kind") }
    let start = SuspendingClock.now
    for number in 0..<decisions where compiled.decide(questions[number % questions.count]).verdict == .allow {
      allowed += 1
    }
    let seconds = (SuspendingClock.now - start) / .seconds(1)
    let kind = "\(Self.profiles) profiles, \(Self.titleEntries) title entries, full schedules"
    try Figure(
      "policy_compile", "Compile a policy: \(kind)", compiling.median, "ms", note: "median of \(compiling.count)"
    ).write()
    try Figure(
      "decisions_per_second", "Decisions in the core, one core: \(kind)", Double(decisions) / seconds, "1/s",
      note: "with until and remaining_s; \(allowed * 100 / (decisions + questions.count)) % allowed"
    ).write()
  }

  // MARK: What is decided

  private static func title(_ number: Int) -> TitleReference {
    guard let title = TitleReference("tmdb:movie:\(number)") else { preconditionFailure("a number makes a reference") }
    return title
  }

  private static var policy: Policy {
    let windows = [
      Profile.Window(start: 420, end: 480), .init(start: 900, end: 1_020), .init(start: 1_080, end: 1_200),
    ]
    let entries = titleEntries / profiles / 2
    let members = (0..<profiles).map { number -> Profile in
      var profile = Profile(id: "p\(number)", name: "P", kind: .child)
      profile.maturity = .init(maxAge: number + 3, unrated: .ask)
      profile.titles.allow = (0..<entries).map { title($0 * profiles + number) }
      profile.titles.block = (0..<entries).map { title(100_000 + $0 * profiles + number) }
      profile.blockedGenres = ["horror", "war"]
      profile.apps.limits = ["youtube": 30, "netflix": 60]
      profile.schedule = .init(days: Array(repeating: windows, count: 7))
      profile.budget = .init(days: Array(repeating: 90, count: 7))
      profile.grants = [
        .init(id: "g", from: WallTime(seconds: at), until: WallTime(seconds: at + 7_200), kind: .time(minutes: 15))
      ]
      return profile
    }
    return Policy(
      family: "f", version: 1, issuedAt: WallTime(seconds: 0), timeZone: "America/New_York", region: "US",
      profiles: members)
  }

  /// 2026-03-02T20:30:00Z, half past three in New York.
  private static let at: Int64 = 1_772_483_400

  private static var questions: [Question] {
    (0..<1_200).map { number in
      Question(
        profile: "p\(number % profiles)", at: WallTime(seconds: at + Int64(number)),
        title: TitleFacts(
          reference: title(number % 3 == 0 ? number : 200_000 + number),
          ratings: [Rating(system: "US:movie", value: number % 2 == 0 ? "PG" : "R")], genres: ["drama", "comedy"]),
        app: number % 2 == 0 ? "netflix" : "disney", used: Used(totalSeconds: Int64(number)), policyAgeSeconds: 60)
    }
  }
}
