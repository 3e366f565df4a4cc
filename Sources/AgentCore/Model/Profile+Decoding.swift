/// Reads one profile of a policy document (`spec/policy.md` §1); errors as of `Policy`.
extension Profile: Decodable {
  enum CodingKeys: String, CodingKey {
    case id, name, kind, pin, pause, maturity, titles, genres, descriptors, apps, schedule, budget, purchases, grants
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      id: try members.decode(String.self, forKey: .id),
      name: try members.decode(String.self, forKey: .name),
      kind: try members.decode(Kind.self, forKey: .kind))
    pin = try members.decodeIfPresent(PINVerifier.self, forKey: .pin)
    pause = try members.decodeIfPresent(Policy.Pause.self, forKey: .pause)
    maturity = try members.decodeIfPresent(Maturity.self, forKey: .maturity)
    titles = try members.decodeWhereGiven(TitleRules.self, .titles) ?? titles
    blockedGenres = try members.decodeWhereGiven(BlockList.self, .genres)?.block ?? []
    blockedDescriptors = try members.decodeWhereGiven(BlockList.self, .descriptors)?.block ?? []
    apps = try members.decodeWhereGiven(AppRules.self, .apps) ?? apps
    schedule = try members.decodeIfPresent(Schedule.self, forKey: .schedule)
    budget = try members.decodeIfPresent(Budget.self, forKey: .budget)
    purchases = try members.decodeWhereGiven(Bool.self, .purchases) ?? purchases
    grants = try members.decodeWhereGiven([Grant].self, .grants) ?? grants
  }
}

extension Profile.PINVerifier: Decodable {
  enum CodingKeys: String, CodingKey { case n, r, p, salt, hash }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      n: try members.decodeWhole(Int.self, .n),
      r: try members.decodeWhole(Int.self, .r),
      p: try members.decodeWhole(Int.self, .p),
      salt: try members.decode(String.self, forKey: .salt),
      hash: try members.decode(String.self, forKey: .hash))
    let isPowerOfTwo = n > 0 && n & (n - 1) == 0
    try members.check(isPowerOfTwo && (2...32_768).contains(n), .n, "expected a power of two from 2 to 32768")
    try members.check((1...8).contains(r), .r, "expected 1 to 8")
    try members.check((1...4).contains(p), .p, "expected 1 to 4")
    try members.check(isBase64URL(salt), .salt, "expected base64url")
    try members.check(isBase64URL(hash), .hash, "expected base64url")
  }
}

/// Unpadded base64url of at least one byte (RFC 4648 §5).
private func isBase64URL(_ text: String) -> Bool {
  !text.isEmpty && text.utf8.count % 4 != 1
    && text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
}

extension Profile.Maturity: Decodable {
  enum CodingKeys: String, CodingKey {
    case maxAge = "max_age"
    case unrated
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      maxAge: try members.decodeWhole(Int.self, .maxAge),
      unrated: try members.decode(Profile.Unrated.self, forKey: .unrated))
  }
}

extension Profile.TitleRules: Decodable {
  enum CodingKeys: String, CodingKey { case mode, allow, block }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      mode: try members.decodeWhereGiven(Profile.Mode.self, .mode) ?? .all,
      allow: try members.decodeWhereGiven([TitleReference].self, .allow) ?? [],
      block: try members.decodeWhereGiven([TitleReference].self, .block) ?? [])
  }
}

/// The document's form of blocked genres and descriptors.
private struct BlockList: Decodable {
  var block: [String]

  enum CodingKeys: String, CodingKey { case block }

  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    block = try members.decodeWhereGiven([String].self, .block) ?? []
  }
}

extension Profile.AppRules: Decodable {
  enum CodingKeys: String, CodingKey { case mode, allow, block, limits }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      mode: try members.decodeWhereGiven(Profile.Mode.self, .mode) ?? .all,
      allow: try members.decodeWhereGiven([String].self, .allow) ?? [],
      block: try members.decodeWhereGiven([String].self, .block) ?? [])
    guard members.contains(.limits) else { return }
    let apps = try members.nestedContainer(keyedBy: MemberName.self, forKey: .limits)
    for app in apps.allKeys {
      limits[app.stringValue] = try apps.decodeMinutes(app)
    }
  }
}

/// The days of a week as the document names them, Monday first.
private enum WeekdayKey: String, CodingKey, CaseIterable { case mon, tue, wed, thu, fri, sat, sun }

extension Profile.Schedule: Decodable {
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: WeekdayKey.self)
    self.init(days: try WeekdayKey.allCases.map { try members.decodeWhereGiven([Profile.Window].self, $0) })
  }
}

extension Profile.Window: Decodable {
  package init(from decoder: any Decoder) throws {
    var ends = try decoder.unkeyedContainer()
    let start = try Profile.Window.decodeClockTime(from: &ends)
    let end = try Profile.Window.decodeClockTime(from: &ends)
    guard ends.isAtEnd, start < end else {
      let message = "expected a start and a later end on the same day"
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: message))
    }
    self.init(start: start, end: end)
  }

  /// The next element, `00:00` to `24:00`, in minutes of the day.
  private static func decodeClockTime(from ends: inout any UnkeyedDecodingContainer) throws -> Int {
    let path = ends.codingPath + [MemberName(intValue: ends.currentIndex)] as [any CodingKey]
    guard !ends.isAtEnd else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: ends.codingPath, debugDescription: "expected a start and an end"))
    }
    guard let minutes = minutesOfDay(try ends.decode(String.self)) else {
      throw DecodingError.dataCorrupted(.init(codingPath: path, debugDescription: "expected a time such as 15:30"))
    }
    return minutes
  }

  private static func minutesOfDay(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":") else { return nil }
    let digits = [bytes[0], bytes[1], bytes[3], bytes[4]].map { Int($0) - 48 }
    guard digits.allSatisfy((0...9).contains) else { return nil }
    let (hour, minute) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
    return minute < 60 && hour * 60 + minute <= 1_440 ? hour * 60 + minute : nil
  }
}

extension Profile.Budget: Decodable {
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: WeekdayKey.self)
    self.init(days: try WeekdayKey.allCases.map { try members.decodeMinutesWhereGiven($0) })
  }
}

extension Profile.Grant: Decodable {
  enum CodingKeys: String, CodingKey { case id, from, until, kind, minutes, title }

  private enum KindName: String, Decodable { case time, window, title }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    let kind: Kind =
      switch try members.decode(KindName.self, forKey: .kind) {
      case .time: .time(minutes: try members.decodeMinutes(.minutes))
      case .window: .window
      case .title: .title(try members.decode(TitleReference.self, forKey: .title))
      }
    self.init(
      id: try members.decode(String.self, forKey: .id),
      from: try members.decode(WallTime.self, forKey: .from),
      until: try members.decode(WallTime.self, forKey: .until),
      kind: kind)
  }
}
