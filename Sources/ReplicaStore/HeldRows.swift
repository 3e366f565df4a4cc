import AgentCore
import Database

/// What a shelf holds of a reference before it is changed.
struct HeldRow {
  var reference: TitleReference
  /// Nil where the title cannot be displayed.
  var title: Int64?
  var digest: UInt64
  /// The shelf whose members the title has; 0 for none.
  var membersOf: Int64
}

/// The rows of a shelf in the order of their references, looked at beside a snapshot that comes in the same order.
///
/// A few are held at a time. New rows are written only below `first`, so that they are never met here.
struct HeldRows {
  private let shelf: Int64
  private let query: Statement
  /// The next row last.
  private var rows: [HeldRow] = []
  private var last = ""
  private var isAtEnd = false

  init(shelf: Int64, _ connection: Connection) throws(DatabaseError) {
    self.shelf = shelf
    query = try connection.prepare(
      """
      SELECT s.ref, s.title_id, s.digest, coalesce(t.shelf_id, 0)
      FROM shelf_title s LEFT JOIN title t ON t.id = s.title_id
      WHERE s.shelf_id = ? AND s.ref > ? ORDER BY s.ref LIMIT \(StoreLimits.shelfRowsAtOnce)
      """)
    try fill()
  }

  var first: HeldRow? { rows.last }

  mutating func removeFirst() throws(DatabaseError) {
    rows.removeLast()
    if rows.isEmpty, !isAtEnd { try fill() }
  }

  private mutating func fill() throws(DatabaseError) {
    try query.bind([.integer(shelf), .text(last)])
    defer { query.reset() }
    while try query.step() { rows.append(try HeldRow(query)) }
    isAtEnd = rows.count < StoreLimits.shelfRowsAtOnce
    last = rows.last?.reference.text ?? last
    rows.reverse()
  }
}

extension HeldRow {
  /// From reference, title, digest and the shelf of its members.
  init(_ row: Statement) throws(DatabaseError) {
    guard let reference = TitleReference(try row.text(0)) else {
      throw .form("a stored reference has no form", call: "shelf_title")
    }
    self.init(
      reference: reference, title: try row.optionalInt64(1), digest: UInt64(bitPattern: try row.int64(2)),
      membersOf: try row.int64(3))
  }
}
