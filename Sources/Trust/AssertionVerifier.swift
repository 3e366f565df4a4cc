import AgentCore

/// The upstream's side of an assertion: who may ask what `spec/wire.md` §1 lets a box ask.
package struct AssertionVerifier: Sendable {
  /// How far a box's clock may be off, either way, seconds.
  package static let skewSeconds: Int64 = 60
  /// The longest assertion, bytes.
  package static let limitBytes = 8 << 10
  /// The fewest and the most characters of a `jti`.
  package static let tokenCharacters = 22...256

  private let audiences: [String]

  /// `bases` are all addresses of the upstream, without a slash at the end.
  package init(bases: [String]) { audiences = bases.map(AssertionClaims.audience(ofBase:)) }

  /// What is to be remembered of an accepted assertion, so that it cannot be used again.
  package struct Accepted: Sendable, Equatable {
    package var jti: String
    /// After this the assertion is refused by its date, and its `jti` may be forgotten.
    package var until: WallTime
  }

  /// Why an assertion is refused: for the upstream's log; the box hears `invalid_client` alone.
  package enum InvalidClient: String, Error, Sendable {
    case malformed
    case wrongType = "wrong_type"
    case invalidKey = "invalid_key"
    case badSignature = "bad_signature"
    case wrongSubject = "wrong_subject"
    case wrongAudience = "wrong_audience"
    case outOfTime = "out_of_time"
    case weakToken = "weak_jti"
    case usedToken = "used_jti"
  }

  /// Judges an assertion of `subject` (the device id, before pairing the key's thumbprint) by the key that is known
  /// for it, as JSON text. `isUsed` says whether a `jti` was accepted before.
  package func verify(
    _ assertion: String, subject: String, deviceKey: String, now: WallTime, isUsed: (_ jti: String) -> Bool
  ) -> Result<Accepted, InvalidClient> {
    guard let key = try? DeviceKeyJWK(json: deviceKey) else { return .failure(.invalidKey) }
    return verify(assertion, subject: subject, deviceKey: key, now: now, isUsed: isUsed)
  }

  /// As above, by a key that was read before.
  package func verify(
    _ assertion: String, subject: String, deviceKey: DeviceKeyJWK, now: WallTime, isUsed: (_ jti: String) -> Bool
  ) -> Result<Accepted, InvalidClient> {
    do throws(InvalidClient) {
      let claims = try claims(of: assertion, key: deviceKey)
      guard claims.iss == subject, claims.sub == subject else { throw .wrongSubject }
      guard audiences.contains(claims.aud) else { throw .wrongAudience }
      guard claims.isTimely(now) else { throw .outOfTime }
      guard Self.tokenCharacters.contains(claims.jti.utf8.count) else { throw .weakToken }
      guard !isUsed(claims.jti) else { throw .usedToken }
      return .success(Accepted(jti: claims.jti, until: claims.lastMoment))
    } catch { return .failure(error) }
  }

  /// The claims under a signature that holds.
  private func claims(of assertion: String, key: DeviceKeyJWK) throws(InvalidClient) -> ReceivedClaims {
    guard assertion.utf8.count <= Self.limitBytes, let jws = CompactSignature(Array(assertion.utf8)) else {
      throw .malformed
    }
    guard jws.header.isOf(algorithm: "ES256", type: .assertion) else { throw .wrongType }
    guard key.isValid(jws.signature, for: jws.signed) else { throw .badSignature }
    guard let claims = try? JSONText.decode(ReceivedClaims.self, from: jws.payload) else { throw .malformed }
    return claims
  }
}

/// The claims of an assertion as they come: all required; a date may have a fraction (RFC 7519 §2, NumericDate).
private struct ReceivedClaims: Decodable {
  var iss: String
  var sub: String
  var aud: String
  var iat: Double
  var exp: Double
  var jti: String

  /// Whether the assertion is made by now, not over, and not made to live too long; `exp` is then near `now`.
  func isTimely(_ now: WallTime) -> Bool {
    let (now, skew) = (Double(now.seconds), Double(AssertionVerifier.skewSeconds))
    return iat <= now + skew && exp >= now - skew && exp - iat <= Double(AssertionClaims.lifeSeconds)
  }

  /// Only of claims that are timely.
  var lastMoment: WallTime {
    WallTime(seconds: Int64(exp.rounded(.up)) + AssertionVerifier.skewSeconds)
  }
}
