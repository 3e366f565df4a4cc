import AgentCore
import Database

/// Which titles a profile may see, for one policy and one state of the replica: a verdict for each combination of
/// facts, not for each title.
struct Visibility {
  let generation: UInt64
  let dataVersion: Int64
  /// Verdicts of the combinations that need nothing from a season or show.
  private(set) var facts: [Int64: FactsRow] = [:]
  /// Verdicts of titles that the policy names, by row.
  private(set) var named: [Int64: Decision.Verdict] = [:]
  /// How many titles of a class are visible.
  private(set) var visible: [Class: Int] = [:]
  private var lent: [Class: Decision.Verdict] = [:]

  struct FactsRow {
    var kind: Title.Kind
    var hasRatings: Bool
    var hasGenres: Bool
    var hasDescriptors: Bool
    var verdict: Decision.Verdict

    /// A season or episode that lacks one of the three takes it from its season or show.
    var isLent: Bool { (kind == .season || kind == .episode) && !(hasRatings && hasGenres && hasDescriptors) }
  }

  /// Titles that the policy cannot tell apart: their facts, and those of the season and show that lend to them (0:
  /// none).
  struct Class: Hashable {
    var facts: Int64
    var season: Int64 = 0
    var show: Int64 = 0
  }

  /// Decides everything for the query's policy. It runs inside a transaction of its caller.
  init(_ query: BrowseQuery, dataVersion: Int64, _ connection: Connection) throws(DatabaseError) {
    generation = query.generation
    self.dataVersion = dataVersion
    try decideFacts(query, connection)
    try countTitles(connection)
    try countLent(query, connection)
    try decideNamed(query, connection)
  }

  /// The class of a title and its verdict.
  mutating func decision(
    row: Int64, facts factsRow: Int64, query: BrowseQuery, _ connection: Connection
  ) throws(DatabaseError) -> (class: Class, verdict: Decision.Verdict) {
    guard let facts = facts[factsRow] else { throw .form("a title has no facts", call: "browse") }
    let `class` = facts.isLent ? try lentClass(row: row, facts: factsRow, connection) : Class(facts: factsRow)
    if let verdict = named[row] { return (`class`, verdict) }
    return (`class`, facts.isLent ? try lentVerdict(`class`, query, connection) : facts.verdict)
  }

  /// The row of `facts` whose genres count for a class.
  func genresRow(_ class: Class) -> Int64 {
    [`class`.facts, `class`.season, `class`.show].first { facts[$0]?.hasGenres ?? false } ?? `class`.facts
  }

  /// How many titles of the classes that the filter takes are visible.
  func total(_ matches: (Class) -> Bool) -> Int {
    visible.reduce(0) { matches($1.key) ? $0 + $1.value : $0 }
  }

  private mutating func decideFacts(_ query: BrowseQuery, _ connection: Connection) throws(DatabaseError) {
    let movie = Visibility.unnamed("movie")
    let other = Visibility.unnamed("tv")
    try connection.withStatement("SELECT id, kind, ratings, genres, descriptors FROM facts") {
      (row) throws(DatabaseError) in
      while try row.step() {
        let kind = try row.kind(1)
        var facts = TitleFacts(reference: kind == .movie ? movie : other)
        facts.lend(ratings: try row.text(2), genres: try row.text(3), descriptors: try row.text(4))
        self.facts[try row.int64(0)] = FactsRow(
          kind: kind, hasRatings: !facts.ratings.isEmpty, hasGenres: !facts.genres.isEmpty,
          hasDescriptors: !facts.descriptors.isEmpty, verdict: query.verdict(facts))
      }
    }
  }

  private mutating func countTitles(_ connection: Connection) throws(DatabaseError) {
    try connection.withStatement("SELECT facts_id FROM title INDEXED BY title_by_popularity") {
      (row) throws(DatabaseError) in
      while try row.step() {
        let id = try row.int64(0)
        if let facts = facts[id], !facts.isLent, facts.verdict != .deny { visible[Class(facts: id), default: 0] += 1 }
      }
    }
  }

  private mutating func countLent(_ query: BrowseQuery, _ connection: Connection) throws(DatabaseError) {
    guard facts.values.contains(where: \.isLent) else { return }
    try connection.withStatement(
      "SELECT id, facts_id FROM title INDEXED BY title_by_show WHERE show IS NOT NULL ORDER BY show, ref"
    ) { (row) throws(DatabaseError) in
      while try row.step() {
        let id = try row.int64(1)
        guard let facts = facts[id], facts.isLent else { continue }
        let `class` = try lentClass(row: try row.int64(0), facts: id, connection)
        if try lentVerdict(`class`, query, connection) != .deny { visible[`class`, default: 0] += 1 }
      }
    }
  }

  /// Those that the policy names were counted with their class until here.
  private mutating func decideNamed(_ query: BrowseQuery, _ connection: Connection) throws(DatabaseError) {
    for reference in query.listed.sorted() {
      // "0" follows "/": what begins with the reference and a slash lies between.
      let rows = try connection.rows(
        "SELECT id, ref, facts_id FROM title WHERE ref = ?1 OR (ref > ?1 || '/' AND ref < ?1 || '0')",
        [.text(reference.text)]
      ) { (row) throws(DatabaseError) in (try row.int64(0), try row.text(1), try row.int64(2)) }
      for (row, text, facts) in rows where named[row] == nil {
        guard let own = TitleReference(text) else { throw .form("a stored reference has no form", call: "browse") }
        let before = try decision(row: row, facts: facts, query: query, connection)
        let verdict = query.verdict(try connection.facts(own))
        named[row] = verdict
        let change = (verdict == .deny ? 0 : 1) - (before.verdict == .deny ? 0 : 1)
        if change != 0 { visible[before.class, default: 0] += change }
      }
    }
  }

  private func lentClass(row: Int64, facts: Int64, _ connection: Connection) throws(DatabaseError) -> Class {
    let found = try connection.first("SELECT ref, show FROM title WHERE id = ?", [.integer(row)]) {
      (row) throws(DatabaseError) in (try row.text(0), try row.optionalText(1).flatMap { TitleReference($0) })
    }
    guard let found, let reference = TitleReference(found.0) else {
      throw .form("a stored reference has no form", call: "browse")
    }
    let ancestors = Array(reference.selfAndAncestors.dropFirst())
    var result = Class(facts: facts)
    if ancestors.count > 1, let season = ancestors.first { result.season = try factsRow(season, connection) }
    if let show = ancestors.last { result.show = try factsRow(show, connection) }
    if result.show == 0, let show = found.1 { result.show = try factsRow(show, connection) }
    return result
  }

  private func factsRow(_ reference: TitleReference, _ connection: Connection) throws(DatabaseError) -> Int64 {
    try connection.first("SELECT facts_id FROM title WHERE ref = ?", [.text(reference.text)]) {
      (row) throws(DatabaseError) in try row.int64(0)
    } ?? 0
  }

  private mutating func lentVerdict(
    _ class: Class, _ query: BrowseQuery, _ connection: Connection
  ) throws(DatabaseError) -> Decision.Verdict {
    if let verdict = lent[`class`] { return verdict }
    var facts = TitleFacts(reference: Visibility.unnamed("tv"))
    for row in [`class`.facts, `class`.season, `class`.show] where row != 0 {
      try connection.first("SELECT ratings, genres, descriptors FROM facts WHERE id = ?", [.integer(row)]) {
        (row) throws(DatabaseError) in
        facts.lend(ratings: try row.text(0), genres: try row.text(1), descriptors: try row.text(2))
      }
    }
    let verdict = query.verdict(facts)
    lent[`class`] = verdict
    return verdict
  }

  /// A reference that stands for every title that no policy names.
  private static func unnamed(_ kind: String) -> TitleReference {
    guard let reference = TitleReference("unnamed:\(kind):any") else {
      preconditionFailure("the reference for unnamed titles has lost its form")
    }
    return reference
  }
}
