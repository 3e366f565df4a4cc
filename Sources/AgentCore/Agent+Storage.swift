// Durability: tickets out, their ends in, and what could not be saved tried again in order.
extension Agent {
  /// Makes changes durable; the continuation follows when they are.
  ///
  /// The journal takes events in the order of their numbers alone, and tickets come back in the order in which they
  /// went. What could not be saved before goes first, in the same transaction and under the numbers of its time; while
  /// others are under way it waits for their end, or their failure would turn the order round.
  mutating func persist(_ changes: [JournalChange], then continuation: Continuation = .nothing) {
    let ticket = PersistTicket(nextNumber())
    let all = isSaving ? changes : takeUnsaved() + changes
    tickets[ticket] = .changes(all, then: continuation)
    effects.append(.persist(ticket, all))
  }

  private var isSaving: Bool {
    tickets.values.contains { if case .changes = $0 { true } else { false } }
  }

  private mutating func takeUnsaved() -> [JournalChange] {
    defer {
      unsaved = []
      retryUnsavedAt = nil
    }
    return unsaved.compactMap { upToDate($0) }
  }

  /// Gives events their numbers and makes them durable, with further changes in the same transaction.
  mutating func record(
    _ details: [UsageEvent.Detail], profile: String?, at now: Now, with further: [JournalChange] = [],
    priority: UsagePriority = .high, then continuation: Continuation = .nothing
  ) {
    let events = details.map { detail in
      JournalChange.event(
        UsageEvent(
          sequence: outbox.takeNumber(), at: wall(now), upTenths: now.boot.nanoseconds / 100_000_000,
          boot: configuration.boot, profile: profile, detail: detail), priority)
    }
    persist(events + further, then: continuation)
  }

  mutating func handlePersisted(_ ticket: PersistTicket, at now: Now) {
    guard let pending = tickets.removeValue(forKey: ticket) else { return }
    if !hasReplicaFailed { clearStorage(at: now) }
    switch pending {
    case .pairing: finishPairing(at: now)
    case .policy(let envelope, let heard): activate(envelope, heard: heard, at: now)
    case .identity: break
    case .changes(let changes, let continuation):
      outbox.durable(changes)
      switch continuation {
      case .nothing: break
      case .reply(let id, let reply): effects.append(.reply(id, reply))
      case .suspend: effects.append(.readyToSleep)
      case .began(let id, let session):
        effects.append(.reply(id, .session(id: session, remainingSeconds: remainingSeconds(session, at: now))))
      case .requested(let id, let request):
        childRequests.saved(request)
        effects.append(.reply(id, .requested(request)))
      }
    }
  }

  mutating func clearStorage(at now: Now) {
    clear(.storageFull, at: now)
    clear(.storageFailed, at: now)
  }

  mutating func handlePersistFailed(_ ticket: PersistTicket, _ cause: String, at now: Now) {
    guard let pending = tickets.removeValue(forKey: ticket) else { return }
    log(.error, "storage failed", .init("cause", cause))
    if case .changes(let changes, _) = pending { keepUnsaved(changes, at: now) }
    raise(cause.contains("full") ? .storageFull : .storageFailed, .error, at: now)
    switch pending {
    case .pairing: pairingNotSaved(cause, at: now)
    case .policy: policy.notSaved(retryAt: now.boot + Self.unsavedRetry)
    case .identity: saveIdentityAgainAt = now.boot + Self.unsavedRetry
    case .changes(_, let continuation):
      switch continuation {
      case .nothing: break
      case .reply(let id, _): effects.append(.reply(id, .refused(.storage(cause))))
      case .suspend: effects.append(.readyToSleep)
      case .began(let id, let session):
        effects.append(.reply(id, .refused(.storage(cause))))
        end(session, reason: .stopped, at: now)
      case .requested(let id, let request):
        // It was refused, so it is not sent either.
        childRequests.remove(request)
        effects.append(.reply(id, .refused(.storage(cause))))
      }
    }
  }

  /// Keeps the changes that must not be lost; those that come again by themselves are left.
  private mutating func keepUnsaved(_ changes: [JournalChange], at now: Now) {
    for change in changes {
      switch change {
      case .highWater, .anchor, .prune: break
      case .request(let record) where !childRequests.records.contains { $0.id == record.id } || !record.isSent: break
      case .ledger, .session, .pinAttempts, .lease, .elsewhere, .request:
        // A running total is written as it stands then, so once is enough.
        if !unsaved.contains(where: { $0.isSameTotal(as: change) }) { unsaved.append(change) }
      case .policy, .trust, .event, .acknowledged, .rejected, .deadLetter, .outboxEpoch, .sessionEnded, .retryAfter,
        .requestGone:
        unsaved.append(change)
      }
    }
    if retryUnsavedAt == nil, !unsaved.isEmpty { retryUnsavedAt = now.boot + Self.unsavedRetry }
  }

  /// A change as it has to be written now: totals grew meanwhile, and a session may have ended. Nil: no longer true.
  private func upToDate(_ change: JournalChange) -> JournalChange? {
    switch change {
    case .session(let record): sessions.session(record.id).map { .session(sessions.record(of: $0)) }
    case .ledger(let profile, let date, _, _): sessions.ledger.row(profile, date)
    case .pinAttempts(let row): .pinAttempts(pins.row(row.profile))
    case .lease(let row): leases.row(row.profile).map { .lease($0) }
    case .elsewhere(let profile, _): .elsewhere(profile: profile, elsewhere[profile])
    case .request(let record): childRequests.records.first { $0.id == record.id }.map { .request($0) }
    case .policy, .trust, .event, .acknowledged, .rejected, .deadLetter, .outboxEpoch, .sessionEnded, .highWater,
      .anchor, .retryAfter, .prune, .requestGone:
      change
    }
  }

  mutating func turnStorage(at now: Now, next: inout Deadline) {
    if let at = retryUnsavedAt, at <= now.boot, !isSaving { persist([]) }
    if let at = saveIdentityAgainAt, at <= now.boot {
      saveIdentityAgainAt = nil
      saveIdentity()
    }
    if pairing.identity != nil, highWaterDue <= now.boot {
      highWaterDue = now.boot + Self.highWaterInterval
      expireRequests(at: now)
      persist(
        [.highWater(wall(now)), .prune(acknowledgedBefore: wall(now) + -Outbox.keptAfterAcknowledgementSeconds)]
          + timeMarks)
    }
    if !isSaving { next.at(retryUnsavedAt) }
    next.at(saveIdentityAgainAt)
    if pairing.identity != nil { next.at(highWaterDue) }
  }

  /// Writes the identity file as it stands now.
  mutating func saveIdentity() {
    guard let identity = pairing.identity else { return }
    let ticket = PersistTicket(nextNumber())
    tickets[ticket] = .identity
    effects.append(.saveIdentity(ticket, identity))
  }
}

extension JournalChange {
  /// Both write the same running total.
  fileprivate func isSameTotal(as other: JournalChange) -> Bool {
    switch (self, other) {
    case (.ledger(let profile, let date, _, _), .ledger(let otherProfile, let otherDate, _, _)):
      profile == otherProfile && date == otherDate
    case (.session(let record), .session(let otherRecord)): record.id == otherRecord.id
    case (.pinAttempts(let row), .pinAttempts(let otherRow)): row.profile == otherRow.profile
    case (.lease(let row), .lease(let otherRow)): row.profile == otherRow.profile
    case (.elsewhere(let profile, _), .elsewhere(let other, _)): profile == other
    case (.request(let record), .request(let otherRecord)): record.id == otherRecord.id
    default: false
    }
  }
}
