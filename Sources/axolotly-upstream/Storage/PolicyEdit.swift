import AgentCore
import UpstreamCore

/// One thing that a parent changes in a policy (`POST /v1/admin/families/F/policy/edits`).
struct PolicyEdit: Codable, Sendable {
  var edit: Kind
  var profile: String?
  var title: String?
  var minutes: Int?
  var until: WallTime?
  var message: String?
  /// With `grant` of time: the schedule does not apply for so many minutes.
  var opensHours: Bool?

  enum Kind: String, Codable, Sendable { case block, unblock, allow, pause, resume, grant }

  /// The document with this change; throws `PolicyFailure.edit` with what is missing.
  func applied(to policy: JSONValue, now: WallTime, zone: TimeZoneRules?, grantID: String) throws -> JSONValue {
    var policy = policy
    switch edit {
    case .pause, .resume:
      let pause = edit == .resume ? JSONValue.null : pauseValue
      guard profile != nil else {
        policy["pause"] = pause
        return policy
      }
      return try changingProfile(of: policy) { $0["pause"] = pause }
    case .block, .unblock, .allow:
      let title = try titleReference()
      return try changingProfile(of: policy) { profile in
        var titles = profile["titles"] ?? .object([:])
        PolicyEdit.list("block", of: &titles, contains: edit == .block, title)
        if edit != .unblock { PolicyEdit.list("allow", of: &titles, contains: edit == .allow, title) }
        profile["titles"] = titles
      }
    case .grant:
      let grant = try grantValue(now: now, zone: zone, id: grantID)
      return try changingProfile(of: policy) { profile in
        let held = (profile["grants"]?.array ?? []).filter { PolicyEdit.isOpen($0, at: now) }
        profile["grants"] = .array(held + [grant])
      }
    }
  }

  private var pauseValue: JSONValue {
    .object(["until": until.map { .string($0.description) } ?? .null, "message": .string(message ?? "")])
  }

  private func titleReference() throws -> String {
    guard let title, TitleReference(title) != nil else {
      throw FamilyStore.PolicyFailure.edit("title has to be a reference such as tmdb:movie:603")
    }
    return title
  }

  /// Time until the end of the family-local day, or the title for so many minutes.
  private func grantValue(now: WallTime, zone: TimeZoneRules?, id: String) throws -> JSONValue {
    guard let minutes, (1...1_440).contains(minutes) else {
      throw FamilyStore.PolicyFailure.edit("minutes has to be from 1 to 1440")
    }
    // A box whose clock is a little behind finds the grant active when it hears of it; a day that is over gets none of it.
    let zone = zone ?? .utc
    let from = max(now + -Self.clockSkewSeconds, zone.startOfDay(zone.day(at: now)))
    var grant: [String: JSONValue] = ["id": .string(id), "from": .string(from.description)]
    if title != nil {
      grant["kind"] = .string("title")
      grant["title"] = .string(try titleReference())
      grant["until"] = .string((now + Int64(minutes) * 60).description)
    } else if opensHours == true {
      grant["kind"] = .string("window")
      grant["until"] = .string((now + Int64(minutes) * 60).description)
    } else {
      grant["kind"] = .string("time")
      grant["minutes"] = .integer(Int64(minutes))
      grant["until"] = .string(zone.nextMidnight(after: now).description)
    }
    return .object(grant)
  }

  /// As `spec/wire.md` §1 allows for in assertions.
  private static let clockSkewSeconds: Int64 = 60

  private static func isOpen(_ grant: JSONValue, at now: WallTime) -> Bool {
    guard let until = grant["until"]?.string.flatMap({ WallTime($0) }) else { return true }
    return now < until
  }

  private func changingProfile(of policy: JSONValue, _ change: (inout JSONValue) -> Void) throws -> JSONValue {
    guard let profile else { throw FamilyStore.PolicyFailure.edit("profile is missing") }
    var policy = policy
    var profiles = policy["profiles"]?.array ?? []
    guard let index = profiles.firstIndex(where: { $0["id"]?.string == profile }) else {
      let known = profiles.compactMap { $0["id"]?.string }.joined(separator: ", ")
      throw FamilyStore.PolicyFailure.edit("the policy has no profile \(profile); it has \(known)")
    }
    change(&profiles[index])
    policy["profiles"] = .array(profiles)
    return policy
  }

  private static func list(_ name: String, of titles: inout JSONValue, contains isListed: Bool, _ title: String) {
    var entries = (titles[name]?.array ?? []).filter { $0.string != title }
    if isListed { entries.append(.string(title)) }
    titles[name] = .array(entries)
  }
}
