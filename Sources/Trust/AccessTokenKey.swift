import AgentCore
import Crypto

/// The upstream's key for access tokens: JWTs that it verifies by their signature alone, without a look-up.
///
/// HMAC with SHA-256 and a key of 256 bits (HS256, RFC 7518 §3.2): who verifies them is who issues them, so that the
/// dearer work of a public-key signature at every request would buy nothing.
package struct AccessTokenKey: Sendable {
  private let key: SymmetricKey

  /// The private key, 32 bytes.
  package let rawRepresentation: [UInt8]

  /// The longest token that is looked at, bytes.
  package static let limitBytes = 4 << 10

  /// A new key from the system's generator.
  package static func generate() -> AccessTokenKey { AccessTokenKey(SecureRandom.bytes(count: 32)) }

  /// The key of 32 bytes, as `rawRepresentation` gave them; throws `invalid_key`.
  package init(rawRepresentation: [UInt8]) throws(TrustError) {
    guard rawRepresentation.count == 32 else {
      throw TrustError(.invalidKey, "a key for access tokens has 32 bytes, not \(rawRepresentation.count)")
    }
    self.init(rawRepresentation)
  }

  private init(_ bytes: [UInt8]) { (key, rawRepresentation) = (SymmetricKey(data: bytes), bytes) }

  /// Why a token is refused: for the upstream's log; the box hears `token_invalid` alone.
  package enum Refusal: String, Error, Sendable {
    case malformed
    case badSignature = "bad_signature"
    case expired
  }

  /// The token for these claims; throws `signing_failed`.
  package func issue(_ claims: AccessTokenClaims) throws(TrustError) -> String {
    let members = Members(
      sub: claims.device, family: claims.family, iat: claims.issuedAt.seconds, exp: claims.expiresAt.seconds,
      cnf: Members.Confirmation(jkt: claims.thumbprint))
    let header = try SignatureText.header(algorithm: "HS256", keyID: nil, type: .accessToken)
    let signed = try header + "." + SignatureText.segment(members)
    let code = HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: key)
    return signed + "." + Base64URL.encode(code)
  }

  /// The claims of a token that this key issued and that has not expired at `now`.
  package func verify(_ token: String, now: WallTime) -> Result<AccessTokenClaims, Refusal> {
    guard token.utf8.count <= Self.limitBytes, let jws = CompactSignature(Array(token.utf8)),
      jws.header.isOf(algorithm: "HS256", type: .accessToken)
    else { return .failure(.malformed) }
    guard HMAC<SHA256>.isValidAuthenticationCode(jws.signature, authenticating: jws.signed, using: key) else {
      return .failure(.badSignature)
    }
    guard let members = try? JSONText.decode(Members.self, from: jws.payload) else { return .failure(.malformed) }
    guard now < members.claims.expiresAt else { return .failure(.expired) }
    return .success(members.claims)
  }

  /// The claims as the token has them.
  private struct Members: Codable {
    var sub: String
    var family: String
    var iat: Int64
    var exp: Int64
    var cnf: Confirmation

    struct Confirmation: Codable { var jkt: String }

    var claims: AccessTokenClaims {
      AccessTokenClaims(
        device: sub, family: family, issuedAt: WallTime(seconds: iat), expiresAt: WallTime(seconds: exp),
        thumbprint: cnf.jkt)
    }
  }
}
