import AgentCore

/// Judges a trust update of the heads against the trust in force (`spec/wire.md` §1, TRUST).
package enum TrustUpdateReader {
  /// A general JWS (RFC 7515 §7.2.1). Members of it that we do not know are ignored.
  private struct GeneralSignature: Decodable {
    var payload: String
    var signatures: [Signature]

    struct Signature: Decodable {
      /// Absent where a signer protects nothing; such a signature counts for nothing.
      var protected: String?
      var signature: String
    }
  }

  /// Takes the next version when a policy key *and* the root, both as trusted now, signed it; what is in force already,
  /// word for word, is known; everything else is refused. The limit is `Limits.trustBytes`.
  package static func open(_ json: [UInt8], trusted: TrustSet) -> TrustUpdate {
    guard json.count <= Limits.trustBytes,
      let update = try? JSONText.decode(GeneralSignature.self, from: json),
      let payload = Base64URL.decode(update.payload),
      let offered = try? JSONText.decode(TrustSet.self, from: payload), offered.isWellFormed
    else { return .refused }
    if offered == trusted { return .known }
    guard offered.version - 1 == trusted.version, isSigned(update, by: trusted.policy),
      isSigned(update, by: [trusted.root])
    else { return .refused }
    return .accepted(offered)
  }

  /// Whether one of the signatures is by one of the keys; the others do not matter, whatever is wrong with them.
  private static func isSigned(_ update: GeneralSignature, by keys: [TrustSet.PublicKey]) -> Bool {
    update.signatures.contains { entry in
      guard let protected = entry.protected, let header = JSONWebSignatureHeader(protected: Array(protected.utf8)[...]),
        header.isOf(algorithm: "EdDSA", type: .trust), let signature = Base64URL.decode(entry.signature)
      else { return false }
      let signed = Array("\(protected).\(update.payload)".utf8)
      return keys.named(header.kid).areValid(signature, for: signed[...])
    }
  }
}
