import AgentCore

/// What a simulated box keeps through a crash: identity, journal and replica.
struct SimulatedStore {
  struct Row: Equatable {
    var event: UsageEvent
    var isAcknowledged = false
  }

  struct Staging {
    var shelf: ShelfName
    var version: Int
    var contents: SimulatedCatalogue.Contents
    var isSnapshot: Bool
  }

  /// Names the box's key; a new one after everything was erased.
  var key: String
  var identity: Identity?
  var policy: JournalContents.StoredPolicy?
  var epoch = 1
  var next = 1
  var rows: [Row] = []
  var ledger: [String: JournalContents.LedgerRow] = [:]
  var sessions: [String: SessionRecord] = [:]
  var highWater: WallTime?
  var anchor: TrustedClock.Anchor?
  var retryAfter: [String: WallTime] = [:]
  var pinAttempts: [String: PINAttempts.Row] = [:]
  var leases: [String: LeaseBook.Row] = [:]
  var elsewhere: [String: Heads.Elsewhere] = [:]
  var requests: [String: RequestRecord] = [:]
  var replica: [ShelfName: (version: Int, contents: SimulatedCatalogue.Contents)] = [:]

  init(key: String) { self.key = key }

  var contents: JournalContents {
    let unacknowledged = rows.first { !$0.isAcknowledged }
    return JournalContents(
      policy: policy,
      outbox: .init(
        epoch: epoch, next: next, firstUnacknowledged: unacknowledged?.event.sequence ?? next,
        oldestAt: unacknowledged?.event.at),
      ledger: ledger.sorted { $0.key < $1.key }.map(\.value),
      sessions: sessions.sorted { $0.key < $1.key }.map(\.value),
      highWater: highWater, retryAfter: retryAfter,
      pinAttempts: pinAttempts.sorted { $0.key < $1.key }.map(\.value),
      leases: leases.sorted { $0.key < $1.key }.map(\.value), elsewhere: elsewhere,
      requests: requests.sorted { $0.key < $1.key }.map(\.value), anchor: anchor)
  }

  /// Applies changes as one transaction; false where they break the order of the outbox, and nothing is kept.
  mutating func commit(_ changes: [JournalChange]) -> Bool {
    let before = self
    for change in changes where !apply(change) {
      self = before
      return false
    }
    return true
  }

  private mutating func apply(_ change: JournalChange) -> Bool {
    switch change {
    case .policy(let envelope, let version, let sha, let trust, let appliedAt):
      policy = .init(envelope: envelope, version: version, payloadSHA256: sha, trust: trust, appliedAt: appliedAt)
    case .trust: break
    case .event(let event, _):
      guard event.sequence == next else { return false }
      next += 1
      rows.append(Row(event: event))
    case .acknowledged(let through, _):
      for index in rows.indices { rows[index].isAcknowledged = rows[index].event.sequence <= through }
    case .rejected: break
    case .deadLetter(var replacement, _):
      guard let index = rows.firstIndex(where: { $0.event.sequence == replacement.sequence }) else { return false }
      replacement.detail = .dropped(from: replacement.sequence, counts: [rows[index].event.kind: 1])
      rows[index].event = replacement
    case .outboxEpoch(let new): renumber(epoch: new)
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
    case .prune: rows.removeAll { $0.isAcknowledged }
    }
    return true
  }

  private mutating func renumber(epoch new: Int) {
    epoch = new
    rows.removeAll { $0.isAcknowledged }
    for index in rows.indices { rows[index].event.sequence = index + 1 }
    next = rows.count + 1
  }

  /// The events from a number on that a batch may carry.
  func batch(from: Int, maxEvents: Int) -> [UsageEvent] {
    Array(rows.map(\.event).filter { $0.sequence >= from }.prefix(maxEvents))
  }
}
