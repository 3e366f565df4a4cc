import AgentCore
import Database

/// The rows of `facts`: each distinct combination of kind, ratings, genres and descriptors once.
final class FactsBook {
  private let connection: Connection
  private let find: Statement
  private let insert: Statement
  /// Rows by kind and JSON as it came, of this job alone: one that is rolled back takes its rows with it.
  private var known: [String: Int64] = [:]

  init(_ connection: Connection) throws(DatabaseError) {
    self.connection = connection
    find = try connection.prepare(
      "SELECT id FROM facts WHERE ratings = ? AND genres = ? AND descriptors = ? AND kind = ?")
    insert = try connection.prepare("INSERT INTO facts (ratings, genres, descriptors, kind) VALUES (?, ?, ?, ?)")
  }

  func forgetAll() { known.removeAll(keepingCapacity: false) }

  /// The row of a title's facts, made where it is missing; nil where they cannot be read.
  func row(of members: TitleMembers, in title: Span<UInt8>) throws(DatabaseError) -> Int64? {
    guard let key = FactsBook.key(members, title) else { return nil }
    if let row = known[key] { return row }
    guard let ratings = FactsReader.ratings(members.ratings, title),
      let genres = FactsReader.words(members.genres, title),
      let descriptors = FactsReader.words(members.descriptors, title)
    else { return nil }
    let row = try storedRow(
      [
        .text(FactsText.joined(ratings)), .text(FactsText.joined(genres)), .text(FactsText.joined(descriptors)),
        .integer(members.kind.stored),
      ])
    if known.count >= StoreLimits.factsRemembered { forgetAll() }
    known[key] = row
    return row
  }

  /// The three arrays one behind the other: each ends where its brackets do, so that no two combinations share a key.
  private static func key(_ members: TitleMembers, _ title: Span<UInt8>) -> String? {
    var bytes: [UInt8] = [UInt8(ascii: "0") + UInt8(members.kind.stored)]
    bytes.reserveCapacity(256)
    for range in [members.ratings, members.genres, members.descriptors] {
      guard let range else {
        bytes.append(UInt8(ascii: "-"))
        continue
      }
      for index in range { bytes.append(title[index]) }
    }
    return String(validating: bytes.span)
  }

  private func storedRow(_ values: [Value]) throws(DatabaseError) -> Int64 {
    defer { find.reset() }
    try find.bind(values)
    if try find.step() { return try find.int64(0) }
    try insert.bind(values)
    try insert.run()
    return connection.lastInsertedRow
  }
}
