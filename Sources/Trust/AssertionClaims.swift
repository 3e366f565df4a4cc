/// The claims of an assertion as a box writes them.
struct AssertionClaims: Encodable {
  /// From `iat` to `exp`, the most that the upstream takes.
  static let lifeSeconds: Int64 = 60

  var iss: String
  var sub: String
  var aud: String
  var iat: Int64
  var exp: Int64
  var jti: String

  /// The one audience for everything that is signed for a base.
  static func audience(ofBase base: String) -> String { base + "/v1/oauth/token" }
}
