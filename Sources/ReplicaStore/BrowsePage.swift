import AgentCore

/// A page: most popular first, then by reference; what is denied is left out.
package struct BrowsePage: Sendable, Equatable {
  /// How many titles can be paged to.
  package var total: Int
  package var rows: [BrowseRow]
  package init(total: Int, rows: [BrowseRow]) { (self.total, self.rows) = (total, rows) }
}

/// A title of a page.
package struct BrowseRow: Sendable, Equatable {
  package var reference: TitleReference
  package var kind: Title.Kind
  package var name: String
  package var year: Int?
  /// With those that its season or show lends it.
  package var genres: [String]
  /// Of its offers, sorted.
  package var services: [String]
  /// `allow` or `ask`.
  package var verdict: Decision.Verdict

  package init(
    reference: TitleReference, kind: Title.Kind, name: String, year: Int?, genres: [String], services: [String],
    verdict: Decision.Verdict
  ) {
    self.reference = reference
    self.kind = kind
    self.name = name
    self.year = year
    self.genres = genres
    self.services = services
    self.verdict = verdict
  }
}
