/// Reads a policy document (`spec/policy.md` §1) and refuses whatever is not whole and valid.
///
/// Every error is a `DecodingError` whose coding path, with the missing key of `keyNotFound` appended, names the
/// offending member. Unknown members are ignored; a null where the specification names none is a wrong type.
/// `aud` and `prev` belong to the envelope and are not looked at.
extension Policy: Decodable {
  enum CodingKeys: String, CodingKey {
    case schema, family, version, region, pause, requests, services, profiles
    case issuedAt = "issued_at"
    case timeZone = "time_zone"
    case timeZoneRule = "time_zone_rule"
    case staleAfterSeconds = "stale_after_s"
    case whenStale = "when_stale"
    case defaultProfile = "default_profile"
    case offlineMinutes = "offline_minutes"
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    try members.check(try members.decodeWhole(Int.self, .schema) == 1, .schema, "expected schema 1")
    self.init(
      family: try members.decode(String.self, forKey: .family),
      version: try members.decodeWhole(Int.self, .version),
      issuedAt: try members.decode(WallTime.self, forKey: .issuedAt),
      timeZone: try members.decode(String.self, forKey: .timeZone),
      region: try members.decode(String.self, forKey: .region),
      profiles: [])
    try members.check(version >= 1, .version, "expected a version from 1 on")
    try members.check(!timeZone.isEmpty, .timeZone, "expected the name of a time zone")
    try members.check(Policy.isRegion(region), .region, "expected a region of two capital letters")
    try decodeOptionalMembers(of: members)
    profiles = try members.decode([Profile].self, forKey: .profiles)
    try checkProfiles(in: members)
    dropUnusableDefaultProfile()
  }

  private mutating func decodeOptionalMembers(of members: KeyedDecodingContainer<CodingKeys>) throws {
    timeZoneRule = try members.decodeWhereGiven(String.self, .timeZoneRule)
    if let timeZoneRule {
      do {
        _ = try TimeZoneRules(posix: timeZoneRule)
      } catch {
        throw DecodingError.dataCorruptedError(forKey: .timeZoneRule, in: members, debugDescription: "\(error)")
      }
    }
    staleAfterSeconds = try members.decodeWholeWhereGiven(Int64.self, .staleAfterSeconds) ?? staleAfterSeconds
    whenStale = try members.decodeWhereGiven(WhenStale.self, .whenStale) ?? whenStale
    pause = try members.decodeIfPresent(Pause.self, forKey: .pause)
    requests = try members.decodeWhereGiven(Requests.self, .requests) ?? requests
    defaultProfile = try members.decodeIfPresent(String.self, forKey: .defaultProfile)
    offlineMinutes = try members.decodeMinutesWhereGiven(.offlineMinutes) ?? offlineMinutes
    services = try members.decodeWhereGiven([String].self, .services) ?? services
  }

  private func checkProfiles(in members: KeyedDecodingContainer<CodingKeys>) throws {
    try members.check(!profiles.isEmpty, .profiles, "expected at least one profile")
    var seen: Set<String> = []
    for (index, profile) in profiles.enumerated() where !seen.insert(profile.id).inserted {
      let path =
        members.codingPath + [CodingKeys.profiles, MemberName(intValue: index), Profile.CodingKeys.id]
        as [any CodingKey]
      throw DecodingError.dataCorrupted(.init(codingPath: path, debugDescription: "two profiles have this id"))
    }
  }

  /// A default that names nobody, or a profile with a PIN, counts as null.
  private mutating func dropUnusableDefaultProfile() {
    if !profiles.contains(where: { $0.id == defaultProfile && $0.pin == nil }) { defaultProfile = nil }
  }

  private static func isRegion(_ text: String) -> Bool {
    text.utf8.count == 2 && text.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
  }
}

extension Policy.Pause: Decodable {
  enum CodingKeys: String, CodingKey { case until, message }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    guard members.contains(.until) else {
      let context = DecodingError.Context(
        codingPath: members.codingPath, debugDescription: "expected an instant or null")
      throw DecodingError.keyNotFound(CodingKeys.until, context)
    }
    self.init(
      until: try members.decodeIfPresent(WallTime.self, forKey: .until),
      message: try members.decode(String.self, forKey: .message))
  }
}

extension Policy.Requests: Decodable {
  enum CodingKeys: String, CodingKey { case titles, time }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      titles: try members.decodeWhereGiven(Bool.self, .titles) ?? true,
      time: try members.decodeWhereGiven(Bool.self, .time) ?? true)
  }
}

/// A member's name or an element's index where no list of names is fixed.
struct MemberName: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
  init(intValue: Int) { (stringValue, self.intValue) = (String(intValue), intValue) }
}

extension KeyedDecodingContainer {
  /// Nil where the member is absent; a null is a wrong type, as the specification allows it by name only.
  func decodeWhereGiven<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
    contains(key) ? try decode(type, forKey: key) : nil
  }

  /// A whole number; one that the type cannot hold is refused at this member.
  func decodeWhole<Value: FixedWidthInteger & Decodable>(_ type: Value.Type, _ key: Key) throws -> Value {
    do {
      return try decode(type, forKey: key)
    } catch let error as DecodingError {
      throw error
    } catch {
      // The JSON decoder has an error of its own, without a path, for a number that the type cannot hold.
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "expected a whole number")
    }
  }

  /// As `decodeWhole`; nil where the member is absent.
  func decodeWholeWhereGiven<Value: FixedWidthInteger & Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
    contains(key) ? try decodeWhole(type, key) : nil
  }

  /// Whole minutes from 0 to a day's 1,440.
  func decodeMinutes(_ key: Key) throws -> Int {
    let minutes = try decodeWhole(Int.self, key)
    try check((0...1_440).contains(minutes), key, "expected minutes from 0 to 1440")
    return minutes
  }

  /// As `decodeMinutes`; nil where the member is absent.
  func decodeMinutesWhereGiven(_ key: Key) throws -> Int? {
    contains(key) ? try decodeMinutes(key) : nil
  }

  /// Refuses the member unless the condition holds.
  func check(_ condition: Bool, _ key: Key, _ expectation: String) throws {
    guard condition else {
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: expectation)
    }
  }
}
