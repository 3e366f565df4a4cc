import AgentCore
import Trust

/// Keys and documents of our own, so that the tests run on a clone that stands alone.
enum Fixtures {
  /// A key whose 32 bytes all have this value.
  static func key(_ keyID: String, _ byte: UInt8) throws -> SigningKey {
    try SigningKey(keyID: keyID, rawRepresentation: [UInt8](repeating: byte, count: 32))
  }

  static func policyKey() throws -> SigningKey { try key("policy-a", 1) }
  static func secondPolicyKey() throws -> SigningKey { try key("policy-b", 2) }
  static func catalogueKey() throws -> SigningKey { try key("catalogue-a", 3) }
  static func rootKey() throws -> SigningKey { try key("root-a", 4) }
  static func stranger() throws -> SigningKey { try key("stranger", 5) }

  static func trust() throws -> TrustSet {
    TrustSet(
      version: 3, policy: [try policyKey().jwk, try secondPolicyKey().jwk], catalogue: [try catalogueKey().jwk],
      root: try rootKey().jwk)
  }

  static let family = "f_one"

  /// A whole policy; each pair of `changes` is a text and what stands in its place.
  static func policy(_ changes: (String, String)...) -> String {
    var text = """
      {"schema":1,"family":"f_one","aud":"f_one","version":7,"prev":null,"issued_at":"2026-11-24T20:00:00Z",\
      "time_zone":"America/New_York","region":"US","profiles":[{"id":"mia","name":"Mia","kind":"child",\
      "apps":{"limits":{"youtube":30}}}]}
      """
    for (old, new) in changes { text = text.replacing(old, with: new) }
    return text
  }

  /// Knows one zone by name and any by its rule, whatever the machine's tzdata holds.
  static func zone(_ name: String, _ rule: String?) -> TimeZoneRules? {
    name == "America/New_York" || rule != nil ? .utc : nil
  }

  static func open(_ envelope: String, trust: TrustSet) -> OpenedEnvelope {
    PolicyEnvelopeReader.open(envelope, trust: trust, family: family, zone: zone)
  }
}
