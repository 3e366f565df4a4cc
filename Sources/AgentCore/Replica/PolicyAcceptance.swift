/// Judges an opened policy by what the box accepted before: the last checks of `spec/wire.md` §3, in its order.
package enum PolicyAcceptance {
  /// How far ahead of trusted time a policy may be issued, seconds.
  package static let futureToleranceSeconds: Int64 = 7_200

  /// What was accepted before; version 0 stands for nothing yet.
  package struct Highest: Sendable, Equatable {
    package var version: Int
    package var payloadSHA256: String?
    package init(version: Int, payloadSHA256: String?) { (self.version, self.payloadSHA256) = (version, payloadSHA256) }
  }

  /// Nil where the policy is accepted (the one in force counts as accepted again), else why it is refused.
  package static func refusal(of envelope: PolicyEnvelope, highest: Highest, now: WallTime) -> PolicyRefusal? {
    let version = envelope.policy.version
    func refused(_ reason: PolicyRefusal.Reason) -> PolicyRefusal { PolicyRefusal(reason: reason, version: version) }
    if version < highest.version { return refused(.versionFell) }
    if let held = highest.payloadSHA256, highest.version > 0 {
      if version == highest.version, envelope.payloadSHA256 != held { return refused(.fork) }
      if version == highest.version + 1, envelope.previousSHA256 != held { return refused(.fork) }
    }
    if envelope.policy.issuedAt - now > futureToleranceSeconds { return refused(.issuedInFuture) }
    return nil
  }
}
