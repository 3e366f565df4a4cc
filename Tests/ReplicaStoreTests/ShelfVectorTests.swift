import AgentCore
import Database
import FoundationEssentials
import Testing

@testable import ReplicaStore

/// The cases of `vectors/wire/shelves.json` as far as the store decides them. Signatures, stale manifests, the hash of
/// a part and what is fetched are decided elsewhere.
///
/// Skipped where the vectors do not lie beside the project.
@Suite(.enabled(if: vectors != nil, "the vectors are not beside the project"))
struct ShelfVectorTests {
  struct Vectors: Decodable {
    var shelf: ShelfName
    var manifest: String
    var manifests: [String: String]
    var versions: [String: Version]
    var broken: [Broken]

    struct Version: Decodable {
      var titles: Int
      var xor64: String
      var refs: [String]
    }

    struct Broken: Decodable {
      var name: String
      var manifest: String
      var held: [Int]
      var expect: String
    }
  }

  let cases: Vectors
  let wire: String

  init() throws {
    wire = try #require(vectors) + "/wire"
    cases = try JSONDecoder().decode(Vectors.self, from: Data(contents(wire + "/shelves.json")))
  }

  /// The payload of a manifest, its signature not looked at.
  func payload(_ jws: String) throws -> ShelfManifest {
    let segment = try #require(jws.split(separator: ".").dropFirst().first)
    var base64 = String(segment).replacing("-", with: "+").replacing("_", with: "/")
    while base64.utf8.count % 4 != 0 { base64 += "=" }
    return try JSONDecoder().decode(ShelfManifest.self, from: try #require(Data(base64Encoded: base64)))
  }

  func blob(_ sha256: String) -> String { "\(wire)/blobs/\(sha256)" }

  /// Every chain of deltas from a version to the manifest's.
  func chains(_ manifest: ShelfManifest, from version: Int) -> [[ShelfManifest.Delta]] {
    if version == manifest.version { return [[]] }
    return manifest.deltas.filter { $0.from == version && $0.to > version }.flatMap { delta in
      chains(manifest, from: delta.to).map { [delta] + $0 }
    }
  }

  enum Outcome: Equatable {
    case accepted
    case refused
    case mismatch
  }

  /// One run of a job over its steps.
  func run(
    _ store: CatalogueStore, _ manifest: ShelfManifest, parts: [ShelfManifest.Part], deltas: [ShelfManifest.Delta],
    isSnapshot: Bool
  ) throws -> Outcome {
    let job = ShelfJob(7)
    try store.begin(job, manifest.shelf, version: manifest.version, isSnapshot: isSnapshot)
    let steps =
      parts.map { (blob($0.sha256), ShelfPartKind.snapshot(titles: $0.titles)) }
      + deltas.map { (blob($0.sha256), ShelfPartKind.delta(lines: $0.lines)) }
    for (path, kind) in steps {
      switch store.apply(job, partPath: path, kind: kind) {
      case .applied: break
      case .refused: return .refused
      case .failed(let cause):
        Issue.record("the store failed: \(cause)")
        return .refused
      }
    }
    switch store.commit(job, manifest.check) {
    case .committed(let titles):
      #expect(titles == manifest.check.titles)
      return .accepted
    case .mismatch: return .mismatch
    case .failed(let cause):
      Issue.record("the store failed: \(cause)")
      return .refused
    }
  }

  /// A store that holds a version of the vectors; 0 for an empty one.
  func store(holding version: Int, in scratch: Scratch) throws -> CatalogueStore {
    let store = try CatalogueStore(path: scratch.file("replica-\(version).db"), digest: digest)
    guard version > 0 else { return store }
    let manifest = try payload(try #require(cases.manifests[String(version)]))
    let chain = try #require(chains(manifest, from: manifest.snapshot.version).first)
    let outcome = try run(store, manifest, parts: manifest.snapshot.parts, deltas: chain, isSnapshot: true)
    #expect(outcome == .accepted)
    return store
  }

  @Test("snapshot and every chain, to each version: the shelf holds what the version holds")
  func snapshotAndChain() throws {
    for (name, text) in cases.manifests.sorted(by: { $0.key < $1.key }) {
      let manifest = try payload(text)
      let version = try #require(cases.versions[name])
      for chain in chains(manifest, from: manifest.snapshot.version) {
        let scratch = try Scratch()
        let store = try CatalogueStore(path: scratch.file("replica.db"), digest: digest)
        #expect(
          try run(store, manifest, parts: manifest.snapshot.parts, deltas: chain, isSnapshot: true) == .accepted)
        let refs = try store.connection.rows("SELECT ref FROM shelf_title ORDER BY ref") {
          (row) throws(DatabaseError) in try row.text(0)
        }
        #expect(refs == version.refs)
        #expect(
          try store.appliedShelves()
            == [AppliedShelf(shelf: cases.shelf, version: manifest.version, titles: version.titles)])
      }
    }
  }

  @Test("every chain from every held version to the newest: the same rows as by the snapshot")
  func chainsFromEveryVersion() throws {
    let scratch = try Scratch()
    let manifest = try payload(cases.manifest)
    let expected = try store(holding: 5, in: scratch).dump()
    for held in 1...4 {
      let ways = chains(manifest, from: held)
      #expect(!ways.isEmpty)
      for deltas in ways {
        let own = try Scratch()
        let store = try store(holding: held, in: own)
        #expect(try run(store, manifest, parts: [], deltas: deltas, isSnapshot: false) == .accepted)
        #expect(try store.dump() == expected)
      }
    }
  }

  @Test("snapshot over any held version: the same rows as on an empty replica")
  func snapshotOverHeld() throws {
    let manifest = try payload(cases.manifest)
    let expected = try store(holding: 5, in: try Scratch()).dump()
    for held in 1...5 {
      let own = try Scratch()
      let store = try store(holding: held, in: own)
      let chain = try #require(chains(manifest, from: manifest.snapshot.version).last)
      #expect(try run(store, manifest, parts: manifest.snapshot.parts, deltas: chain, isSnapshot: true) == .accepted)
      #expect(try store.dump() == expected)
    }
  }

  /// How the store ends the chain (nil: there is none) and the snapshot.
  static let outcomes: [String: (chain: Outcome?, snapshot: Outcome)] = [
    "xor64 is wrong": (.mismatch, .mismatch),
    "number of titles is wrong": (.mismatch, .mismatch),
    "a delta leads elsewhere; the snapshot is right": (.mismatch, .accepted),
    "gzip of a part is cut off, hash right": (nil, .refused),
    "a title twice in a snapshot": (nil, .refused),
    "a snapshot out of order": (nil, .refused),
    "a del in a snapshot": (nil, .refused),
    "a line over 64 KiB": (nil, .refused),
    "a name with a lone surrogate: skipped for display, counted in check": (nil, .accepted),
    "a hole in the only chain from 2: the snapshot and its chain instead": (nil, .accepted),
  ]

  /// Decided before the store is asked.
  static let elsewhere = [
    "manifest signature is damaged", "manifest signed by a policy key", "manifest typ of a policy",
    "manifest of another shelf", "manifest older than what is applied", "a part's bytes do not have its hash",
    "a part is missing (404)",
  ]

  @Test("broken manifests and parts: refused with the old shelf as it was, or accepted by the way that is right")
  func broken() throws {
    for broken in cases.broken where !ShelfVectorTests.elsewhere.contains(broken.name) {
      let expected = try #require(ShelfVectorTests.outcomes[broken.name], "no outcome for \(broken.name)")
      let manifest = try payload(broken.manifest)
      for held in broken.held {
        let scratch = try Scratch()
        let store = try store(holding: held, in: scratch)
        let before = try store.dump()
        if held > 0, let chain = chains(manifest, from: held).first {
          let outcome = try run(store, manifest, parts: [], deltas: chain, isSnapshot: false)
          #expect(outcome == expected.chain, "\(broken.name), chain from \(held)")
          #expect(try store.dump() == before, "\(broken.name) left something behind")
        }
        let chain = try #require(chains(manifest, from: manifest.snapshot.version).first)
        let outcome = try run(store, manifest, parts: manifest.snapshot.parts, deltas: chain, isSnapshot: true)
        #expect(outcome == expected.snapshot, "\(broken.name), snapshot over \(held)")
        if outcome == .accepted {
          #expect(try store.appliedShelves().first?.version == manifest.version)
        } else {
          #expect(try store.dump() == before, "\(broken.name) left something behind")
        }
      }
    }
  }

  /// The part has one more title that cannot be shown: it lacks `offers`.
  @Test("lone surrogate: counted, not shown")
  func loneSurrogate() throws {
    let broken = try #require(cases.broken.first { $0.name.contains("lone surrogate") })
    let manifest = try payload(broken.manifest)
    let scratch = try Scratch()
    let store = try CatalogueStore(path: scratch.file("replica.db"), digest: digest)
    let job = ShelfJob(1)
    try store.begin(job, manifest.shelf, version: manifest.version, isSnapshot: true)
    let part = try #require(manifest.snapshot.parts.first)
    #expect(
      store.apply(job, partPath: blob(part.sha256), kind: .snapshot(titles: part.titles))
        == .applied(lines: part.titles, skipped: 2))
    #expect(store.commit(job, manifest.check) == .committed(titles: part.titles))
    #expect(try store.count("title") == part.titles - 2)
    #expect(try store.count("shelf_title") == part.titles)
  }
}
