import AgentCore
import Foundation

/// A line of the import format: a title of `spec/wire.md` §4 whose offers name region and service too.
///
/// Members that the wire does not know are ignored and not stored.
struct ImportedTitle: Decodable {
  var ref: TitleReference
  var kind: Title.Kind
  var name: String
  var year: Int?
  var runtime_min: Int?
  var genres: [String]?
  var descriptors: [String]?
  var ratings: [Rating]?
  var popularity: Double?
  var imdb: String?
  var show: TitleReference?
  var poster: [String: String]?
  var offers: [ImportedOffer]

  struct ImportedOffer: Decodable {
    var region: String
    var service: String
    var type: Offer.Access
    var link: String
    var video_link: String?
    var quality: Offer.Quality?
    var audios: [String]?
    var subtitles: [String]?
    var available_since: WallTime?
    var expires_on: WallTime?
    var price: Offer.Price?
  }

  /// Why a line is refused, in a few words.
  struct Refusal: Error { var reason: String }

  init(line: [UInt8], decoder: JSONDecoder) throws(Refusal) {
    do { self = try decoder.decode(ImportedTitle.self, from: Data(line)) } catch let error as DecodingError {
      throw Refusal(reason: ImportedTitle.words(error))
    } catch { throw Refusal(reason: "it is no JSON object") }
    if name.isEmpty { throw Refusal(reason: "name is empty") }
    if kind == .season || kind == .episode, show == nil { throw Refusal(reason: "a \(kind.rawValue) needs show") }
    try checkText()
    if offers.count > Limits.titleOffers { throw Refusal(reason: "more than \(Limits.titleOffers) offers") }
    for offer in offers {
      guard ShelfName("\(offer.region)/\(offer.service)") != nil else {
        throw Refusal(reason: "\(offer.region)/\(offer.service) names no shelf")
      }
      if offer.link.isEmpty { throw Refusal(reason: "an offer's link is empty") }
    }
  }

  /// What every box would leave out: a name or word that is too long, too many of them, a zero byte.
  private func checkText() throws(Refusal) {
    let words = (genres ?? []) + (descriptors ?? []) + (ratings ?? []).flatMap { [$0.system, $0.value] }
    if name.utf8.count > Limits.titleNameBytes {
      throw Refusal(reason: "name is longer than \(Limits.titleNameBytes) bytes")
    }
    if words.contains(where: { $0.utf8.count > Limits.titleWordBytes }) {
      throw Refusal(reason: "a genre, descriptor or rating is longer than \(Limits.titleWordBytes) bytes")
    }
    if (genres ?? []).count > Limits.titleWords || (descriptors ?? []).count > Limits.titleWords {
      throw Refusal(reason: "more than \(Limits.titleWords) genres or descriptors")
    }
    if (ratings ?? []).count > Limits.titleRatings { throw Refusal(reason: "more than \(Limits.titleRatings) ratings") }
    if offers.contains(where: { $0.link.utf8.count > Limits.linkBytes }) {
      throw Refusal(reason: "an offer's link is longer than \(Limits.linkBytes) bytes")
    }
    if ([name] + words).contains(where: { $0.utf8.contains(0) }) { throw Refusal(reason: "a text holds a zero byte") }
  }

  private static func words(_ error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: "/") }
    switch error {
    case .keyNotFound(let key, let context): return "\(place(context.codingPath + [key])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return context.codingPath.isEmpty ? "it is no JSON object" : "\(place(context.codingPath)) has a wrong type"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty ? "it is no JSON object" : "\(place(context.codingPath)) has no valid value"
    @unknown default: return "it cannot be read"
    }
  }

  /// TITLE up to its offers, in the wire's order of members: the same title gives the same bytes.
  var body: [UInt8] {
    var json = CanonicalJSON()
    json.open()
    json.member("ref", ref.text)
    json.member("kind", kind.rawValue)
    json.member("name", name)
    json.member("year", year)
    json.member("runtime_min", runtime_min)
    json.member("genres", genres ?? [])
    json.member("descriptors", descriptors ?? [])
    json.objects("ratings", ratings ?? []) { rating, json in
      json.member("system", rating.system)
      json.member("value", rating.value)
    }
    if let popularity { json.raw("popularity", "\(popularity)") }
    json.member("imdb", imdb)
    json.member("show", show?.text)
    if let poster, !poster.isEmpty {
      json.name("poster")
      json.open()
      for (width, hash) in poster.sorted(by: { $0.key < $1.key }) { json.member(width, hash) }
      json.close()
    }
    return json.bytes
  }

  /// The offers by shelf, each list as the JSON array that stands in that shelf's TITLE.
  var offersByShelf: [(region: String, service: String, json: [UInt8])] {
    let groups = Dictionary(grouping: offers) { "\($0.region)/\($0.service)" }
    return groups.sorted { $0.key < $1.key }.compactMap { _, offers in
      guard let first = offers.first else { return nil }
      var json = CanonicalJSON()
      json.array(offers) { offer, json in
        json.member("type", offer.type.rawValue)
        json.member("link", offer.link)
        json.member("video_link", offer.video_link)
        json.member("quality", offer.quality?.rawValue)
        if let audios = offer.audios { json.member("audios", audios) }
        if let subtitles = offer.subtitles { json.member("subtitles", subtitles) }
        json.member("available_since", offer.available_since?.description)
        json.member("expires_on", offer.expires_on?.description)
        if let price = offer.price {
          json.name("price")
          json.open()
          json.member("amount", price.amount)
          json.member("currency", price.currency)
          json.close()
        }
      }
      return (first.region, first.service, json.bytes)
    }
  }
}
