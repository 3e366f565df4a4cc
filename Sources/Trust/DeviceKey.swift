import AgentCore
import Crypto

/// A box's own key: ECDSA on P-256, made at its first start (`spec/wire.md` §1, Key).
package struct DeviceKey: Sendable {
  private let key: P256.Signing.PrivateKey

  /// The public half, which the upstream knows the box by.
  package let publicKey: DeviceKeyJWK

  /// A new key from the system's generator.
  package static func generate() -> DeviceKey { DeviceKey(P256.Signing.PrivateKey()) }

  /// The key of 32 bytes, as `rawRepresentation` gave them; throws `invalid_key`.
  package init(rawRepresentation: [UInt8]) throws(TrustError) {
    do { self.init(try P256.Signing.PrivateKey(rawRepresentation: rawRepresentation)) } catch {
      throw TrustError(.invalidKey, "these \(rawRepresentation.count) bytes are no P-256 private key", cause: error)
    }
  }

  private init(_ key: P256.Signing.PrivateKey) {
    self.key = key
    publicKey = DeviceKeyJWK(key.publicKey)
  }

  /// The private key, 32 bytes: to be kept in a file that only the box can read.
  package var rawRepresentation: [UInt8] { Array(key.rawRepresentation) }

  /// The public key as JSON text, the `device_key` of the requests.
  package var publicJWK: String { publicKey.text }

  /// The public key's RFC 7638 thumbprint, JKT.
  package var thumbprint: String { publicKey.thumbprint }

  /// A `client_assertion` for one request: a compact JWS that lives 60 s and can be used once.
  ///
  /// `subject` is the device id, before pairing the thumbprint. `endpoint` is the upstream's base without a slash at
  /// its end. Throws `signing_failed`.
  package func assertion(subject: String, endpoint: String, at now: WallTime) throws(TrustError) -> String {
    try sign(
      AssertionClaims(
        iss: subject, sub: subject, aud: AssertionClaims.audience(ofBase: endpoint), iat: now.seconds,
        exp: now.seconds + AssertionClaims.lifeSeconds, jti: SecureRandom.token()))
  }

  /// A compact JWS of these claims, the signature as r ‖ s (RFC 7518 §3.4); throws `signing_failed`.
  func sign(_ claims: some Encodable) throws(TrustError) -> String {
    let header = try SignatureText.header(algorithm: "ES256", keyID: nil, type: .assertion)
    let signed = try header + "." + SignatureText.segment(claims)
    do {
      let signature = try key.signature(for: Array(signed.utf8))
      return signed + "." + Base64URL.encode(signature.rawRepresentation)
    } catch { throw TrustError(.signingFailed, "the box's key did not sign an assertion", cause: error) }
  }
}
