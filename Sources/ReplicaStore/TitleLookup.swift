import AgentCore
import Database

/// The point look-ups of a decision, on a read-only connection of the thread that uses it.
///
/// The connection is opened by the first call and no transaction outlives one. After `close`, and where the file was
/// replaced, the next call opens it anew.
package final class TitleLookup {
  private let path: String
  private var open: Open?

  private struct Open {
    let connection: Connection
    let title: Statement
    let facts: Statement
  }

  package init(path: String) { self.path = path }

  /// A title with the offers of all its shelves, in the order of the shelves' names and their own; nil where the
  /// replica lacks it.
  package func title(_ reference: TitleReference) throws(DatabaseError) -> Title? {
    let statement = try opened().title
    defer { statement.reset() }
    try statement.bind(1, reference.text)
    // One statement sees one state of the replica: no transaction is needed.
    guard try statement.step() else { return nil }
    var title = try Title(reference, row: statement)
    repeat {
      if let offer = try Offer(row: statement, from: 10) { title.offers.append(offer) }
    } while try statement.step()
    return title
  }

  /// What a decision needs of a title. Ratings, genres and descriptors that are missing are its season's, then its
  /// show's, each by itself (`spec/policy.md` §2); of a title that the replica lacks they are what its season and show
  /// have.
  package func facts(_ reference: TitleReference) throws(DatabaseError) -> TitleFacts {
    let open = try opened()
    if let own = try facts(reference, by: open.facts) { return own }
    return try open.connection.transaction(.read) { () throws(DatabaseError) in try open.connection.facts(reference) }
  }

  /// Lets go of the file, before it is erased.
  package func close() { open = nil }

  /// The title's own facts where nobody can lend it any; nil where somebody may.
  private func facts(_ reference: TitleReference, by statement: Statement) throws(DatabaseError) -> TitleFacts? {
    defer { statement.reset() }
    try statement.bind(1, reference.text)
    guard try statement.step() else { return nil }
    var facts = TitleFacts(reference: reference)
    facts.lend(ratings: try statement.text(0), genres: try statement.text(1), descriptors: try statement.text(2))
    let kind = try statement.kind(3)
    return facts.isComplete || kind == .movie || kind == .show ? facts : nil
  }

  private func opened() throws(DatabaseError) -> Open {
    if let open, !open.connection.hasMoved { return open }
    open = nil
    let connection = try Connection(
      path: path, settings: CatalogueSchema.readOnly(cacheKiB: StoreLimits.lookupCacheKiB))
    let made = Open(
      connection: connection, title: try connection.prepare(TitleLookup.titleQuery),
      facts: try connection.prepare(
        """
        SELECT f.ratings, f.genres, f.descriptors, f.kind FROM title t JOIN facts f ON f.id = t.facts_id WHERE t.ref = ?
        """))
    open = made
    return made
  }

  private static let titleQuery = """
    SELECT t.name, t.year, t.runtime, t.popularity, t.imdb, t.show, f.kind, f.ratings, f.genres, f.descriptors,
      s.name, o.type, o.link, o.video_link, o.quality, o.available_since, o.expires_on, o.price_amount, o.price_currency
    FROM title t JOIN facts f ON f.id = t.facts_id LEFT JOIN offer o ON o.title_id = t.id
      LEFT JOIN shelf s ON s.id = o.shelf_id
    WHERE t.ref = ? ORDER BY s.name, o.position
    """
}

extension Title {
  /// From name, year, runtime, popularity, imdb, show, kind, ratings, genres and descriptors; without offers.
  fileprivate init(_ reference: TitleReference, row: Statement) throws(DatabaseError) {
    self.init(
      reference: reference, kind: try row.kind(6), name: try row.text(0), year: try row.optionalInt(1),
      runtimeMinutes: try row.optionalInt(2), genres: FactsText.words(try row.text(8)),
      descriptors: FactsText.words(try row.text(9)), ratings: FactsText.ratings(try row.text(7)),
      popularity: try row.double(3), imdb: try row.optionalText(4),
      show: try row.optionalText(5).flatMap { TitleReference($0) })
  }
}

extension Offer {
  /// From the shelf's name and the offer's columns behind it; nil where there is no offer.
  fileprivate init?(row: Statement, from column: Int) throws(DatabaseError) {
    guard let name = try row.optionalText(column) else { return nil }
    guard let shelf = ShelfName(name), let access = Access(stored: try row.int64(column + 1)) else {
      throw .form("a stored offer has no form", call: "offer")
    }
    let amount = try row.optionalText(column + 7)
    let currency = try row.optionalText(column + 8)
    self.init(
      region: shelf.region, service: shelf.service, type: access, link: try row.text(column + 2),
      videoLink: try row.optionalText(column + 3),
      quality: try row.optionalInt64(column + 4).flatMap { Quality(stored: $0) },
      availableSince: try row.optionalInt64(column + 5).map { WallTime(seconds: $0) },
      expiresOn: try row.optionalInt64(column + 6).map { WallTime(seconds: $0) },
      price: amount.flatMap { amount in currency.map { Price(amount: amount, currency: $0) } })
  }
}
