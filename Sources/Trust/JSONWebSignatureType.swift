/// The types of signed documents; each is refused where another is expected.
package enum JSONWebSignatureType: String, Sendable {
  /// `spec/wire.md` §3.
  case policy = "axolotly-policy+jws"
  /// `spec/wire.md` §4.
  case shelf = "axolotly-shelf+jws"
  /// `spec/wire.md` §1, TRUST.
  case trust = "axolotly-trust+jws"
  /// A box's assertion (`spec/wire.md` §1).
  case assertion = "JWT"
  /// An access token (RFC 9068 §2.1).
  case accessToken = "at+jwt"
}
