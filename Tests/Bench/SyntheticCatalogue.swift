import AgentCore

/// A made-up catalogue for machines that have no real one: always the same for a number of titles.
///
/// All titles stand in the shelf US/prime. Kinds, ratings, genres and lengths of names are spread about as in a real
/// catalogue; the first title is for all ages, so that every child's profile sees it.
struct SyntheticCatalogue {
  private var random = SeededRandom(seed: 88_000)
  private var made = 0

  /// The next title as a line of the upstream's import format, without line feed.
  mutating func nextLine() -> String {
    defer { made += 1 }
    let isShow = made > 0 && draw(5) == 0
    let rating = made == 0 ? "G" : pick(isShow ? Self.showRatings : Self.movieRatings)
    let ratings = rating.isEmpty ? "" : #"{"system":"US:\#(isShow ? "tv" : "movie")","value":"\#(rating)"}"#
    let number = made + 1
    let genres = (0...draw(3)).map { _ in #""\#(pick(Self.genres))""# }.joined(separator: ",")
    let price = draw(2) == 0 ? #""rent","price":{"amount":"3.99","currency":"USD"}"# : #""subscription""#
    return
      #"{"ref":"tmdb:\#(isShow ? "tv" : "movie"):\#(number)","kind":"\#(isShow ? "show" : "movie")","#
      + #""name":"\#(name()) \#(number)","year":\#(1950 + draw(75)),"runtime_min":\#(20 + draw(130)),"#
      + #""genres":[\#(genres)],"descriptors":[],"ratings":[\#(ratings)],"popularity":\#(popularity),"#
      + #""imdb":"tt\#(9_000_000 + number)","offers":[{"region":"US","service":"prime","type":\#(price),"#
      + #""link":"https://www.amazon.com/gp/video/detail/B\#(random.hex(9).uppercased())","quality":"hd"}]}"#
  }

  /// Falls with the number of the title, with one decimal.
  private var popularity: String {
    let tenths = 10_000_000 / (made + 100)
    return "\(tenths / 10).\(tenths % 10)"
  }

  private mutating func name() -> String {
    (0...draw(4)).map { _ in pick(Self.words) }.joined(separator: " ")
  }

  private mutating func draw(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
  private mutating func pick(_ list: [String]) -> String { list[draw(list.count)] }

  private static let movieRatings = ["G", "PG", "PG-13", "PG-13", "R", "R", "", "", "", ""]
  private static let showRatings = ["TV-Y", "TV-G", "TV-PG", "TV-14", "TV-MA", "", "", ""]
  private static let genres = [
    "action", "adventure", "animation", "comedy", "crime", "documentary", "drama", "family", "fantasy", "horror",
    "romance", "thriller",
  ]
  private static let words = [
    "Amber", "Autumn", "Bridge", "Captain", "Castle", "Clockwork", "Comet", "Crown", "Daughter", "Dragon", "Echo",
    "Ember", "Forest", "Garden", "Harbour", "House", "Island", "Journey", "Lantern", "Letter", "Lighthouse", "Midnight",
    "Mirror", "Moon", "Mountain", "Night", "Ocean", "Orchard", "Paper", "Promise", "Raven", "River", "Road", "Secret",
    "Shadow", "Silver", "Song", "Star", "Storm", "Summer", "Thief", "Tower", "Valley", "Voyage", "Winter", "Wolf",
  ]
}
