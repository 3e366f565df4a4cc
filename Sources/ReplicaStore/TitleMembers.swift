import AgentCore
import Database

/// A text of TITLE: where it stands, and itself where it was escaped there.
struct TitleString {
  var range: Range<Int>
  var unescaped: String?
}

/// What a `put` says of a title, checked for form; its facts are JSON still.
struct TitleMembers {
  var kind = Title.Kind.movie
  var name = TitleString(range: 0..<0)
  var year: Int64?
  var runtimeMinutes: Int64?
  var popularity = 0.0
  var imdb: TitleString?
  var show: TitleReference?
  /// Where the JSON arrays stand, not looked into yet; nil for absent ones.
  var ratings: Range<Int>?
  var genres: Range<Int>?
  var descriptors: Range<Int>?
  var offers: [OfferMembers] = []
}

struct OfferMembers {
  var type = Offer.Access.free
  var link = TitleString(range: 0..<0)
  var videoLink: TitleString?
  var quality: Offer.Quality?
  var availableSince: WallTime?
  var expiresOn: WallTime?
  var price: Offer.Price?
}

extension TitleString {
  /// Nil where the bytes are not UTF-8.
  func string(_ bytes: Span<UInt8>) -> String? { unescaped ?? String(validating: bytes.extracting(range)) }
}
