import Crypto

/// A box's public key as it stands in requests: a JWK on P-256 (RFC 7518 §6.2), checked to be a point of the curve.
///
/// It keeps the required members alone, so that a private part that was sent by mistake is not stored.
package struct DeviceKeyJWK: Sendable, Hashable {
  /// The coordinates, base64url of 32 bytes each.
  package let x: String
  package let y: String

  private struct Members: Decodable {
    var kty: String
    var crv: String
    var x: String
    var y: String
  }

  /// Reads JSON text; throws `invalid_key` for anything that is no public key on P-256.
  package init(json: String) throws(TrustError) {
    guard json.utf8.count <= Self.limitBytes, let members = try? JSONText.decode(Members.self, from: Array(json.utf8))
    else { throw TrustError(.invalidKey, "device_key is no JWK of a public key") }
    guard members.kty == "EC", members.crv == "P-256" else {
      throw TrustError(.invalidKey, "device_key has to be a JWK with kty EC and crv P-256")
    }
    (x, y) = (members.x, members.y)
    guard signingKey != nil else { throw TrustError(.invalidKey, "x and y of device_key are no point of P-256") }
  }

  init(_ key: P256.Signing.PublicKey) {
    let coordinates = Array(key.rawRepresentation)
    x = Base64URL.encode(coordinates.prefix(32))
    y = Base64URL.encode(coordinates.dropFirst(32))
  }

  /// The longest text of a key, bytes.
  private static let limitBytes = 4 << 10

  /// The required members in the order of RFC 7638 §3.2: the same text for the same key.
  package var text: String { #"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"# }

  /// SHA-256 of `text` as base64url (RFC 7638 §3), JKT.
  package var thumbprint: String { Base64URL.encode(SHA256Digest.digest(of: Array(text.utf8))) }

  /// Nil where the coordinates are no point of the curve.
  private var signingKey: P256.Signing.PublicKey? {
    guard let x = Base64URL.decode(x), x.count == 32, let y = Base64URL.decode(y), y.count == 32 else { return nil }
    return try? P256.Signing.PublicKey(rawRepresentation: x + y)
  }

  /// Whether this key signed these bytes: ES256, the signature as r ‖ s (RFC 7518 §3.4).
  func isValid(_ signature: [UInt8], for signed: ArraySlice<UInt8>) -> Bool {
    guard let key = signingKey, let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else {
      return false
    }
    return key.isValidSignature(signature, for: signed)
  }
}
