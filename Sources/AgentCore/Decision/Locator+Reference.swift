extension Locator {
  /// The title by which a link is decided that no offer of the replica names (`spec/links.md` §2).
  ///
  /// | form | reference |
  /// |---|---|
  /// | `watch`, `movie`, `episode`, `track` | `SERVICE:movie:ID` |
  /// | `reference` of `imdb` | `imdb:movie:ttID`, unless a title of the replica has that `imdb` |
  /// | another `reference` | the id |
  /// | every other | `SERVICE:tv:ID` |
  ///
  /// Nil only for a locator that `LinkParser` cannot have made.
  package var titleReference: TitleReference? {
    switch form {
    case .reference where service != "imdb": TitleReference(id)
    case .watch, .movie, .episode, .track, .reference: TitleReference("\(service):movie:\(plainID)")
    default: TitleReference("\(service):tv:\(plainID)")
    }
  }

  /// Whether the link plays at once rather than opens a page.
  package var isVideo: Bool { form == .watch }

  /// The id with `-` for every character that a reference may not hold, cut at the length that one may have.
  private var plainID: String {
    var bytes: [UInt8] = []
    for character in id.unicodeScalars {
      guard bytes.count < Limits.referenceIDBytes else { break }
      let byte = UInt8(exactly: character.value) ?? UInt8(ascii: "-")
      bytes.append(LinkParser.isIdentifier(byte) ? byte : UInt8(ascii: "-"))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
