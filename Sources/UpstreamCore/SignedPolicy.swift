import AgentCore

/// The policy in force, as signed.
package struct SignedPolicy: Sendable, Equatable, Codable {
  package var version: Int
  /// The payload's text, opaque to the rules.
  package var payload: String
  /// SHA-256 of the payload, lower-case hex.
  package var sha256: String
  /// `prev` of the payload; nil for the first.
  package var previousSHA256: String?
  /// The compact JWS.
  package var envelope: String
  package var facts: PolicyFacts

  package init(
    version: Int, payload: String, sha256: String, previousSHA256: String?, envelope: String, facts: PolicyFacts
  ) {
    self.version = version
    self.payload = payload
    self.sha256 = sha256
    self.previousSHA256 = previousSHA256
    self.envelope = envelope
    self.facts = facts
  }
}

/// What is kept of a policy version that is no longer in force.
package struct PolicyRecord: Sendable, Equatable, Codable {
  package var version: Int
  package var sha256: String
  package var replacedAt: UpstreamInstant
}

/// What the shell has to write into the next policy before it signs.
package struct PolicyDraft: Sendable, Equatable {
  package var family: String
  package var version: Int
  package var previousSHA256: String?
  package var issuedAt: WallTime
}
