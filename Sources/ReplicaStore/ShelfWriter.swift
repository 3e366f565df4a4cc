import AgentCore
import Database

/// Writes the titles of one shelf inside an open transaction, and keeps its number of titles and its XOR.
struct ShelfWriter {
  let shelf: Int64
  private(set) var titles: Int
  private(set) var xor64: UInt64
  /// Facts may have lost their last title.
  private(set) var hasReplaced = false
  private let connection: Connection
  private let statements: Statements
  private let facts: FactsBook

  init(shelf: Int64, titles: Int, xor64: UInt64, statements: Statements, facts: FactsBook, _ connection: Connection) {
    self.shelf = shelf
    self.titles = titles
    self.xor64 = xor64
    self.statements = statements
    self.facts = facts
    self.connection = connection
  }

  /// Counts a title of a snapshot; the count of the rows that it replaces began at nothing.
  mutating func count(_ digest: UInt64) {
    titles += 1
    xor64 ^= digest
  }

  mutating func discount(_ digest: UInt64) {
    titles -= 1
    xor64 ^= digest
  }

  /// Puts a title over what the shelf holds of it; false where it is skipped for display.
  ///
  /// `members` are those of the bytes; nil where they cannot be read.
  mutating func put(
    _ reference: TitleReference, _ members: TitleMembers?, in bytes: Span<UInt8>, digest: UInt64, over held: HeldRow?
  ) throws(DatabaseError) -> Bool {
    var title: Int64?
    if let members, let row = try facts.row(of: members, in: bytes) {
      title = try write(reference, members, in: bytes, facts: row, over: held)
    } else if let old = held?.title {
      try release(old)
    }
    let upsert = held == nil ? statements.insertShelfTitle : statements.updateShelfTitle
    try upsert.bind(1, shelf)
    try upsert.bind(2, reference.text)
    try upsert.bind(3, title)
    try upsert.bind(4, Int64(bitPattern: digest))
    try upsert.run()
    return title != nil
  }

  /// Takes a reference out of the shelf.
  mutating func remove(_ held: HeldRow) throws(DatabaseError) {
    if let title = held.title { try release(title) }
    try statements.deleteShelfTitle.bind([.integer(shelf), .text(held.reference.text)])
    try statements.deleteShelfTitle.run()
  }

  /// The title is in this shelf no more; its row goes with its last shelf.
  private mutating func release(_ title: Int64) throws(DatabaseError) {
    hasReplaced = true
    try deleteOffers(title)
    try statements.leaveTitle.bind([.integer(shelf), .integer(title)])
    try statements.leaveTitle.run()
    try statements.deleteTitle.bind([.integer(title)])
    try statements.deleteTitle.run()
  }

  private func deleteOffers(_ title: Int64) throws(DatabaseError) {
    try statements.deleteOffers.bind([.integer(title), .integer(shelf)])
    try statements.deleteOffers.run()
  }

  private mutating func write(
    _ reference: TitleReference, _ members: TitleMembers, in bytes: Span<UInt8>, facts: Int64, over held: HeldRow?
  ) throws(DatabaseError) -> Int64 {
    let title: Int64
    if let old = held?.title {
      title = old
      try update(title, members, in: bytes, facts: facts, enters: false)
      try deleteOffers(title)
    } else if let new = try insert(reference, members, in: bytes, facts: facts) {
      title = new
    } else {
      title = try row(of: reference)
      try update(title, members, in: bytes, facts: facts, enters: true)
    }
    for (position, offer) in members.offers.enumerated() { try insert(offer, in: bytes, position, of: title) }
    return title
  }

  /// Nil where the title stands in another shelf already.
  private func insert(
    _ reference: TitleReference, _ members: TitleMembers, in bytes: Span<UInt8>, facts: Int64
  ) throws(DatabaseError) -> Int64? {
    let statement = statements.insertTitle
    try bind(members, in: bytes, facts, to: statement)
    try statement.bind(9, reference.text)
    try statement.run()
    return connection.changes > 0 ? connection.lastInsertedRow : nil
  }

  private mutating func update(
    _ title: Int64, _ members: TitleMembers, in bytes: Span<UInt8>, facts: Int64, enters: Bool
  ) throws(DatabaseError) {
    hasReplaced = true
    let statement = statements.updateTitle
    try bind(members, in: bytes, facts, to: statement)
    try statement.bind(9, Int64(enters ? 1 : 0))
    try statement.bind(10, title)
    try statement.run()
  }

  private func bind(
    _ members: TitleMembers, in bytes: Span<UInt8>, _ facts: Int64, to statement: Statement
  ) throws(DatabaseError) {
    try statement.bind(1, members.name, in: bytes)
    try statement.bind(2, members.year)
    try statement.bind(3, members.runtimeMinutes)
    try statement.bind(4, members.popularity)
    try statement.bind(5, members.imdb, in: bytes)
    try statement.bind(6, members.show?.text)
    try statement.bind(7, facts)
    try statement.bind(8, shelf)
  }

  private func row(of reference: TitleReference) throws(DatabaseError) -> Int64 {
    defer { statements.findTitle.reset() }
    try statements.findTitle.bind(1, reference.text)
    guard try statements.findTitle.step() else {
      throw .form("a title vanished inside a transaction", call: "findTitle")
    }
    return try statements.findTitle.int64(0)
  }

  private func insert(
    _ offer: OfferMembers, in bytes: Span<UInt8>, _ position: Int, of title: Int64
  ) throws(DatabaseError) {
    let statement = statements.insertOffer
    try statement.bind(1, title)
    try statement.bind(2, shelf)
    try statement.bind(3, Int64(position))
    try statement.bind(4, offer.type.stored)
    try statement.bind(5, offer.link, in: bytes)
    try statement.bind(6, offer.videoLink, in: bytes)
    try statement.bind(7, offer.quality?.stored)
    try statement.bind(8, offer.availableSince?.seconds)
    try statement.bind(9, offer.expiresOn?.seconds)
    try statement.bind(10, offer.price?.amount)
    try statement.bind(11, offer.price?.currency)
    try statement.run()
  }
}

extension ShelfWriter {
  /// The statements of a job, prepared once for the life of the store.
  struct Statements {
    let insertTitle: Statement
    let updateTitle: Statement
    let findTitle: Statement
    let leaveTitle: Statement
    let deleteTitle: Statement
    let insertOffer: Statement
    let deleteOffers: Statement
    let insertShelfTitle: Statement
    let updateShelfTitle: Statement
    let deleteShelfTitle: Statement

    init(_ connection: Connection) throws(DatabaseError) {
      insertTitle = try connection.prepare(
        """
        INSERT INTO title (name, year, runtime, popularity, imdb, show, facts_id, shelf_id, shelves, ref)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9) ON CONFLICT (ref) DO NOTHING
        """)
      updateTitle = try connection.prepare(
        """
        UPDATE title SET name = ?1, year = ?2, runtime = ?3, popularity = ?4, imdb = ?5, show = ?6, facts_id = ?7,
          shelf_id = ?8, shelves = shelves + ?9 WHERE id = ?10
        """)
      findTitle = try connection.prepare("SELECT id FROM title WHERE ref = ?")
      leaveTitle = try connection.prepare(
        "UPDATE title SET shelves = shelves - 1, shelf_id = iif(shelf_id = ?1, 0, shelf_id) WHERE id = ?2")
      deleteTitle = try connection.prepare("DELETE FROM title WHERE id = ? AND shelves = 0")
      insertOffer = try connection.prepare("INSERT INTO offer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      deleteOffers = try connection.prepare("DELETE FROM offer WHERE title_id = ? AND shelf_id = ?")
      insertShelfTitle = try connection.prepare(
        "INSERT INTO shelf_title (shelf_id, ref, title_id, digest) VALUES (?, ?, ?, ?)")
      updateShelfTitle = try connection.prepare(
        "UPDATE shelf_title SET title_id = ?3, digest = ?4 WHERE shelf_id = ?1 AND ref = ?2")
      deleteShelfTitle = try connection.prepare("DELETE FROM shelf_title WHERE shelf_id = ? AND ref = ?")
    }
  }
}

extension Statement {
  fileprivate func bind(_ index: Int, _ text: TitleString?, in bytes: Span<UInt8>) throws(DatabaseError) {
    guard let text else { return try bindNull(index) }
    if let unescaped = text.unescaped {
      try bind(index, unescaped)
    } else {
      try bind(index, text: bytes.extracting(text.range))
    }
  }
}
