/// The policy in force, and what becomes of one that arrives (`spec/wire.md` §3).
package struct PolicyKeeper: Sendable {
  package struct Active: Sendable {
    package var compiled: CompiledPolicy
    /// The compact JWS as received.
    package var envelope: String
    package var payloadSHA256: String
    package var appliedAt: WallTime
    package var version: Int { compiled.policy.version }
  }

  package enum Fetch: Sendable, Equatable {
    case notNeeded
    case wanted(notBefore: Moment)
    case out(RequestID)
  }

  package var active: Active?
  package var highest: PolicyAcceptance.Highest
  /// Why the last one that came was not taken; nil once one was.
  package var refused: PolicyRefusal?
  /// Refused only because it is dated ahead: judged again when its time has come.
  package var deferred: PolicyEnvelope?
  /// Being made durable.
  package var saving: PolicyEnvelope?
  package var fetch = Fetch.notNeeded
  package var backoff = Backoff()
  /// When the upstream last confirmed the policy in force as current.
  package var confirmedAt: Moment

  package init(restored: Agent.Restored, now: Moment, wall: WallTime) {
    let stored = restored.journal.policy
    highest = PolicyAcceptance.Highest(version: 0, payloadSHA256: nil)
    if let identity = restored.identity {
      highest = .init(version: identity.highestPolicyVersion, payloadSHA256: identity.highestPolicySHA256)
    }
    if let stored, stored.version > highest.version {
      highest = .init(version: stored.version, payloadSHA256: stored.payloadSHA256)
    }
    confirmedAt = now
    if let envelope = restored.policy, let stored {
      active = Active(
        compiled: CompiledPolicy(envelope.policy, zone: envelope.zone), envelope: envelope.text,
        payloadSHA256: envelope.payloadSHA256,
        appliedAt: stored.appliedAt)
      // What passed before this start is known by trusted time alone.
      confirmedAt = now - .seconds(max(0, wall - stored.appliedAt))
    }
  }

  /// What the next policy is judged by: the one that is being saved, else the highest that was.
  package var highestKnown: PolicyAcceptance.Highest {
    guard let saving else { return highest }
    return PolicyAcceptance.Highest(version: saving.policy.version, payloadSHA256: saving.payloadSHA256)
  }

  package func ageSeconds(at now: Moment) -> Int64 { max(0, (now - confirmedAt).wholeSeconds) }

  package mutating func notSaved(retryAt: Moment) {
    saving = nil
    fetch = .wanted(notBefore: retryAt)
  }
}
