/// The name of a title, `SOURCE:KIND:ID[/SEASON[/EPISODE]]` (`spec/policy.md` §1), for example `tmdb:tv:1399/1/3`.
package struct TitleReference: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The whole text; it has been checked for form.
  package let text: String

  package var description: String { text }

  /// By bytes, as the order of lines in a snapshot is.
  package static func < (a: TitleReference, b: TitleReference) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }
}

/// What a decision needs to know of a title.
package struct TitleFacts: Sendable, Equatable {
  package var reference: TitleReference
  package var ratings: [Rating]
  package var genres: [String]
  package var descriptors: [String]

  package init(reference: TitleReference, ratings: [Rating] = [], genres: [String] = [], descriptors: [String] = []) {
    (self.reference, self.ratings, self.genres, self.descriptors) = (reference, ratings, genres, descriptors)
  }
}

/// A rating by a system of `spec/ratings.json`, for example `US:movie` and `PG-13`.
package struct Rating: Hashable, Sendable, Codable {
  package var system: String
  package var value: String
  package init(system: String, value: String) { (self.system, self.value) = (system, value) }
}

/// A title as the replica holds it, the offers of all its shelves merged (`spec/wire.md` §4).
package struct Title: Sendable, Equatable {
  package var reference: TitleReference
  package var kind: Kind
  package var name: String
  package var year: Int?
  package var runtimeMinutes: Int?
  package var genres: [String]
  package var descriptors: [String]
  package var ratings: [Rating]
  package var popularity: Double
  package var imdb: String?
  package var show: TitleReference?
  package var offers: [Offer]

  package enum Kind: String, Sendable, Codable { case movie, show, season, episode }

  package init(
    reference: TitleReference, kind: Kind, name: String, year: Int? = nil, runtimeMinutes: Int? = nil,
    genres: [String] = [], descriptors: [String] = [], ratings: [Rating] = [], popularity: Double = 0,
    imdb: String? = nil, show: TitleReference? = nil, offers: [Offer] = []
  ) {
    self.reference = reference
    self.kind = kind
    self.name = name
    self.year = year
    self.runtimeMinutes = runtimeMinutes
    self.genres = genres
    self.descriptors = descriptors
    self.ratings = ratings
    self.popularity = popularity
    self.imdb = imdb
    self.show = show
    self.offers = offers
  }

  package var facts: TitleFacts {
    TitleFacts(reference: reference, ratings: ratings, genres: genres, descriptors: descriptors)
  }
}

/// One way to watch a title: a service of a region, a kind of access and a link.
package struct Offer: Sendable, Equatable {
  package var region: String
  package var service: String
  package var type: Access
  package var link: String
  package var videoLink: String?
  package var quality: Quality?
  package var availableSince: WallTime?
  package var expiresOn: WallTime?
  package var price: Price?

  /// In the order of preference.
  package enum Access: String, Sendable, Codable, CaseIterable { case free, subscription, addon, rent, buy }

  /// In rising order.
  package enum Quality: String, Sendable, Codable, CaseIterable, Comparable {
    case sd, hd, qhd, uhd
    package static func < (a: Quality, b: Quality) -> Bool { a.rank < b.rank }
    private var rank: Int {
      switch self {
      case .sd: 0
      case .hd: 1
      case .qhd: 2
      case .uhd: 3
      }
    }
  }

  package struct Price: Sendable, Equatable, Codable {
    package var amount: String
    package var currency: String
    package init(amount: String, currency: String) { (self.amount, self.currency) = (amount, currency) }
  }

  package init(
    region: String, service: String, type: Access, link: String, videoLink: String? = nil, quality: Quality? = nil,
    availableSince: WallTime? = nil, expiresOn: WallTime? = nil, price: Price? = nil
  ) {
    self.region = region
    self.service = service
    self.type = type
    self.link = link
    self.videoLink = videoLink
    self.quality = quality
    self.availableSince = availableSince
    self.expiresOn = expiresOn
    self.price = price
  }
}
