import AgentCore

/// The policy as text for people.
struct PolicyView {
  private let policy: Policy
  private let output: Output

  init(_ policy: Policy, _ output: Output) { (self.policy, self.output) = (policy, output) }

  func show() throws {
    try output.fact("Policy", "version \(policy.version) of family \(policy.family)")
    try output.fact("Issued", Words.instant("\(policy.issuedAt)"))
    try output.fact("Place", "\(policy.region), time zone \(policy.timeZone)")
    try output.fact("Services", list(policy.services) ?? "none")
    try output.fact("Pause", pause(policy.pause))
    let stale = policy.whenStale == .keep ? "stays in force" : "is restricted to adults"
    try output.fact("Unconfirmed", "after \(Words.age(policy.staleAfterSeconds)) it \(stale)")
    try output.fact("Default", policy.defaultProfile ?? "no profile")
    for profile in policy.profiles { try show(profile) }
  }

  private func show(_ profile: Profile) throws {
    try output.line()
    try output.line(
      profile.id, .heading, " (\(profile.name), \(profile.kind.rawValue)\(profile.pin == nil ? "" : ", with PIN"))")
    try output.fact("  Pause", pause(profile.pause))
    try output.fact("  Rating", profile.maturity.map { "up to age \($0.maxAge); unrated: \($0.unrated.rawValue)" })
    try output.fact("  Titles", titles(profile.titles))
    try output.fact("  Blocked", list(profile.blockedGenres + profile.blockedDescriptors))
    try output.fact("  Apps", apps(profile.apps))
    try output.fact("  Hours", profile.schedule.flatMap { week($0.days.map(hours)) })
    try output.fact("  Budget", profile.budget.flatMap { week($0.days.map { $0.map(minutes) }) })
    if profile.purchases { try output.fact("  Purchases", "allowed") }
    for grant in profile.grants { try output.fact("  Grant", text(of: grant)) }
  }

  private func pause(_ pause: Policy.Pause?) -> String? {
    guard let pause else { return nil }
    return (pause.until.map { "until \(Words.instant("\($0)"))" } ?? "until a parent ends it") + ": \(pause.message)"
  }

  private func titles(_ rules: Profile.TitleRules) -> String? {
    let parts = [
      rules.mode == .listed ? "only what is listed" : nil,
      rules.allow.isEmpty ? nil : "allowed: " + rules.allow.map(\.text).joined(separator: ", "),
      rules.block.isEmpty ? nil : "blocked: " + rules.block.map(\.text).joined(separator: ", "),
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  private func apps(_ rules: Profile.AppRules) -> String? {
    let limits = rules.limits.sorted { $0.key < $1.key }.map { "\($0.key) \(minutes($0.value)) a day" }
    let parts = [
      rules.mode == .listed ? "only what is listed" : nil,
      list(rules.allow).map { "allowed: " + $0 }, list(rules.block).map { "blocked: " + $0 }, list(limits),
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  private func hours(_ windows: [Profile.Window]?) -> String? {
    guard let windows else { return nil }
    if windows.isEmpty { return "not at all" }
    if windows == [Profile.Window(start: 0, end: 1_440)] { return nil }
    return windows.map { "\(minutes($0.start))-\(minutes($0.end))" }.joined(separator: " ")
  }

  /// Days in a row that have the same rule are named together; a day without one is left out. Nil: no day has one.
  private func week(_ days: [String?]) -> String? {
    var parts: [(first: Int, last: Int, rule: String)] = []
    for (index, rule) in days.enumerated() {
      guard let rule else { continue }
      if let last = parts.last, last.last == index - 1, last.rule == rule {
        parts[parts.count - 1].last = index
      } else {
        parts.append((index, index, rule))
      }
    }
    let texts = parts.map { part in
      let name = part.first == part.last ? Self.days[part.first] : "\(Self.days[part.first])-\(Self.days[part.last])"
      return "\(name) \(part.rule)"
    }
    return list(texts)
  }

  private func text(of grant: Profile.Grant) -> String {
    let what =
      switch grant.kind {
      case .time(let count): "\(minutes(count)) more"
      case .window: "outside the hours too"
      case .title(let title): "\(title)"
      }
    return "\(what), from \(Words.instant("\(grant.from)")) until \(Words.instant("\(grant.until)"))"
  }

  private func list(_ texts: [String]) -> String? { texts.isEmpty ? nil : texts.joined(separator: ", ") }

  /// `h:mm`, as a duration and as a time of the day.
  private func minutes(_ count: Int) -> String { "\(count / 60):\(count % 60 < 10 ? "0" : "")\(count % 60)" }

  private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
}
