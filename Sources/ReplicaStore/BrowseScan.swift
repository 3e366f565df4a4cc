import AgentCore
import Database

/// One page, taken from the titles in the order of their popularity.
struct BrowseScan {
  let query: BrowseQuery
  let connection: Connection

  private struct Hit {
    var row: Int64
    var verdict: Decision.Verdict
  }

  func page(_ visibility: inout Visibility) throws(DatabaseError) -> BrowsePage {
    let genres = try genreRows()
    let matches = { [visibility] (class: Visibility.Class) in
      if let kind = query.kind, visibility.facts[`class`.facts]?.kind != kind { return false }
      guard let genres else { return true }
      return genres.contains(visibility.genresRow(`class`))
    }
    let total = visibility.total(matches)
    guard query.offset >= 0, query.offset < total, query.limit > 0 else { return BrowsePage(total: total, rows: []) }
    let hits = try hits(&visibility, matches)
    var rows: [BrowseRow] = []
    for hit in hits { rows.append(try row(hit)) }
    return BrowsePage(total: total, rows: rows)
  }

  private func hits(
    _ visibility: inout Visibility, _ matches: (Visibility.Class) -> Bool
  ) throws(DatabaseError) -> [Hit] {
    let limit = min(query.limit, Limits.browsePage)
    var toSkip = query.offset
    return try connection.withStatement(
      "SELECT id, facts_id FROM title INDEXED BY title_by_popularity ORDER BY popularity DESC, ref"
    ) { (row) throws(DatabaseError) in
      var hits: [Hit] = []
      while hits.count < limit, try row.step() {
        let id = try row.int64(0)
        let decided = try visibility.decision(row: id, facts: try row.int64(1), query: query, connection)
        guard decided.verdict != .deny, matches(decided.class) else { continue }
        if toSkip > 0 { toSkip -= 1 } else { hits.append(Hit(row: id, verdict: decided.verdict)) }
      }
      return hits
    }
  }

  /// The rows of `facts` that have the query's genre; nil where it asks for none.
  private func genreRows() throws(DatabaseError) -> Set<Int64>? {
    guard let genre = query.genre?.lowercased() else { return nil }
    var result: Set<Int64> = []
    try connection.withStatement("SELECT id, genres FROM facts") { (row) throws(DatabaseError) in
      while try row.step() {
        if FactsText.words(try row.text(1)).contains(where: { $0.lowercased() == genre }) {
          result.insert(try row.int64(0))
        }
      }
    }
    return result
  }

  private func row(_ hit: Hit) throws(DatabaseError) -> BrowseRow {
    let services = try connection.rows(
      "SELECT DISTINCT s.name FROM offer o JOIN shelf s ON s.id = o.shelf_id WHERE o.title_id = ?", [.integer(hit.row)]
    ) { (row) throws(DatabaseError) in ShelfName(try row.text(0))?.service ?? "" }
    let found = try connection.first(
      "SELECT t.ref, t.name, t.year, f.kind, f.genres FROM title t JOIN facts f ON f.id = t.facts_id WHERE t.id = ?",
      [.integer(hit.row)]
    ) { (row) throws(DatabaseError) -> BrowseRow in
      guard let reference = TitleReference(try row.text(0)) else {
        throw .form("a stored reference has no form", call: "browse")
      }
      return BrowseRow(
        reference: reference, kind: try row.kind(3), name: try row.text(1), year: try row.optionalInt(2),
        genres: FactsText.words(try row.text(4)), services: Set(services).sorted(), verdict: hit.verdict)
    }
    guard var result = found else { throw .form("a title vanished inside a transaction", call: "browse") }
    if result.genres.isEmpty, result.kind == .season || result.kind == .episode {
      result.genres = try connection.facts(result.reference).genres
    }
    return result
  }
}
