/// How a box gets from the version it holds to the manifest's (`spec/wire.md` §4).
package enum ShelfPlan: Sendable, Equatable {
  /// It is there already, or the manifest is older than what is applied.
  case nothing
  /// Deltas alone, in this order.
  case chain([ShelfManifest.Delta])
  /// The snapshot, then the chain from its version.
  case snapshot(ShelfManifest.Snapshot, [ShelfManifest.Delta])
  /// No way leads to the version; the manifest is void.
  case impossible

  /// `held` is the applied version, 0 for none; `withoutDeltas` after a chain failed.
  package static func make(_ manifest: ShelfManifest, held: Int, withoutDeltas: Bool = false) -> ShelfPlan {
    if held > 0, manifest.version <= held { return .nothing }
    let fromSnapshot = shortestChain(manifest, from: manifest.snapshot.version)
    if held >= manifest.oldest, held > 0, !withoutDeltas, let chain = shortestChain(manifest, from: held) {
      guard let rest = fromSnapshot else { return .chain(chain) }
      let chainBytes = chain.reduce(0) { $0 + $1.bytes }
      let snapshotBytes = rest.reduce(0) { $0 + $1.bytes } + manifest.snapshot.parts.reduce(0) { $0 + $1.bytes }
      if chainBytes * 2 < snapshotBytes { return .chain(chain) }
    }
    guard let rest = fromSnapshot else { return .impossible }
    return .snapshot(manifest.snapshot, rest)
  }

  /// The chain of fewest bytes from a version to the manifest's; nil where there is none.
  private static func shortestChain(_ manifest: ShelfManifest, from version: Int) -> [ShelfManifest.Delta]? {
    if version == manifest.version { return [] }
    var best: [Int: (bytes: Int, chain: [ShelfManifest.Delta])] = [version: (0, [])]
    for delta in manifest.deltas.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) where delta.to > delta.from {
      guard let reached = best[delta.from] else { continue }
      let bytes = reached.bytes + delta.bytes
      if let known = best[delta.to], known.bytes <= bytes { continue }
      best[delta.to] = (bytes, reached.chain + [delta])
    }
    return best[manifest.version]?.chain
  }
}
