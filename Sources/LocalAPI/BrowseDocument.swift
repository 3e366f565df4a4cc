/// A page of titles that a profile may see: what `Browse` answers, and `axolotlyctl browse --json` prints.
package struct BrowseDocument: Codable, Sendable, Equatable {
  package var profile: String
  /// How many titles can be paged to.
  package var total: Int
  package var offset: Int
  package var titles: [Entry]

  package struct Entry: Codable, Sendable, Equatable {
    package var ref: String
    package var kind: String
    package var name: String
    package var year: Int?
    package var genres: [String]
    package var services: [String]
    /// `allow` or `ask`, of the title alone: pauses, times and budgets hide nothing.
    package var verdict: String
    package init(
      ref: String, kind: String, name: String, year: Int?, genres: [String], services: [String], verdict: String
    ) {
      self.ref = ref
      self.kind = kind
      self.name = name
      self.year = year
      self.genres = genres
      self.services = services
      self.verdict = verdict
    }
  }

  package init(profile: String, total: Int, offset: Int, titles: [Entry]) {
    (self.profile, self.total, self.offset, self.titles) = (profile, total, offset, titles)
  }
}
