extension TitleReference: Codable {
  /// Nil where the text has not the form of a reference.
  package init?(_ text: some StringProtocol) {
    guard TitleReference.isWellFormed(text.utf8) else { return nil }
    self.text = String(text)
  }

  /// The same for a whole string, which needs no generic code: this one is on the way of every title of a shelf.
  package init?(_ text: String) {
    guard TitleReference.isWellFormed(text.utf8) else { return nil }
    self.text = text
  }

  /// The references that a list entry may name to match this one: itself, its season, its show.
  package var selfAndAncestors: [TitleReference] {
    var result = [self]
    var rest = text[...]
    while let slash = rest.utf8.lastIndex(of: UInt8(ascii: "/")) {
      rest = rest[..<slash]
      result.append(TitleReference(unchecked: String(rest)))
    }
    return result
  }

  private init(unchecked text: String) { self.text = text }

  private static func isWellFormed(_ bytes: some Collection<UInt8>) -> Bool {
    let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 3 else { return false }
    let source = parts[0]
    guard (2...12).contains(source.count), let first = source.first, isLower(first),
      source.allSatisfy({ isLower($0) || isDigit($0) }),
      parts[1].elementsEqual("movie".utf8) || parts[1].elementsEqual("tv".utf8)
    else { return false }
    let path = parts[2].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard path.count <= 3, let id = path.first, (1...64).contains(id.count), id.allSatisfy(isIdentifier) else {
      return false
    }
    return path.dropFirst().allSatisfy { (1...4).contains($0.count) && $0.allSatisfy(isDigit) }
  }

  private static func isLower(_ b: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(b) }
  private static func isDigit(_ b: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(b) }
  private static func isIdentifier(_ b: UInt8) -> Bool {
    isLower(b) || isDigit(b) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(b) || b == UInt8(ascii: "_")
      || b == UInt8(ascii: "-")
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let value = TitleReference(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected a title reference")
    }
    self = value
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
