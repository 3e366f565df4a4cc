// The grammars that a table of paths cannot say.
extension LinkParser {
  /// `axolotly://title/REF`: the link is the reference.
  static func ownReference(_ link: Link) throws(LinkError) -> Locator {
    guard let host = link.authority, equalsIgnoringCase(host, "title"), !link.path.isEmpty else { throw .unknownForm }
    let text = link.pathSegments.map { String(decoding: $0.decoded, as: UTF8.self) }.joined(separator: "/")
    guard let reference = TitleReference(text) else { throw .malformed }
    return Locator(
      service: "axolotly", form: .reference, id: reference.text, canonical: "axolotly://title/\(reference.text)")
  }

  /// `plugin://ADDON/REST`: the link itself, its query kept, is what Kodi is handed.
  static func plugin(_ link: Link) throws(LinkError) -> Locator {
    guard let addOn = link.authority, !addOn.isEmpty,
      addOn.allSatisfy({ isLowerOrDigit($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }), !link.path.isEmpty
    else { throw .malformed }
    let query = link.query.bytes ?? []
    guard link.path.count > 1 || !query.isEmpty else { throw .malformed }
    let bytes = Array(addOn) + link.path + (link.query.bytes == nil ? [] : [UInt8(ascii: "?")]) + query
    guard bytes.count <= Limits.pluginIDBytes else { throw .malformed }
    let id = String(decoding: bytes, as: UTF8.self)
    return Locator(service: "kodi", form: .plugin, id: id, canonical: "plugin://\(id)")
  }

  /// `/movie/N[-SLUG]`, `/tv/N[-SLUG]`, and below the second `/season/S` and `/season/S/episode/E`.
  static func movieDatabaseReference(
    _ segments: ArraySlice<Segment>, root: String
  ) throws(LinkError) -> Locator {
    let words = Array(segments)
    guard words.count >= 2, let kind = ["movie", "tv"].first(where: { words[0].decoded.elementsEqual($0.utf8) }),
      words.count == 2 || kind == "tv", words.count <= 6, words.count % 2 == 0,
      words.count < 4 || words[2].decoded.elementsEqual("season".utf8),
      words.count < 6 || words[4].decoded.elementsEqual("episode".utf8)
    else { throw .unknownForm }
    guard let number = leadingNumber(words[1]) else { throw .malformed }
    var reference = "tmdb:\(kind):\(number)"
    var canonical = "\(root)/\(kind)/\(number)"
    for (word, part) in [("season", 3), ("episode", 5)] where part < words.count {
      guard let value = Shape.digits(1...4).id(in: words[part]) else { throw .malformed }
      reference += "/\(value)"
      canonical += "/\(word)/\(value)"
    }
    return Locator(service: "tmdb", form: .reference, id: reference, canonical: canonical)
  }

  /// `N` or `N-SLUG`.
  private static func leadingNumber(_ segment: Segment) -> String? {
    let raw = segment.raw
    guard let dash = raw.firstIndex(of: UInt8(ascii: "-")) else {
      return Shape.digits(1...Limits.referenceIDBytes).id(in: segment)
    }
    guard isSlug(raw[(dash + 1)...]) else { return nil }
    let number = Segment(raw: raw[..<dash], decoded: percentDecoded(raw[..<dash]))
    return Shape.digits(1...Limits.referenceIDBytes).id(in: number)
  }
}
