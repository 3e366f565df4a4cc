/// The complete answer of the held request (`spec/wire.md` §2), its parts already checked for form.
package struct Heads: Sendable, Equatable {
  package var cursor: String
  package var policy: PolicyHead?
  /// The trust update that came with the heads: verified by the shell against the trust in force, or refused.
  package var trust: TrustUpdate?
  package var catalogue: [ShelfHead]
  /// What the family's other boxes counted, by profile.
  package var ledger: [String: Elsewhere]
  package var leases: [Lease]
  package var answers: [RequestAnswer]
  package var commands: [UpstreamCommand]
  package var usage: OutboxPosition
  package var poll: PollSettings

  package init(
    cursor: String, policy: PolicyHead? = nil, trust: TrustUpdate? = nil, catalogue: [ShelfHead] = [],
    ledger: [String: Elsewhere] = [:], leases: [Lease] = [], answers: [RequestAnswer] = [],
    commands: [UpstreamCommand] = [], usage: OutboxPosition, poll: PollSettings
  ) {
    self.cursor = cursor
    self.policy = policy
    self.trust = trust
    self.catalogue = catalogue
    self.ledger = ledger
    self.leases = leases
    self.answers = answers
    self.commands = commands
    self.usage = usage
    self.poll = poll
  }

  package struct PolicyHead: Sendable, Equatable {
    package var version: Int
    /// Nil where the envelope is over 32 KiB and has to be fetched.
    package var envelope: OpenedEnvelope?
    package init(version: Int, envelope: OpenedEnvelope?) { (self.version, self.envelope) = (version, envelope) }
  }

  package struct ShelfHead: Sendable, Equatable, Codable {
    package var shelf: ShelfName
    package var version: Int
    package init(shelf: ShelfName, version: Int) { (self.shelf, self.version) = (shelf, version) }
  }

  package struct Elsewhere: Sendable, Equatable {
    package var date: CalendarDate
    package var seconds: Int64
    package var apps: [String: Int64]
    package init(date: CalendarDate, seconds: Int64, apps: [String: Int64]) {
      (self.date, self.seconds, self.apps) = (date, seconds, apps)
    }
  }

  package struct Lease: Sendable, Equatable {
    package var profile: String
    package var date: CalendarDate
    package var throughSeconds: Int64
    package var until: WallTime
    package init(profile: String, date: CalendarDate, throughSeconds: Int64, until: WallTime) {
      (self.profile, self.date, self.throughSeconds, self.until) = (profile, date, throughSeconds, until)
    }
  }

  package struct RequestAnswer: Sendable, Equatable {
    package var request: String
    package var granted: Bool
    package var at: WallTime
    package init(request: String, granted: Bool, at: WallTime) {
      (self.request, self.granted, self.at) = (request, granted, at)
    }
  }

  package struct UpstreamCommand: Sendable, Equatable {
    package var id: String
    package var name: String
    package init(id: String, name: String) { (self.id, self.name) = (id, name) }
  }

  package struct OutboxPosition: Sendable, Equatable {
    package var epoch: Int
    /// The first number that the upstream lacks.
    package var next: Int
    package init(epoch: Int, next: Int) { (self.epoch, self.next) = (epoch, next) }
  }

  package struct PollSettings: Sendable, Equatable {
    package var waitSeconds: Int
    package var spreadSeconds: Int
    package init(waitSeconds: Int, spreadSeconds: Int) {
      (self.waitSeconds, self.spreadSeconds) = (waitSeconds, spreadSeconds)
    }
  }
}

/// A policy envelope as the shell opened it under the trust in force (`spec/wire.md` §3): what needs no history.
///
/// Version, `prev` and date are judged by the core, which knows what was accepted before.
package enum OpenedEnvelope: Sendable, Equatable {
  case opened(PolicyEnvelope)
  /// The checks `too_large` to `invalid` failed.
  case refused(PolicyRefusal)
}

/// A policy whose signature, family and form hold.
package struct PolicyEnvelope: Sendable, Equatable {
  /// The compact JWS as received.
  package var text: String
  /// SHA-256 of the payload, lower-case hex.
  package var payloadSHA256: String
  /// SHA-256 hex of the previous version's payload; nil for the first.
  package var previousSHA256: String?
  package var policy: Policy
  package var zone: TimeZoneRules

  package init(text: String, payloadSHA256: String, previousSHA256: String?, policy: Policy, zone: TimeZoneRules) {
    self.text = text
    self.payloadSHA256 = payloadSHA256
    self.previousSHA256 = previousSHA256
    self.policy = policy
    self.zone = zone
  }
}

/// Why a policy was not taken (`spec/wire.md` §3), in the order of the checks.
package struct PolicyRefusal: Sendable, Equatable, Error {
  package var reason: Reason
  /// With `invalid`, the member's path as a JSON Pointer (RFC 6901).
  package var path: String?
  /// The document's own version where it is readable.
  package var version: Int?

  package init(reason: Reason, path: String? = nil, version: Int? = nil) {
    (self.reason, self.path, self.version) = (reason, path, version)
  }

  package enum Reason: String, Sendable, Codable {
    case tooLarge = "too_large"
    case malformed
    case unknownKey = "unknown_key"
    case badSignature = "bad_signature"
    case wrongFamily = "wrong_family"
    case unsupportedSchema = "unsupported_schema"
    case invalid
    case versionFell = "version_fell"
    case fork
    case issuedInFuture = "issued_in_future"
  }
}

/// A trust update of the heads as the shell judged it against the trust in force.
package enum TrustUpdate: Sendable, Equatable {
  case accepted(TrustSet)
  /// A version that is in force already.
  case known
  case refused
}
