/// What is valid in a policy document but hardly meant (`spec/policy.md` §1), for whoever writes one.
package struct PolicyLint: Sendable {
  package struct Finding: Sendable, Equatable {
    /// A stable name of the kind of finding.
    package var code: Code
    /// A JSON Pointer.
    package var path: String
    package var text: String
  }

  package enum Code: String, Sendable, CaseIterable {
    case unknownMember = "unknown_member"
    case noWindow = "no_window"
    case overlappingWindows = "overlapping_windows"
    case allowedAndBlocked = "allowed_and_blocked"
    case budgetOverWindows = "budget_over_windows"
    case limitOverBudget = "limit_over_budget"
    case limitOfBlocked = "limit_of_blocked"
    case grantOverMidnight = "grant_over_midnight"
    case grantNeverActive = "grant_never_active"
    case grantOfBlocked = "grant_of_blocked"
    case defaultProfile = "default_profile"
    case unusableProfile = "unusable_profile"
    case unknownZone = "unknown_zone"
    case repeated = "repeated"
    case odd = "odd"
  }

  private let policy: Policy
  private let zone: TimeZoneRules
  private let document: JSONValue
  private var findings: [Finding] = []

  /// All findings, in the order of the document's parts.
  /// - Parameters:
  ///   - document: the same document as it was read, for members that the policy does not have.
  ///   - isZoneKnown: whether the system's tzdata has the policy's zone.
  package static func findings(
    of policy: Policy, document: JSONValue, zone: TimeZoneRules, isZoneKnown: Bool
  ) -> [Finding] {
    var lint = PolicyLint(policy: policy, zone: zone, document: document)
    lint.lookForUnknownMembers()
    lint.lookAtFamily(isZoneKnown: isZoneKnown)
    for (index, profile) in policy.profiles.enumerated() { lint.look(at: profile, "/profiles/\(index)") }
    return lint.findings
  }

  private init(policy: Policy, zone: TimeZoneRules, document: JSONValue) {
    (self.policy, self.zone, self.document) = (policy, zone, document)
  }

  private mutating func say(_ code: Code, _ path: String, _ text: String) {
    findings.append(Finding(code: code, path: path, text: text))
  }

  // MARK: Members

  private mutating func lookForUnknownMembers() {
    for path in DocumentShape.policy.unknownMembers(of: document, at: "") {
      say(.unknownMember, path, "no device reads this member; is it misspelt?")
    }
  }

  // MARK: The family

  private mutating func lookAtFamily(isZoneKnown: Bool) {
    if !isZoneKnown {
      say(.unknownZone, "/time_zone", "\(policy.timeZone) is unknown to this system; time_zone_rule stands in for it")
    }
    if let wanted = document["default_profile"]?.string, policy.defaultProfile == nil {
      let isKnown = policy.profiles.contains { $0.id == wanted }
      say(
        .defaultProfile, "/default_profile",
        isKnown
          ? "\(wanted) has a PIN, so nobody is active at boot"
          : "there is no profile \(wanted), so nobody is active at boot")
    }
    lookForRepeats(policy.services, "/services")
    lookForRepeats(policy.profiles.map(\.name), "/profiles", "two profiles are called")
    if policy.whenStale == .restrict, policy.staleAfterSeconds < Self.shortestStaleness {
      say(
        .odd, "/stale_after_s",
        "\(policy.staleAfterSeconds) s is less than two holds of the box's request: it would lock by itself")
    }
  }

  /// Two holds of the longest kind, seconds.
  private static let shortestStaleness: Int64 = 600

  private mutating func lookForRepeats(_ words: [String], _ path: String, _ what: String = "listed twice:") {
    var seen: Set<String> = []
    for word in words where !seen.insert(word).inserted { say(.repeated, path, "\(what) \(word)") }
  }

  // MARK: A profile

  private mutating func look(at profile: Profile, _ path: String) {
    lookAtLists(of: profile, path)
    lookAtDays(of: profile, path)
    lookAtLimits(of: profile, path)
    for (index, grant) in profile.grants.enumerated() { look(at: grant, of: profile, "\(path)/grants/\(index)") }
    lookForRepeats(profile.grants.map(\.id), "\(path)/grants", "two grants have the id")
    if let reason = Self.unusable(profile) { say(.unusableProfile, path, "nobody can use \(profile.id): \(reason)") }
    if profile.kind == .guest, profile.pin != nil { say(.odd, "\(path)/pin", "a guest with a PIN is no guest") }
    if let maturity = profile.maturity, !(0...21).contains(maturity.maxAge) {
      say(.odd, "\(path)/maturity/max_age", "\(maturity.maxAge) is no age that a rating has (0 to 21)")
    }
  }

  private mutating func lookAtLists(of profile: Profile, _ path: String) {
    for (index, title) in profile.titles.allow.enumerated() {
      if let blocker = title.selfAndAncestors.first(where: profile.titles.block.contains) {
        say(.allowedAndBlocked, "\(path)/titles/allow/\(index)", "\(title) stays blocked by \(blocker) in titles.block")
      }
    }
    for (index, app) in profile.apps.allow.enumerated() where profile.apps.block.contains(app) {
      say(.allowedAndBlocked, "\(path)/apps/allow/\(index)", "\(app) stays blocked by apps.block")
    }
    if profile.apps.mode == .all, !profile.apps.allow.isEmpty {
      say(.odd, "\(path)/apps/allow", "without mode listed it allows nothing that is not allowed anyway")
    }
    lookForRepeats(profile.titles.allow.map(\.text), "\(path)/titles/allow")
    lookForRepeats(profile.titles.block.map(\.text), "\(path)/titles/block")
    lookForRepeats(profile.apps.allow, "\(path)/apps/allow")
    lookForRepeats(profile.apps.block, "\(path)/apps/block")
  }

  private mutating func lookAtDays(of profile: Profile, _ path: String) {
    for (day, name) in Self.days.enumerated() {
      let windows = profile.schedule.flatMap { $0.days[day] }
      if let windows, windows.isEmpty {
        say(.noWindow, "\(path)/schedule/\(name)", "no window: nothing is allowed on this day")
      }
      let sorted = (windows ?? []).sorted { $0.start < $1.start }
      for (first, second) in zip(sorted, sorted.dropFirst()) where second.start < first.end {
        say(.overlappingWindows, "\(path)/schedule/\(name)", "two windows overlap")
      }
      guard let budget = profile.budget.flatMap({ $0.days[day] }) else { continue }
      let open = windows.map(Self.minutes) ?? 1_440
      if budget > open, open > 0 {
        say(
          .budgetOverWindows, "\(path)/budget/\(name)",
          "\(budget) minutes do not fit into the \(open) of the day's windows")
      }
    }
  }

  /// How many minutes the union of windows has.
  private static func minutes(_ windows: [Profile.Window]) -> Int {
    let edges = ScheduleEdges(union: windows.map { (Int64($0.start), Int64($0.end)) }).edges
    return stride(from: 0, to: edges.count, by: 2).reduce(0) { $0 + Int(edges[$1 + 1] - edges[$1]) }
  }

  private mutating func lookAtLimits(of profile: Profile, _ path: String) {
    let largest = profile.budget.map { $0.days.contains(nil) ? nil : $0.days.compactMap(\.self).max() } ?? nil
    for (app, limit) in profile.apps.limits.sorted(by: { $0.key < $1.key }) {
      let place = "\(path)/apps/limits/\(JSONPointer.escaped(app))"
      let isListed = profile.apps.mode == .all || profile.apps.allow.contains(app)
      if !isListed || profile.apps.block.contains(app) {
        say(.limitOfBlocked, place, "\(app) is not allowed, so its limit never counts")
      } else if let largest, limit > largest {
        say(.limitOverBudget, place, "\(limit) minutes are more than any day's budget (\(largest))")
      }
    }
  }

  private mutating func look(at grant: Profile.Grant, of profile: Profile, _ path: String) {
    guard grant.from < grant.until else {
      return say(.grantNeverActive, path, "it ends at \(grant.until), not after its begin at \(grant.from)")
    }
    switch grant.kind {
    case .time:
      let midnight = zone.nextMidnight(after: grant.from)
      if grant.until > midnight {
        say(.grantOverMidnight, path, "it spans the midnight at \(midnight), so its minutes count on both days")
      }
    case .title(let title):
      if let blocker = title.selfAndAncestors.first(where: profile.titles.block.contains) {
        say(.grantOfBlocked, path, "\(title) stays blocked by \(blocker) in titles.block")
      }
    case .window:
      if profile.schedule == nil { say(.odd, path, "the profile has no schedule that a window grant could lift") }
    }
  }

  /// Why a profile can open nothing on any day, whatever is asked; nil: it can.
  private static func unusable(_ profile: Profile) -> String? {
    let closed = (0..<7).allSatisfy { day in
      profile.schedule.flatMap { $0.days[day] }?.isEmpty == true || profile.budget.flatMap { $0.days[day] } == 0
    }
    if closed { return "no day has both a window and a budget" }
    if profile.apps.mode == .listed, Set(profile.apps.allow).subtracting(profile.apps.block).isEmpty {
      return "apps.mode is listed, and no app is allowed"
    }
    let titles = profile.titles
    let hasTitle = titles.allow.contains { !$0.selfAndAncestors.contains(where: titles.block.contains) }
    let isGranted = profile.grants.contains { if case .title = $0.kind { true } else { false } }
    return titles.mode == .listed && !hasTitle && !isGranted ? "titles.mode is listed, and no title is allowed" : nil
  }

  private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
}

/// The members that a document of schema 1 may have (`spec/policy.md` §1).
indirect enum DocumentShape: Sendable {
  case value
  case object([String: DocumentShape])
  case array(DocumentShape)

  static let policy = DocumentShape.object([
    "schema": .value, "family": .value, "version": .value, "issued_at": .value, "time_zone": .value,
    "time_zone_rule": .value, "region": .value, "stale_after_s": .value, "when_stale": .value, "pause": pause,
    "requests": .object(["titles": .value, "time": .value]), "default_profile": .value, "offline_minutes": .value,
    "services": .value, "profiles": .array(profile),
    // The envelope's (`spec/wire.md` §3).
    "aud": .value, "prev": .value,
  ])

  private static let pause = DocumentShape.object(["until": .value, "message": .value])
  private static let week = DocumentShape.object(
    Dictionary(uniqueKeysWithValues: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map { ($0, .value) }))
  private static let blocked = DocumentShape.object(["block": .value])
  private static let profile = DocumentShape.object([
    "id": .value, "name": .value, "kind": .value,
    "pin": .object(["n": .value, "r": .value, "p": .value, "salt": .value, "hash": .value]), "pause": pause,
    "maturity": .object(["max_age": .value, "unrated": .value]),
    "titles": .object(["mode": .value, "allow": .value, "block": .value]), "genres": blocked, "descriptors": blocked,
    "apps": .object(["mode": .value, "allow": .value, "block": .value, "limits": .value]), "schedule": week,
    "budget": week, "purchases": .value,
    "grants": .array(
      .object([
        "id": .value, "from": .value, "until": .value, "kind": .value, "minutes": .value, "title": .value,
      ])),
  ])

  /// Paths of what is there and not in the shape, sorted.
  func unknownMembers(of value: JSONValue, at path: String) -> [String] {
    switch (self, value) {
    case (.object(let known), .object(let members)):
      members.sorted { $0.key < $1.key }.flatMap { name, member -> [String] in
        let place = "\(path)/\(JSONPointer.escaped(name))"
        return known[name]?.unknownMembers(of: member, at: place) ?? [place]
      }
    case (.array(let element), .array(let values)):
      values.enumerated().flatMap { element.unknownMembers(of: $1, at: "\(path)/\($0)") }
    default: []
    }
  }
}
