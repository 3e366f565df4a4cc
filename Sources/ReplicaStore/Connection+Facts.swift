import AgentCore
import Database

/// Reads facts from a connection to the replica; each call inside a transaction of its caller.
extension Connection {
  /// What a decision needs of a title, with what its season and show lend it (`spec/policy.md` §2). A title that the
  /// replica lacks has what they have.
  func facts(_ reference: TitleReference) throws(DatabaseError) -> TitleFacts {
    var facts = TitleFacts(reference: reference)
    var sources = reference.selfAndAncestors
    var index = 0
    while index < sources.count, !facts.isComplete {
      let source = sources[index]
      index += 1
      let found = try first(
        """
        SELECT f.ratings, f.genres, f.descriptors, t.show FROM title t JOIN facts f ON f.id = t.facts_id WHERE t.ref = ?
        """, [.text(source.text)]
      ) { (row) throws(DatabaseError) in
        facts.lend(ratings: try row.text(0), genres: try row.text(1), descriptors: try row.text(2))
        return try row.optionalText(3).flatMap { TitleReference($0) }
      }
      // A show that is not the beginning of the reference is asked last.
      if let show = found ?? nil, !sources.contains(show) { sources.append(show) }
    }
    return facts
  }
}

extension TitleFacts {
  /// Nothing is left to be lent.
  var isComplete: Bool { !ratings.isEmpty && !genres.isEmpty && !descriptors.isEmpty }

  /// Takes each of the three, by itself, where it is still empty.
  mutating func lend(ratings: String, genres: String, descriptors: String) {
    if self.ratings.isEmpty { self.ratings = FactsText.ratings(ratings) }
    if self.genres.isEmpty { self.genres = FactsText.words(genres) }
    if self.descriptors.isEmpty { self.descriptors = FactsText.words(descriptors) }
  }
}

extension Statement {
  func kind(_ column: Int) throws(DatabaseError) -> Title.Kind {
    guard let kind = Title.Kind(stored: try int64(column)) else { throw .form("no kind is stored", call: "kind") }
    return kind
  }
}
