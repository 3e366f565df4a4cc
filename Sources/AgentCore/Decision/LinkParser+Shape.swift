extension LinkParser {
  /// The shape of an id on a service, and how it is written (`spec/links.md` §1, column *id*).
  enum Shape {
    case digits(ClosedRange<Int>)
    case hex(ClosedRange<Int>)
    case alphanumeric(ClosedRange<Int>)
    /// `A-Za-z0-9_-`
    case identifier(ClosedRange<Int>)
    /// Hexadecimal 8-4-4-4-12, given back in lower case.
    case uuid
    /// A UUID alone or behind a slug and `-`.
    case uuidAfterSlug
    /// `PREFIX` and a UUID.
    case prefixedUUID(String)
    /// The slug is the id, as written.
    case slug
    case asin, umc, crunchyroll, channel, imdb
    /// Groups of `0-9a-z` joined by `-`.
    case groups
    /// 11–40 of `A-Za-z0-9_-`, and `.P` or not.
    case googlePlay

    /// Any number of digits; a link's own length is the limit.
    static let anyDigits = Shape.digits(1...Limits.linkBytes)

    /// The id as the locator carries it, or nil where the segment has another shape.
    func id(in segment: Segment) -> String? {
      let bytes = segment.decoded
      switch self {
      case .digits(let length): return text(bytes, length, where: isDigit)
      case .hex(let length): return text(bytes, length) { isDigit($0) || (97...102).contains($0) }
      case .alphanumeric(let length): return text(bytes, length, where: isAlphanumeric)
      case .identifier(let length): return text(bytes, length, where: isIdentifier)
      case .uuid: return uuid(bytes)
      case .uuidAfterSlug: return uuidAfterSlug(segment)
      case .prefixedUUID(let prefix): return uuid(bytes, after: prefix)
      case .slug: return isSlug(segment.raw) ? String(decoding: segment.raw, as: UTF8.self) : nil
      case .asin: return text(bytes, 10...32) { isUpper($0) || isDigit($0) }
      case .umc: return text(bytes, 20...32, after: "umc.cmc.", where: isLowerOrDigit)
      case .crunchyroll: return text(bytes, 7...11, after: "G") { isUpper($0) || isDigit($0) }
      case .channel:
        return text(bytes, 4...25) { isAlphanumeric($0) || $0 == UInt8(ascii: "_") }.map { lowerCased($0.utf8) }
      case .imdb: return text(bytes, 7...10, after: "tt", where: isDigit)
      case .groups: return groups(bytes)
      case .googlePlay:
        let name = bytes.suffix(2).elementsEqual(".P".utf8) ? bytes.dropLast(2) : bytes
        return text(name, 11...40, where: isIdentifier).map { _ in String(decoding: bytes, as: UTF8.self) }
      }
    }

    private func text(
      _ bytes: ArraySlice<UInt8>, _ length: ClosedRange<Int>, after prefix: String = "",
      where isAllowed: (UInt8) -> Bool
    ) -> String? {
      guard bytes.starts(with: prefix.utf8) else { return nil }
      let rest = bytes.dropFirst(prefix.utf8.count)
      guard length.contains(rest.count), rest.allSatisfy(isAllowed) else { return nil }
      return String(decoding: bytes, as: UTF8.self)
    }

    private func uuid(_ bytes: ArraySlice<UInt8>, after prefix: String = "") -> String? {
      guard bytes.starts(with: prefix.utf8) else { return nil }
      let rest = bytes.dropFirst(prefix.utf8.count)
      return isUUID(rest) ? prefix + lowerCased(rest) : nil
    }

    private func uuidAfterSlug(_ segment: Segment) -> String? {
      let end = segment.decoded.suffix(uuidLength)
      guard isUUID(end) else { return nil }
      guard segment.decoded.count > uuidLength else { return lowerCased(end) }
      guard segment.decoded.dropLast(uuidLength).last == UInt8(ascii: "-"),
        isSlug(segment.raw.dropLast(uuidLength + 1))
      else { return nil }
      return lowerCased(end)
    }

    private func groups(_ bytes: ArraySlice<UInt8>) -> String? {
      let parts = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
      guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isLowerOrDigit) }) else { return nil }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  static let uuidLength = 36

  static func isUUID(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count == uuidLength else { return false }
    return zip(0..., bytes).allSatisfy { position, byte in
      switch position {
      case 8, 13, 18, 23: byte == UInt8(ascii: "-")
      default: hexValue(byte) != nil
      }
    }
  }
}
