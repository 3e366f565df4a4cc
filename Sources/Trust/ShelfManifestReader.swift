import AgentCore

/// Opens a shelf's manifest under the trust in force (`spec/wire.md` §4).
package enum ShelfManifestReader {
  /// Opens a manifest that a catalogue key signed, that is for this shelf, and whose members have the form and keep the
  /// limits of §0 and §4. Whether it is stale, and what to fetch, is the core's to say.
  package static func open(_ text: String, shelf: ShelfName, trust: TrustSet) -> OpenedManifest {
    guard text.utf8.count <= Limits.manifestBytes, let envelope = CompactSignature(Array(text.utf8)),
      envelope.header.isOf(algorithm: "EdDSA", type: .shelf),
      trust.catalogue.named(envelope.header.kid).areValid(envelope.signature, for: envelope.signed),
      let manifest = try? JSONText.decode(ShelfManifest.self, from: envelope.payload),
      manifest.shelf == shelf, manifest.isWellFormed
    else { return .refused }
    return .opened(manifest)
  }
}

extension ShelfManifest {
  fileprivate var isWellFormed: Bool {
    version >= 1 && (1...version).contains(oldest) && (1...version).contains(snapshot.version)
      && snapshot.parts.allSatisfy(\.isWellFormed)
      && snapshot.parts.reduce(0) { $0 + $1.titles } <= Limits.shelfTitles
      && deltas.allSatisfy { $0.isWellFormed && $0.to <= version }
      && (0...Limits.shelfTitles).contains(check.titles) && Hex.isText(check.xor64, ofLength: 16)
  }
}

extension ShelfManifest.Part {
  fileprivate var isWellFormed: Bool {
    Hex.isText(sha256, ofLength: 64) && (0...Limits.blobBytes).contains(bytes)
      && (0...Limits.shelfTitles).contains(titles)
  }
}

extension ShelfManifest.Delta {
  fileprivate var isWellFormed: Bool {
    from >= 1 && from < to && Hex.isText(sha256, ofLength: 64) && (0...Limits.blobBytes).contains(bytes) && lines >= 0
  }
}
