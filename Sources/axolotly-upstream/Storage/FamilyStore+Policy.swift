import AgentCore
import Foundation
import Trust
import UpstreamCore

extension FamilyStore {
  /// A policy that could not be set.
  enum PolicyFailure: Error {
    case noFamily
    case noPolicy
    /// With a JSON Pointer where one member is to blame.
    case refused(PolicyRefusal)
    case edit(String)
    case conflict
  }

  /// What an edit starts from: the document in force, the time, and the zone of the policy in force.
  struct PolicyBasis: Sendable {
    var document: JSONValue?
    var now: WallTime
    var zone: TimeZoneRules?
  }

  /// Makes the next version from a document and sets it by compare-and-set; gives its version.
  func setPolicy(
    family id: String, keys: UpstreamKeys, now: UpstreamInstant, document: @Sendable (PolicyBasis) throws -> JSONValue
  ) throws -> Int {
    guard let family = try family(id) else { throw PolicyFailure.noFamily }
    let draft = FamilyRules.policyDraft(of: family, now: now)
    let signed = try sign(document(try basis(of: family, draft)), draft, keys)
    guard try handle(.parent(.setPolicy(signed)), family: id, now: now) == .done else { throw PolicyFailure.conflict }
    return draft.version
  }

  /// What an edit would start from now.
  func policyBasis(of id: String, now: UpstreamInstant) throws -> PolicyBasis {
    guard let family = try family(id) else { throw PolicyFailure.noFamily }
    return try basis(of: family, FamilyRules.policyDraft(of: family, now: now))
  }

  private func basis(of family: Family, _ draft: PolicyDraft) throws -> PolicyBasis {
    let facts = family.policy?.facts
    return PolicyBasis(
      document: try family.policy.map { try JSON.decode(JSONValue.self, from: $0.payload) }, now: draft.issuedAt,
      zone: facts.flatMap { zone($0.timeZone, $0.timeZoneRule) })
  }

  /// Writes what the upstream says of a policy, signs it, and reads the result as a box would.
  private func sign(_ document: JSONValue, _ draft: PolicyDraft, _ keys: UpstreamKeys) throws -> SignedPolicy {
    var policy = document
    policy["family"] = .string(draft.family)
    policy["aud"] = .string(draft.family)
    policy["version"] = .integer(Int64(draft.version))
    policy["prev"] = draft.previousSHA256.map { .string($0) } ?? .null
    policy["issued_at"] = .string(draft.issuedAt.description)
    let payload = Array(try JSON.data(policy))
    let envelope = try keys.policy.signCompact(payload: payload, typ: .policy)
    switch PolicyEnvelopeReader.open(envelope, trust: keys.trust, family: draft.family, zone: zone) {
    case .refused(let refusal): throw PolicyFailure.refused(refusal)
    case .opened(let read):
      return SignedPolicy(
        version: draft.version, payload: String(decoding: payload, as: UTF8.self), sha256: read.payloadSHA256,
        previousSHA256: draft.previousSHA256, envelope: envelope, facts: PolicyFacts(read.policy))
    }
  }

  private func zone(_ name: String, _ rule: String?) -> TimeZoneRules? { zones.rules(name, rule: rule) }
}
