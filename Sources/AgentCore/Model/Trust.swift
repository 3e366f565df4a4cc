/// The keys that a box trusts (`spec/wire.md` §1, TRUST). Member names are the wire's, so it is coded as it stands.
package struct TrustSet: Sendable, Equatable, Codable {
  package var version: Int
  package var policy: [PublicKey]
  package var catalogue: [PublicKey]
  package var root: PublicKey

  package init(version: Int, policy: [PublicKey], catalogue: [PublicKey], root: PublicKey) {
    (self.version, self.policy, self.catalogue, self.root) = (version, policy, catalogue, root)
  }

  /// An Ed25519 public key as a JWK (RFC 8037 §2); `x` is base64url.
  package struct PublicKey: Sendable, Equatable, Codable {
    package var kty: String
    package var crv: String
    package var kid: String
    package var x: String
    package init(kid: String, x: String) { (kty, crv, self.kid, self.x) = ("OKP", "Ed25519", kid, x) }
  }
}

/// What a paired box is: kept in a file of its own, mode 0600, written by rename (design, Storage).
package struct Identity: Sendable, Equatable, Codable {
  package var device: String
  package var family: String
  /// Bases of the upstream, tried in order; no slash at the end.
  package var endpoints: [String]
  package var trust: TrustSet
  /// The highest policy version ever accepted, and its payload's hash: the second of the two places that keep it.
  package var highestPolicyVersion: Int
  package var highestPolicySHA256: String?

  package init(
    device: String, family: String, endpoints: [String], trust: TrustSet, highestPolicyVersion: Int = 0,
    highestPolicySHA256: String? = nil
  ) {
    self.device = device
    self.family = family
    self.endpoints = endpoints
    self.trust = trust
    self.highestPolicyVersion = highestPolicyVersion
    self.highestPolicySHA256 = highestPolicySHA256
  }
}
