import AgentCore

/// What a box keeps through a restart, in memory; it takes events only in the order of their numbers.
struct SimulatedJournal {
  var identity: Identity?
  var policy: JournalContents.StoredPolicy?
  var epoch = 1
  var next = 1
  var firstUnacknowledged = 1
  var events: [UsageEvent] = []
  var ledger: [String: JournalContents.LedgerRow] = [:]
  var sessions: [String: SessionRecord] = [:]
  var highWater: WallTime?
  var anchor: TrustedClock.Anchor?
  var retryAfter: [String: WallTime] = [:]
  var pinAttempts: [String: PINAttempts.Row] = [:]
  var leases: [String: LeaseBook.Row] = [:]
  var elsewhere: [String: Heads.Elsewhere] = [:]
  var requests: [String: RequestRecord] = [:]
  var shelves: [AppliedShelf] = []
  /// The policies that can be opened again, by their text.
  var envelopes: [String: PolicyEnvelope] = [:]
  /// How often changes came that do not fit what is kept.
  private(set) var refusals = 0

  /// What the stores hand the agent at start.
  var restored: Agent.Restored {
    let oldest = events.first { $0.sequence >= firstUnacknowledged }
    return Agent.Restored(
      identity: identity,
      journal: JournalContents(
        policy: policy,
        outbox: .init(epoch: epoch, next: next, firstUnacknowledged: firstUnacknowledged, oldestAt: oldest?.at),
        ledger: ledger.sorted { $0.key < $1.key }.map(\.value),
        sessions: sessions.sorted { $0.key < $1.key }.map(\.value), highWater: highWater, retryAfter: retryAfter,
        pinAttempts: pinAttempts.sorted { $0.key < $1.key }.map(\.value),
        leases: leases.sorted { $0.key < $1.key }.map(\.value), elsewhere: elsewhere,
        requests: requests.sorted { $0.key < $1.key }.map(\.value), anchor: anchor),
      policy: policy.flatMap { envelopes[$0.envelope] }, shelves: shelves)
  }

  /// Applies all of the changes, or none and returns false.
  mutating func commit(_ changes: [JournalChange]) -> Bool {
    let before = self
    for change in changes where !apply(change) {
      self = before
      refusals += 1
      return false
    }
    return true
  }

  private mutating func apply(_ change: JournalChange) -> Bool {
    switch change {
    case .policy(let envelope, let version, let sha, let trust, let appliedAt):
      policy = .init(envelope: envelope, version: version, payloadSHA256: sha, trust: trust, appliedAt: appliedAt)
    case .trust, .rejected, .prune: break
    case .event(let event, _):
      guard event.sequence == next else { return false }
      next += 1
      events.append(event)
    case .acknowledged(let through, _):
      guard through >= 0, through < next else { return false }
      firstUnacknowledged = through + 1
    case .deadLetter(var replacement, _):
      guard let index = events.firstIndex(where: { $0.sequence == replacement.sequence }) else { return false }
      replacement.detail = .dropped(from: replacement.sequence, counts: [events[index].kind: 1])
      events[index] = replacement
    case .outboxEpoch(let new): return beginEpoch(new)
    case .ledger(let profile, let date, let seconds, let apps):
      ledger["\(profile) \(date)"] = .init(profile: profile, date: date, seconds: seconds, apps: apps)
    case .session(let record): sessions[record.id] = record
    case .sessionEnded(let id): sessions[id] = nil
    case .highWater(let time): highWater = time
    case .anchor(let new): anchor = new
    case .retryAfter(let endpoint, let until): retryAfter[endpoint] = until
    case .pinAttempts(let row): pinAttempts[row.profile] = row.failures > 0 ? row : nil
    case .lease(let row): leases[row.profile] = row
    case .elsewhere(let profile, let other): elsewhere[profile] = other
    case .request(let record): requests[record.id] = record
    case .requestGone(let id): requests[id] = nil
    }
    return true
  }

  /// Acknowledged events go, the others are numbered from 1.
  private mutating func beginEpoch(_ new: Int) -> Bool {
    guard new > epoch else { return false }
    epoch = new
    events.removeAll { $0.sequence < firstUnacknowledged }
    for index in events.indices { events[index].sequence -= firstUnacknowledged - 1 }
    next -= firstUnacknowledged - 1
    firstUnacknowledged = 1
    return true
  }

  /// The lines of a batch.
  func batch(from: Int, maxEvents: Int) -> [UsageEvent] {
    Array(events.filter { $0.sequence >= from }.prefix(maxEvents))
  }

  /// Everything that happened, as it is told upstream.
  var details: [UsageEvent.Detail] { events.map(\.detail) }
}
