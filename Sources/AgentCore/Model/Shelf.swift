/// The name of a shelf, `REGION/SERVICE` (`spec/wire.md` §4), for example `US/netflix`.
package struct ShelfName: Hashable, Comparable, Sendable, CustomStringConvertible, Codable {
  package let text: String
  package var description: String { text }
  package var region: String { String(text.prefix(2)) }
  package var service: String { String(text.dropFirst(3)) }

  /// Nil where the text is not `[A-Z]{2}/[a-z0-9-]{2,32}`.
  package init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard (5...35).contains(bytes.count), bytes[2] == UInt8(ascii: "/"),
      bytes[0..<2].allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }),
      bytes[3...].allSatisfy({
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || $0 == UInt8(ascii: "-")
      })
    else { return nil }
    self.text = String(text)
  }

  package static func < (a: ShelfName, b: ShelfName) -> Bool { a.text < b.text }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let value = ShelfName(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected REGION/SERVICE")
    }
    self = value
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// What a shelf is at a version and how to get there (`spec/wire.md` §4). Member names follow the wire by `CodingKeys`.
package struct ShelfManifest: Sendable, Equatable, Codable {
  package var shelf: ShelfName
  package var version: Int
  package var issuedAt: WallTime
  /// The oldest version from which a chain of deltas exists.
  package var oldest: Int
  package var snapshot: Snapshot
  package var deltas: [Delta]
  package var check: Check

  package struct Snapshot: Sendable, Equatable, Codable {
    package var version: Int
    package var parts: [Part]
    package init(version: Int, parts: [Part]) { (self.version, self.parts) = (version, parts) }
  }

  package struct Part: Sendable, Equatable, Codable {
    package var sha256: String
    /// Bytes as served.
    package var bytes: Int
    package var titles: Int
    package init(sha256: String, bytes: Int, titles: Int) {
      (self.sha256, self.bytes, self.titles) = (sha256, bytes, titles)
    }
  }

  package struct Delta: Sendable, Equatable, Codable {
    package var from: Int
    package var to: Int
    package var sha256: String
    package var bytes: Int
    package var lines: Int
    package init(from: Int, to: Int, sha256: String, bytes: Int, lines: Int) {
      (self.from, self.to, self.sha256, self.bytes, self.lines) = (from, to, sha256, bytes, lines)
    }
  }

  /// The shelf at the manifest's version: number of titles, XOR of the first 8 bytes of each title's SHA-256, in hex.
  package struct Check: Sendable, Equatable, Codable {
    package var titles: Int
    package var xor64: String
    package init(titles: Int, xor64: String) { (self.titles, self.xor64) = (titles, xor64) }
  }

  enum CodingKeys: String, CodingKey {
    case shelf, version, oldest, snapshot, deltas, check
    case issuedAt = "issued_at"
  }

  package init(
    shelf: ShelfName, version: Int, issuedAt: WallTime, oldest: Int, snapshot: Snapshot, deltas: [Delta], check: Check
  ) {
    self.shelf = shelf
    self.version = version
    self.issuedAt = issuedAt
    self.oldest = oldest
    self.snapshot = snapshot
    self.deltas = deltas
    self.check = check
  }
}
