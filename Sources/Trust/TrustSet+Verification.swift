import AgentCore
import Crypto

extension TrustSet {
  /// Whether a box can work by these keys: a version from 1 on, at least one policy key, every key an Ed25519 key.
  package var isWellFormed: Bool {
    version >= 1 && !policy.isEmpty && (policy + catalogue + [root]).allSatisfy { $0.signingKey != nil }
  }
}

extension TrustSet.PublicKey {
  /// The key itself; nil where this is no Ed25519 JWK (RFC 8037 §2) with a name.
  var signingKey: Curve25519.Signing.PublicKey? {
    guard kty == "OKP", crv == "Ed25519", !kid.isEmpty, let bytes = Base64URL.decode(x), bytes.count == 32 else {
      return nil
    }
    return try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
  }

  /// Whether this key signed these bytes (EdDSA, RFC 8037 §3.1).
  func isValid(_ signature: [UInt8], for signed: ArraySlice<UInt8>) -> Bool {
    signingKey?.isValidSignature(signature, for: signed) ?? false
  }
}

extension [TrustSet.PublicKey] {
  /// The keys of a name; a JWS without a name has none.
  func named(_ keyID: String?) -> [TrustSet.PublicKey] { filter { $0.kid == keyID } }

  /// Whether one of these keys signed these bytes.
  func areValid(_ signature: [UInt8], for signed: ArraySlice<UInt8>) -> Bool {
    contains { $0.isValid(signature, for: signed) }
  }
}
