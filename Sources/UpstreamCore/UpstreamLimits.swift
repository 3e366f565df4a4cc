/// Every limit of the upstream's rules, named, with its unit.
package enum UpstreamLimits {
  // Pairing (`spec/wire.md` §1).
  package static let codeLifeSeconds: Int64 = 900
  /// How long the same key gets the same success again.
  package static let successLifeSeconds: Int64 = 900
  package static let pollIntervalSeconds: Int64 = 5
  /// By how much each `slow_down` lengthens the interval (RFC 8628 §3.5).
  package static let slowDownSeconds: Int64 = 5
  package static let pollForgivenessMilliseconds: Int64 = 500
  package static let wrongCodesPerMinute = 5

  // Private requests (`spec/wire.md` §1, §7).
  package static let instanceSeconds: Int64 = 600
  /// How stale the durable time of a device's last request may be.
  package static let lastRequestSeconds: Int64 = 300
  package static let deviceRequestsPerMinute = 40
  package static let familyRequestsPerMinute = 100

  // Heads (`spec/wire.md` §2).
  package static let holdSeconds: Int64 = 300
  package static let inlinedEnvelopeBytes = 32 << 10
  package static let ledgerOnlySeconds: Int64 = 300
  package static let answerLifeSeconds: Int64 = 86_400

  // Leases (`spec/wire.md` §2).
  package static let idleLeaseSeconds: Int64 = 300
  package static let openLeaseSeconds: Int64 = 1_200
  package static let leaseRenewalSeconds: Int64 = 120
  /// A box that plays with so much left and gets no more is given what idle ones hold; it reports at 180 s.
  package static let leaseShortSeconds: Int64 = 200
  /// For how long an open session counts on after its last report.
  package static let openSessionSeconds: Int64 = 600

  // What a family keeps.
  package static let devices = 32
  package static let familyNameCharacters = 100
  package static let requests = 256
  /// Policy versions whose number and hash are kept beside the one in force.
  package static let policyRecords = 100
  /// Days for which sessions stay countable.
  package static let ledgerDays = 8
}
