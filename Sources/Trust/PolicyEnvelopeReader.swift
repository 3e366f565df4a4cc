import AgentCore

/// Opens a policy envelope under the trust in force: the checks of `spec/wire.md` §3 that need no history.
package enum PolicyEnvelopeReader {
  /// Judges an envelope in the order of §3, from `too_large` to `invalid`.
  ///
  /// `zone` looks a time zone up by its IANA name, or where tzdata lacks it by the policy's POSIX rule; where it has
  /// neither, the policy is `invalid` at `/time_zone`.
  package static func open(
    _ text: String, trust: TrustSet, family: String, zone: (_ name: String, _ rule: String?) -> TimeZoneRules?
  ) -> OpenedEnvelope {
    do throws(PolicyRefusal) {
      let payload = try verifiedPayload(of: text, trust: trust)
      let document = try document(payload, family: family)
      guard let rules = zone(document.policy.timeZone, document.policy.timeZoneRule) else {
        throw PolicyRefusal(reason: .invalid, path: "/time_zone", version: document.policy.version)
      }
      return .opened(
        PolicyEnvelope(
          text: text, payloadSHA256: SHA256Digest.hex(of: payload), previousSHA256: document.previous,
          policy: document.policy, zone: rules))
    } catch { return .refused(error) }
  }

  /// The payload under a signature that holds: `too_large`, `malformed`, `unknown_key`, `bad_signature`.
  private static func verifiedPayload(of text: String, trust: TrustSet) throws(PolicyRefusal) -> [UInt8] {
    guard text.utf8.count <= Limits.envelopeBytes else { throw PolicyRefusal(reason: .tooLarge) }
    let bytes = Array(text.utf8)
    guard payloadCount(in: bytes) <= Limits.policyPayloadBytes else { throw PolicyRefusal(reason: .tooLarge) }
    guard let envelope = CompactSignature(bytes), envelope.header.isOf(algorithm: "EdDSA", type: .policy) else {
      throw PolicyRefusal(reason: .malformed)
    }
    let keys = trust.policy.named(envelope.header.kid)
    guard !keys.isEmpty else { throw PolicyRefusal(reason: .unknownKey) }
    guard keys.areValid(envelope.signature, for: envelope.signed) else { throw PolicyRefusal(reason: .badSignature) }
    return envelope.payload
  }

  /// How many bytes the second segment stands for; 0 where there is none.
  private static func payloadCount(in text: [UInt8]) -> Int {
    let segments = text.split(separator: UInt8(ascii: "."), maxSplits: 2, omittingEmptySubsequences: false)
    return segments.count > 1 ? Base64URL.decodedCount(ofLength: segments[1].count) : 0
  }

  /// What a verified payload says: `malformed`, `wrong_family`, `unsupported_schema`, `invalid`.
  private static func document(
    _ payload: [UInt8], family: String
  ) throws(PolicyRefusal) -> PolicyPayload.Document {
    guard let read = try? JSONText.decode(PolicyPayload.self, from: payload, configuration: family) else {
      throw PolicyRefusal(reason: .malformed)
    }
    return try read.outcome.get()
  }
}
