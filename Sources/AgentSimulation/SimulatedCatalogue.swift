import AgentCore

/// The upstream's catalogue as the simulation keeps it: what each shelf holds at each version, and blobs by name.
///
/// A title is a reference and a revision; its digest stands for the first 8 bytes of its SHA-256.
struct SimulatedCatalogue {
  /// Reference to revision.
  typealias Contents = [String: Int]

  enum Blob: Equatable {
    case snapshotPart([String: Int])
    /// A nil revision deletes.
    case delta([String: Int?])
  }

  static let titlesInPart = 20
  /// Versions back to which deltas lead.
  static let deltasKept = 3

  private(set) var versions: [ShelfName: [Contents]] = [:]
  private(set) var blobs: [String: Blob] = [:]

  func latest(_ shelf: ShelfName) -> Int { versions[shelf]?.count ?? 0 }
  func contents(_ shelf: ShelfName, version: Int) -> Contents? {
    guard let held = versions[shelf], version >= 1, version <= held.count else { return nil }
    return held[version - 1]
  }

  /// Publishes the next version of a shelf.
  mutating func publish(_ contents: Contents, on shelf: ShelfName) {
    versions[shelf, default: []].append(contents)
  }

  static func digest(_ reference: String, _ revision: Int) -> UInt64 {
    var hash = TraceHash()
    hash.add("\(reference)#\(revision)")
    return hash.value
  }

  static func check(_ contents: Contents) -> ShelfManifest.Check {
    let xor = contents.reduce(UInt64(0)) { $0 ^ digest($1.key, $1.value) }
    return .init(titles: contents.count, xor64: String(xor, radix: 16))
  }

  /// The manifest of a shelf as it stands; its blobs can be fetched from then on.
  mutating func manifest(_ shelf: ShelfName, at now: WallTime) -> ShelfManifest? {
    let version = latest(shelf)
    guard let current = contents(shelf, version: version) else { return nil }
    let oldest = max(1, version - Self.deltasKept)
    return ShelfManifest(
      shelf: shelf, version: version, issuedAt: now, oldest: oldest, snapshot: snapshot(shelf, version),
      deltas: (oldest..<version).map { delta(shelf, from: $0) }, check: Self.check(current))
  }

  private mutating func snapshot(_ shelf: ShelfName, _ version: Int) -> ShelfManifest.Snapshot {
    let sorted = (contents(shelf, version: version) ?? [:]).sorted { $0.key < $1.key }
    var parts: [ShelfManifest.Part] = []
    for start in stride(from: 0, to: sorted.count, by: Self.titlesInPart) {
      let slice = sorted[start..<min(start + Self.titlesInPart, sorted.count)]
      let name = "\(shelf)@\(version)/\(start)"
      blobs[name] = .snapshotPart(Dictionary(uniqueKeysWithValues: slice.map { ($0.key, $0.value) }))
      parts.append(.init(sha256: name, bytes: slice.count * 100, titles: slice.count))
    }
    return .init(version: version, parts: parts)
  }

  private mutating func delta(_ shelf: ShelfName, from version: Int) -> ShelfManifest.Delta {
    let old = contents(shelf, version: version) ?? [:]
    let new = contents(shelf, version: version + 1) ?? [:]
    var lines: [String: Int?] = [:]
    for (reference, revision) in new where old[reference] != revision { lines[reference] = .some(revision) }
    for reference in old.keys where new[reference] == nil { lines.updateValue(nil, forKey: reference) }
    let name = "\(shelf)@\(version)-\(version + 1)"
    blobs[name] = .delta(lines)
    return .init(from: version, to: version + 1, sha256: name, bytes: lines.count * 100, lines: lines.count)
  }
}
