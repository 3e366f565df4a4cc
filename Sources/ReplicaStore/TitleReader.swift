import AgentCore
import Database

/// Reads TITLE (`spec/wire.md` §4).
enum TitleReader {
  /// What is in a `put`.
  enum Reading {
    /// No JSON object, or no reference in it: the part is refused.
    case nothing
    /// The reference can be read and the rest not: it counts, and is skipped for display.
    case referenceAlone(TitleReference)
    case title(TitleReference, TitleMembers)
  }

  static func read(_ title: Span<UInt8>) -> Reading {
    var cursor = JSONCursor()
    var draft = Draft()
    do throws(JSONFault) {
      try cursor.object(title) { (cursor, name) throws(JSONFault) in try draft.take(name, &cursor, title) }
    } catch { return .nothing }
    guard cursor.isAtEnd(title), let reference = draft.reference else { return .nothing }
    guard draft.isReadable, cursor.isDisplayable, draft.isWhole, (try? UTF8Span(validating: title)) != nil else {
      return .referenceAlone(reference)
    }
    return .title(reference, draft.members)
  }

  /// Members as they come.
  private struct Draft {
    var reference: TitleReference?
    var members = TitleMembers()
    var seen: Set = []
    var isReadable = true

    struct Set: OptionSet {
      var rawValue: UInt16
      static let ref = Set(rawValue: 1 << 0)
      static let kind = Set(rawValue: 1 << 1)
      static let name = Set(rawValue: 1 << 2)
      static let year = Set(rawValue: 1 << 3)
      static let runtime = Set(rawValue: 1 << 4)
      static let popularity = Set(rawValue: 1 << 5)
      static let imdb = Set(rawValue: 1 << 6)
      static let show = Set(rawValue: 1 << 7)
      static let ratings = Set(rawValue: 1 << 8)
      static let genres = Set(rawValue: 1 << 9)
      static let descriptors = Set(rawValue: 1 << 10)
      static let offers = Set(rawValue: 1 << 11)
    }

    /// What is required is there, and a season or episode names its show.
    var isWhole: Bool {
      seen.isSuperset(of: [.ref, .kind, .name, .offers])
        && (members.show != nil || members.kind == .movie || members.kind == .show)
    }

    /// Walks over a member's value. What has a wrong type or stands twice makes the rest unreadable.
    mutating func take(
      _ name: JSONCursor.Text, _ cursor: inout JSONCursor, _ bytes: Span<UInt8>
    ) throws(JSONFault) {
      guard let member = Draft.member(name, bytes) else { return _ = try cursor.skip(bytes) }
      let isFirst = seen.insert(member).inserted
      let isRight: Bool
      switch member {
      case .ref: isRight = try takeReference(&cursor, bytes)
      case .kind: isRight = try takeKind(&cursor, bytes)
      case .name: isRight = try cursor.text(bytes, max: StoreLimits.nameBytes).store { members.name = $0 }
      case .year: isRight = try cursor.integer(bytes).storeOptional { members.year = $0 }
      case .runtime: isRight = try cursor.integer(bytes).storeOptional { members.runtimeMinutes = $0 }
      case .popularity: isRight = try cursor.double(bytes).storeOptional { members.popularity = $0 ?? 0 }
      case .imdb: isRight = try cursor.text(bytes, max: StoreLimits.wordBytes).storeOptional { members.imdb = $0 }
      case .show: isRight = try takeShow(&cursor, bytes)
      case .ratings: isRight = try cursor.arrayRange(bytes).storeOptional { members.ratings = $0 }
      case .genres: isRight = try cursor.arrayRange(bytes).storeOptional { members.genres = $0 }
      case .descriptors: isRight = try cursor.arrayRange(bytes).storeOptional { members.descriptors = $0 }
      default: isRight = try takeOffers(&cursor, bytes)
      }
      isReadable = isReadable && isRight && isFirst
    }

    private static func member(_ name: JSONCursor.Text, _ bytes: Span<UInt8>) -> Set? {
      for (word, member) in members where name.equals(word, bytes) { return member }
      return nil
    }

    private static let members: [(StaticString, Set)] = [
      ("ref", .ref), ("kind", .kind), ("name", .name), ("year", .year), ("runtime_min", .runtime), ("genres", .genres),
      ("descriptors", .descriptors), ("ratings", .ratings), ("popularity", .popularity), ("imdb", .imdb),
      ("show", .show), ("offers", .offers),
    ]

    /// One that stands twice is no readable reference, whichever of them was meant.
    private mutating func takeReference(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(JSONFault) -> Bool {
      let isFirst = reference == nil
      let text = try cursor.text(bytes, max: StoreLimits.wordBytes)
      guard isFirst, case .value(let string) = text else { throw JSONFault() }
      reference = string.string(bytes).flatMap { TitleReference($0) }
      return true
    }

    private mutating func takeKind(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(JSONFault) -> Bool {
      guard case .value(let text) = try cursor.text(bytes, max: StoreLimits.wordBytes),
        let kind = text.string(bytes).flatMap({ Title.Kind(rawValue: $0) })
      else { return false }
      members.kind = kind
      return true
    }

    private mutating func takeShow(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(JSONFault) -> Bool {
      let text = try cursor.text(bytes, max: StoreLimits.wordBytes)
      guard case .value(let string) = text else { return text.isAbsent }
      members.show = string.string(bytes).flatMap { TitleReference($0) }
      return members.show != nil
    }

    private mutating func takeOffers(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(JSONFault) -> Bool {
      guard try cursor.kind(bytes) == .array else {
        try cursor.skip(bytes)
        return false
      }
      var offers: [OfferMembers] = []
      var count = 0
      var isRight = true
      try cursor.array(bytes) { (cursor) throws(JSONFault) in
        count += 1
        switch try OfferReader.read(&cursor, bytes) {
        case .offer(let offer): if count <= Limits.titleOffers { offers.append(offer) }
        case .later: break
        case .wrong: isRight = false
        }
      }
      members.offers = offers
      return isRight && count <= Limits.titleOffers
    }
  }
}
