import AgentCore

/// What an access token says: which box asks, and for how long it may (`spec/wire.md` §1, Tokens).
package struct AccessTokenClaims: Sendable, Equatable {
  package var device: String
  package var family: String
  package var issuedAt: WallTime
  package var expiresAt: WallTime
  /// The thumbprint of the key that the token was asked for by (RFC 7800 §3.1, RFC 9449 §6.1).
  package var thumbprint: String

  package init(device: String, family: String, issuedAt: WallTime, expiresAt: WallTime, thumbprint: String) {
    self.device = device
    self.family = family
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
    self.thumbprint = thumbprint
  }
}
