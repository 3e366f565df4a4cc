/// One change of the journal; those of one `Effect.persist` become durable together or not at all.
package enum JournalChange: Sendable, Equatable {
  /// The accepted policy as received, beside the trust that accepted it.
  case policy(envelope: String, version: Int, payloadSHA256: String, trust: TrustSet, appliedAt: WallTime)
  case trust(TrustSet)
  case event(UsageEvent, UsagePriority)
  /// The upstream has all up to this number; the rows stay for 24 h from `at`.
  case acknowledged(through: Int, at: WallTime)
  /// The upstream rejected this one for good; kept for diagnosis.
  case rejected(sequence: Int, type: String)
  /// The upstream refuses this event whatever it is sent with: its line is set aside, and a `dropped` line takes its number.
  /// `replacement` is that line, but for its `counts`, which the journal knows.
  case deadLetter(replacement: UsageEvent, status: Int)
  case outboxEpoch(Int)
  /// The profile's seconds of that day as this box counted them: totals, not differences.
  case ledger(profile: String, date: CalendarDate, seconds: Int64, apps: [String: Int64])
  case session(SessionRecord)
  case sessionEnded(id: String)
  /// The highest trusted time so far.
  case highWater(WallTime)
  /// Trusted time in this boot.
  case anchor(TrustedClock.Anchor)
  /// Not before this trusted time may the endpoint be asked again; nil: free.
  case retryAfter(endpoint: String, until: WallTime?)
  /// Wrong PINs of a profile in a row: totals, not differences; none takes the row away.
  case pinAttempts(PINAttempts.Row)
  /// The last lease of a profile.
  case lease(LeaseBook.Row)
  /// What the family's other boxes counted of a profile's day; nil: nothing any more.
  case elsewhere(profile: String, Heads.Elsewhere?)
  /// What a child asked for, as it stands.
  case request(RequestRecord)
  case requestGone(id: String)
  /// Events acknowledged before this time go.
  case prune(acknowledgedBefore: WallTime)
}

/// Which events go first when the outbox is full.
package enum UsagePriority: Int, Sendable, Equatable { case low = 0, high = 1 }

/// An open session as the journal keeps it, so that a restart can end it honestly.
package struct SessionRecord: Sendable, Equatable, Codable {
  package var id: String
  package var profile: String
  package var title: TitleReference?
  package var app: String?
  package var service: String?
  /// The caller's user id.
  package var owner: UInt32
  package var startedAt: WallTime
  package var days: [PlayedDay]
  /// The app that the agent started for it; nil where a launcher plays by itself.
  package var launch: LaunchRecord?

  package init(
    id: String, profile: String, title: TitleReference?, app: String?, service: String?, owner: UInt32,
    startedAt: WallTime, days: [PlayedDay], launch: LaunchRecord? = nil
  ) {
    self.launch = launch
    self.id = id
    self.profile = profile
    self.title = title
    self.app = app
    self.service = service
    self.owner = owner
    self.startedAt = startedAt
    self.days = days
  }
}

/// What the journal held at start.
package struct JournalContents: Sendable, Equatable {
  package var policy: StoredPolicy?
  package var outbox: OutboxContents
  package var ledger: [LedgerRow]
  package var sessions: [SessionRecord]
  package var highWater: WallTime?
  /// Of whatever boot it was written in.
  package var anchor: TrustedClock.Anchor?
  package var retryAfter: [String: WallTime]
  /// The newest trust that was made durable; nil where none ever was.
  package var trust: TrustSet?
  package var pinAttempts: [PINAttempts.Row]
  package var leases: [LeaseBook.Row]
  package var elsewhere: [String: Heads.Elsewhere]
  package var requests: [RequestRecord]

  package struct StoredPolicy: Sendable, Equatable {
    package var envelope: String
    package var version: Int
    package var payloadSHA256: String
    package var trust: TrustSet
    package var appliedAt: WallTime
    package init(envelope: String, version: Int, payloadSHA256: String, trust: TrustSet, appliedAt: WallTime) {
      self.envelope = envelope
      self.version = version
      self.payloadSHA256 = payloadSHA256
      self.trust = trust
      self.appliedAt = appliedAt
    }
  }

  package struct OutboxContents: Sendable, Equatable {
    package var epoch: Int
    /// The number of the next event.
    package var next: Int
    /// The upstream has all below it.
    package var firstUnacknowledged: Int
    /// `at` of the oldest event that is not acknowledged.
    package var oldestAt: WallTime?
    package init(epoch: Int = 1, next: Int = 1, firstUnacknowledged: Int = 1, oldestAt: WallTime? = nil) {
      (self.epoch, self.next, self.firstUnacknowledged, self.oldestAt) = (epoch, next, firstUnacknowledged, oldestAt)
    }
  }

  package struct LedgerRow: Sendable, Equatable {
    package var profile: String
    package var date: CalendarDate
    package var seconds: Int64
    package var apps: [String: Int64]
    package init(profile: String, date: CalendarDate, seconds: Int64, apps: [String: Int64]) {
      (self.profile, self.date, self.seconds, self.apps) = (profile, date, seconds, apps)
    }
  }

  package init(
    policy: StoredPolicy? = nil, outbox: OutboxContents = OutboxContents(), ledger: [LedgerRow] = [],
    sessions: [SessionRecord] = [], highWater: WallTime? = nil, retryAfter: [String: WallTime] = [:],
    trust: TrustSet? = nil, pinAttempts: [PINAttempts.Row] = [], leases: [LeaseBook.Row] = [],
    elsewhere: [String: Heads.Elsewhere] = [:], requests: [RequestRecord] = [], anchor: TrustedClock.Anchor? = nil
  ) {
    self.anchor = anchor

    self.policy = policy
    self.outbox = outbox
    self.ledger = ledger
    self.sessions = sessions
    self.highWater = highWater
    self.retryAfter = retryAfter
    self.trust = trust
    self.pinAttempts = pinAttempts
    self.leases = leases
    self.elsewhere = elsewhere
    self.requests = requests
  }
}

extension JournalContents {
  /// It holds something of a family: a policy, usage, counted time.
  package var isPrivate: Bool {
    policy != nil || trust != nil || outbox.next > 1 || outbox.epoch > 1 || !ledger.isEmpty || !sessions.isEmpty
      || !pinAttempts.isEmpty || !leases.isEmpty || !elsewhere.isEmpty || !requests.isEmpty
  }
}
