import AgentCore
import Database
import Foundation
import Trust

extension CatalogueStore {
  /// A part is ended when so many packed bytes are reached: as served it has 1–2 MiB (`spec/wire.md` §4).
  static let partBytes = 1_400_000

  /// Brings every shelf to the titles and offers as they stand; a shelf whose content is the same keeps its version.
  func buildShelves(now: WallTime, madeBlobs: inout [String]) throws -> (changed: [ShelfRow], total: Int) {
    let named = try connection.rows("SELECT DISTINCT region || '/' || service FROM offers") {
      (row) throws(DatabaseError) in try row.text(0)
    }
    let held = try connection.rows("SELECT shelf FROM shelves") { (row) throws(DatabaseError) in try row.text(0) }
    var changed: [ShelfRow] = []
    let all = Set(named + held).sorted()
    for name in all {
      guard let shelf = ShelfName(name) else { continue }
      if let row = try build(shelf, now: now, madeBlobs: &madeBlobs) { changed.append(row) }
    }
    return (changed, all.count)
  }

  /// Nil where the shelf's content is what it was.
  private func build(_ shelf: ShelfName, now: WallTime, madeBlobs: inout [String]) throws -> ShelfRow? {
    let check = try checkOf(shelf)
    let held = try connection.first("SELECT version, content FROM shelves WHERE shelf = ?", [.text(shelf.text)]) {
      (row) throws(DatabaseError) in (version: try row.int(0), content: try row.text(1))
    }
    if held?.content == check.content { return nil }
    let version = (held?.version ?? 0) + 1
    let parts = try writeParts(of: shelf, madeBlobs: &madeBlobs)
    let manifest = ShelfManifest(
      shelf: shelf, version: version, issuedAt: now, oldest: version,
      snapshot: ShelfManifest.Snapshot(version: version, parts: parts), deltas: [], check: check.check)
    let text = try key.signCompact(payload: Array(JSON.data(manifest)), typ: .shelf)
    let bytes = parts.reduce(0) { $0 + $1.bytes }
    try connection.run(
      "INSERT OR REPLACE INTO shelves(shelf, version, content, titles, bytes, manifest) VALUES(?, ?, ?, ?, ?, ?)",
      [
        .text(shelf.text), .integer(version), .text(check.content), .integer(check.check.titles), .integer(bytes),
        .text(text),
      ])
    return ShelfRow(shelf: shelf.text, version: version, titles: check.check.titles, bytes: bytes)
  }

  /// The shelf's `check`, and a hash over all its lines that tells whether it changed.
  private func checkOf(_ shelf: ShelfName) throws -> (check: ShelfManifest.Check, content: String) {
    var (titles, xor) = (0, UInt64(0))
    var content = SHA256Stream()
    try forEachLine(of: shelf) { line in
      titles += 1
      xor ^= SHA256Digest.first8(of: line[CatalogueStore.linePrefix.count..<(line.count - 2)])
      content.update(line)
    }
    let hex = String(xor, radix: 16)
    let padded = String(repeating: "0", count: 16 - hex.count) + hex
    return (ShelfManifest.Check(titles: titles, xor64: padded), content.finishHex())
  }

  private func writeParts(of shelf: ShelfName, madeBlobs: inout [String]) throws -> [ShelfManifest.Part] {
    var parts: [ShelfManifest.Part] = []
    var made: [String] = []
    var (writer, titles) = (try GzipWriter(), 0)
    func end() throws {
      try writer.finish()
      let packed = writer.packed
      let hash = SHA256Digest.hex(of: packed)
      if try store(packed, as: hash) { made.append(hash) }
      parts.append(ShelfManifest.Part(sha256: hash, bytes: packed.count, titles: titles))
      (writer, titles) = (try GzipWriter(), 0)
    }
    defer { madeBlobs += made }
    try forEachLine(of: shelf) { line in
      try writer.write(line)
      titles += 1
      if writer.packed.count >= CatalogueStore.partBytes { try end() }
    }
    if titles > 0 || parts.isEmpty { try end() }
    return parts
  }

  /// False where the blob was there already: its name is its content.
  private func store(_ bytes: [UInt8], as hash: String) throws -> Bool {
    let path = directory.blob(hash)
    if FileManager.default.fileExists(atPath: path) { return false }
    do { try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
      throw Failure(.io, "\(path) cannot be written (\(error.localizedDescription)); nothing was imported")
    }
    return true
  }

  static let linePrefix = Array(#"{"put":"#.utf8)

  /// The lines of a shelf's snapshot in order of `ref`, each with its line feed.
  private func forEachLine(of shelf: ShelfName, _ body: ([UInt8]) throws -> Void) throws {
    let statement = try connection.prepare(
      """
      SELECT t.body, o.body FROM offers o JOIN titles t ON t.ref = o.ref
      WHERE o.region = ? AND o.service = ? ORDER BY o.ref
      """)
    try statement.bind([.text(shelf.region), .text(shelf.service)])
    let offers = Array(#","offers":"#.utf8)
    while try statement.step() {
      var line = CatalogueStore.linePrefix
      line += Array(try statement.text(0).utf8)
      line += offers
      line += Array(try statement.text(1).utf8)
      line += [UInt8(ascii: "}"), UInt8(ascii: "}"), UInt8(ascii: "\n")]
      try body(line)
    }
  }
}
