import AgentCore
import Database
import Trust
import UpstreamCore

extension FamilyStore {
  struct FamilyRow: Sendable {
    var id: String
    var name: String
  }

  /// Makes a family with the hash of its parent code; throws `familyExists`.
  func create(id: String, name: String, parentCode: String, now: UpstreamInstant) throws {
    let outcome = FamilyRules.handle(
      .parent(.create(id: id)), family: try family(id), presence: FamilyPresence(), catalogue: CatalogueHeads(),
      calendar: .utc, now: now)
    guard let family = outcome.family else { throw StoreError.familyExists }
    try connection.run(
      "INSERT INTO families(id, name, parent_code, version, body) VALUES(?, ?, ?, 1, ?)",
      [.text(id), .text(name), .text(FamilyStore.hash(parentCode)), .text(try JSON.text(family))])
  }

  func rows() throws -> [FamilyRow] {
    try connection.rows("SELECT id, name FROM families ORDER BY id") { (row) throws(DatabaseError) in
      FamilyRow(id: try row.text(0), name: try row.text(1))
    }
  }

  func name(of id: String) throws -> String? {
    try connection.first("SELECT name FROM families WHERE id = ?", [.text(id)]) { (row) throws(DatabaseError) in
      try row.text(0)
    }
  }

  /// The family whose parent code this is; case, spaces and hyphens do not count.
  func family(parentCode: String) throws -> String? {
    try connection.first(
      "SELECT id FROM families WHERE parent_code = ?", [.text(FamilyStore.hash(parentCode))]
    ) { (row) throws(DatabaseError) in try row.text(0) }
  }

  /// The family that a device belongs to.
  func family(device: String) throws -> String? {
    try connection.first("SELECT family FROM devices WHERE id = ?", [.text(device)]) { (row) throws(DatabaseError) in
      try row.text(0)
    }
  }

  /// Other families in which a box with this key is still active: it has moved on.
  func otherFamilies(thumbprint: String, than family: String) throws -> [(family: String, device: String)] {
    try connection.rows(
      "SELECT family, id FROM devices WHERE thumbprint = ? AND family <> ? ORDER BY id",
      [.text(thumbprint), .text(family)]
    ) { (row) throws(DatabaseError) in (try row.text(0), try row.text(1)) }
  }

  /// Whether an assertion's `jti` was accepted before.
  func isUsed(_ jti: String) throws -> Bool {
    try connection.first("SELECT 1 FROM assertions WHERE jti = ?", [.text(jti)]) { (_) throws(DatabaseError) in true }
      ?? false
  }

  /// Uses up an assertion's `jti`; those that are refused by their date anyway are forgotten.
  func use(_ jti: String, until: WallTime, now: UpstreamInstant) throws {
    try connection.transaction(.write) { () throws(DatabaseError) in
      try connection.run("DELETE FROM assertions WHERE until < ?", [.integer(now.wallTime.seconds)])
      try connection.run(
        "INSERT INTO assertions(jti, until) VALUES(?, ?)", [.text(jti), .integer(until.seconds)])
    }
  }

  struct UsageLineRow: Sendable {
    var device: String
    var sequence: Int
    var at: WallTime
    var kind: String
    var line: String
  }

  /// The family's events of some kinds, newest first.
  func usage(family: String, kinds: [String], limit: Int) throws -> [UsageLineRow] {
    let marks = Array(repeating: "?", count: kinds.count).joined(separator: ",")
    return try connection.rows(
      "SELECT device, seq, at, kind, line FROM usage WHERE family = ? AND kind IN (\(marks)) ORDER BY at DESC LIMIT ?",
      [.text(family)] + kinds.map { .text($0) } + [.integer(limit)]
    ) { (row) throws(DatabaseError) in
      UsageLineRow(
        device: try row.text(0), sequence: try row.int(1), at: WallTime(seconds: try row.int64(2)),
        kind: try row.text(3), line: try row.text(4))
    }
  }

  /// Codes are kept by their hash, so that no look-up tells by its time how much of a code was right.
  static func hash(_ code: String) -> String {
    let plain = code.uppercased().filter { $0 != " " && $0 != "-" }
    return SHA256Digest.hex(of: Array(plain.utf8))
  }
}
