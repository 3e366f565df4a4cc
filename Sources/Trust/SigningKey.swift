import AgentCore
import Crypto

/// A key that the upstream signs with: Ed25519, for a policy, a shelf, or as the root (`spec/wire.md` §1, TRUST).
package struct SigningKey: Sendable {
  private let key: Curve25519.Signing.PrivateKey

  /// The key's name, the `kid` of what it signs.
  package let keyID: String

  /// A new key from the system's generator.
  package static func generate(keyID: String) -> SigningKey {
    SigningKey(Curve25519.Signing.PrivateKey(), keyID: keyID)
  }

  /// The key of 32 bytes, as `rawRepresentation` gave them; throws `invalid_key`.
  package init(keyID: String, rawRepresentation: [UInt8]) throws(TrustError) {
    do { self.init(try Curve25519.Signing.PrivateKey(rawRepresentation: rawRepresentation), keyID: keyID) } catch {
      throw TrustError(.invalidKey, "these \(rawRepresentation.count) bytes are no Ed25519 private key", cause: error)
    }
  }

  private init(_ key: Curve25519.Signing.PrivateKey, keyID: String) { (self.key, self.keyID) = (key, keyID) }

  /// The private key, 32 bytes.
  package var rawRepresentation: [UInt8] { Array(key.rawRepresentation) }

  /// The public half, as boxes are told it.
  package var jwk: TrustSet.PublicKey {
    TrustSet.PublicKey(kid: keyID, x: Base64URL.encode(key.publicKey.rawRepresentation))
  }

  /// A compact JWS of some bytes (RFC 7515 §7.1); throws `signing_failed`.
  package func signCompact(payload: [UInt8], typ: JSONWebSignatureType) throws(TrustError) -> String {
    let (protected, payload) = (try protected(typ), Base64URL.encode(payload))
    return try "\(protected).\(payload)." + signature(of: protected, payload)
  }

  /// A general JWS of some bytes by several keys (RFC 7515 §7.2.1), as JSON text; throws `signing_failed`.
  package static func signGeneral(
    payload: [UInt8], typ: JSONWebSignatureType, keys: [SigningKey]
  ) throws(TrustError) -> String {
    let payload = Base64URL.encode(payload)
    var signatures: [String] = []
    for key in keys {
      let protected = try key.protected(typ)
      signatures.append(#"{"protected":"\#(protected)","signature":"\#(try key.signature(of: protected, payload))"}"#)
    }
    return #"{"payload":"\#(payload)","signatures":["# + signatures.joined(separator: ",") + "]}"
  }

  private func protected(_ typ: JSONWebSignatureType) throws(TrustError) -> String {
    try SignatureText.header(algorithm: "EdDSA", keyID: keyID, type: typ)
  }

  /// The signature over two segments; throws `signing_failed`.
  func signature(of protected: String, _ payload: String) throws(TrustError) -> String {
    do { return Base64URL.encode(try key.signature(for: Array("\(protected).\(payload)".utf8))) } catch {
      throw TrustError(.signingFailed, "the key \(keyID) did not sign", cause: error)
    }
  }
}
