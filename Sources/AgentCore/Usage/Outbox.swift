/// The outbox as the core sees it: numbers, not rows (`spec/wire.md` §5).
package struct Outbox: Sendable, Equatable {
  package enum State: Sendable, Equatable {
    case idle
    case out(RequestID)
  }

  /// Batches go every 15 min ± 20 %.
  package static let interval = Duration.seconds(900)
  package static let intervalSpread = Duration.seconds(360)
  /// At most so long after a session's start or end.
  package static let eventDelay = Duration.seconds(4)
  /// Between batches of a backlog, with as much jitter.
  package static let pace = Duration.seconds(1)
  package static let keptAfterAcknowledgementSeconds: Int64 = 86_400
  /// After another 4xx: keep, hourly, report.
  package static let refusedInterval = Duration.seconds(3_600)

  package private(set) var epoch: Int
  /// The number that the next event gets.
  package private(set) var next: Int
  /// The upstream has all below it.
  package private(set) var firstUnacknowledged: Int
  /// The epoch in which the journal is, behind `epoch` while a new one is being saved.
  private var durableEpoch: Int
  /// All below it are durable on this box, by the journal's numbers.
  private var firstNotDurable: Int
  /// By how much each epoch that is being saved lowers the numbers.
  private var renumberings: [Int] = []
  package var oldestAt: WallTime?
  package var state = State.idle
  package var backoff = Backoff()
  package private(set) var maxEvents = Limits.batchEvents
  /// One of the events up to this number made the upstream refuse a batch (413, 400).
  private var suspectThrough: Int?
  /// The number whose event became a dead letter last; should its replacement be refused as well, nothing smaller can be sent.
  private var lastDeadLetter: Int?
  package private(set) var dueAt: Moment?
  /// The wait after a failure, or the pace of a backlog, which no new event breaks.
  package private(set) var notBefore: Moment?

  package init(_ contents: JournalContents.OutboxContents) {
    epoch = contents.epoch
    durableEpoch = contents.epoch
    next = contents.next
    firstNotDurable = contents.next
    firstUnacknowledged = contents.firstUnacknowledged
    oldestAt = contents.oldestAt
  }

  /// Events that the upstream has not acknowledged.
  package var depth: Int { next - firstUnacknowledged }
  /// Events that can be sent: none while the journal still has them under numbers of an older epoch.
  package var sendable: Int { epoch == durableEpoch ? max(0, firstNotDurable - firstUnacknowledged) : 0 }

  package mutating func takeNumber() -> Int {
    defer { next += 1 }
    return next
  }

  /// Takes note of what became durable. The journal takes changes in their order, so events that were given their
  /// numbers before an epoch began come before it.
  package mutating func durable(_ changes: [JournalChange]) {
    for change in changes {
      switch change {
      case .event(let event, _):
        firstNotDurable = max(firstNotDurable, event.sequence + 1)
        if oldestAt == nil { oldestAt = event.at }
      case .outboxEpoch(let new):
        firstNotDurable -= renumberings.isEmpty ? 0 : renumberings.removeFirst()
        durableEpoch = new
      case .policy, .trust, .acknowledged, .rejected, .deadLetter, .ledger, .session, .sessionEnded, .highWater,
        .anchor, .retryAfter, .prune, .pinAttempts, .lease, .elsewhere, .request, .requestGone:
        break
      }
    }
  }

  /// An upload is wanted at that moment or earlier.
  package mutating func due(at moment: Moment) {
    dueAt = dueAt.map { min($0, moment) } ?? moment
  }

  /// No upload before that moment.
  package mutating func postpone(to moment: Moment) { (dueAt, notBefore) = (moment, moment) }

  package mutating func started(_ id: RequestID) {
    state = .out(id)
    (dueAt, notBefore) = (nil, nil)
  }

  /// The upstream has everything up to a number.
  package mutating func acknowledged(through: Int) {
    firstUnacknowledged = min(next, max(firstUnacknowledged, through + 1))
    if depth == 0 { oldestAt = nil }
  }

  /// After an acknowledgement: a search for an event that was refused goes on in what is left of the refused batch.
  mutating func accepted() {
    if let through = suspectThrough, firstUnacknowledged <= through {
      maxEvents = max(1, (through - firstUnacknowledged + 1) / 2)
    } else {
      endSearch()
    }
  }

  /// What to do after a batch was refused as too large or unreadable.
  enum Refusal: Equatable {
    case smallerBatch
    /// The event of this number is the one that is refused.
    case deadLetter(Int)
    /// Its replacement is refused too.
    case hopeless
  }

  /// The batch from `firstUnacknowledged` on, of at most `maxEvents`, was refused for what is in it.
  mutating func refused() -> Refusal {
    let count = min(maxEvents, sendable)
    if count > 1 {
      suspectThrough = firstUnacknowledged + count - 1
      maxEvents = count / 2
      return .smallerBatch
    }
    guard lastDeadLetter != firstUnacknowledged else { return .hopeless }
    lastDeadLetter = firstUnacknowledged
    return .deadLetter(firstUnacknowledged)
  }

  private mutating func endSearch() { (maxEvents, suspectThrough, lastDeadLetter) = (Limits.batchEvents, nil, nil) }

  /// The upstream lacks events that it had acknowledged (restored from a backup): they are sent again.
  package mutating func rewind(to expected: Int) {
    if expected >= 1, expected < next { firstUnacknowledged = expected }
  }

  /// The upstream knows numbers of this epoch that this box never gave: a new epoch begins, unsent events are numbered
  /// anew, from 1 on; the journal does the same when it comes to it.
  package mutating func beginEpoch(after known: Int) {
    epoch = max(epoch, known) + 1
    renumberings.append(firstUnacknowledged - 1)
    next -= firstUnacknowledged - 1
    firstUnacknowledged = 1
    endSearch()
  }
}
