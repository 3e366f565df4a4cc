// Usage and state on their way up (`spec/wire.md` §5, §6).
extension Agent {
  mutating func turnUpload(at now: Now, next: inout Deadline) {
    guard case .idle = outbox.state, outbox.sendable > 0, unsaved.isEmpty, !health.contains(.clone),
      let bearer = token.text, unpairing == nil
    else { return }
    if outbox.dueAt == nil { scheduleUpload(at: now) }
    guard let due = outbox.dueAt else { return }
    let wanted = max(outbox.sendable >= Limits.batchEvents ? now.boot : due, outbox.notBefore ?? now.boot)
    let at = max(wanted, floor(of: .usage) ?? wanted)
    if at > now.boot { return next.at(at) }
    if let free = budget.take(at: now.boot, isUrgent: false) { return next.at(free) }
    let request = UpstreamRequest.usage(
      epoch: outbox.epoch, from: outbox.firstUnacknowledged, maxEvents: outbox.maxEvents, maxBytes: Limits.batchBytes)
    outbox.started(send(request, for: .usage, token: bearer))
  }

  private mutating func scheduleUpload(at now: Now) {
    let early = Outbox.intervalSpread / 2
    outbox.due(at: now.boot + Outbox.interval - early + random.duration(upTo: Outbox.intervalSpread))
  }

  mutating func handleAcknowledged(_ through: Int, _ rejected: [RejectedEvent], at now: Now) {
    outbox.backoff.succeeded(at: now.boot)
    outbox.state = .idle
    outbox.acknowledged(through: through)
    outbox.accepted()
    clear(.usageRejected, at: now)
    persist(
      rejected.map { .rejected(sequence: $0.sequence, type: $0.type) }
        + [.acknowledged(through: outbox.firstUnacknowledged - 1, at: wall(now))])
    fulfilHeadsWish(at: now)
    guard outbox.sendable > 0 else { return }
    outbox.postpone(to: now.boot + Outbox.pace + random.duration(upTo: Outbox.pace))
  }

  mutating func uploadFailed(floor: Moment?, at now: Now) {
    outbox.state = .idle
    let at = now.boot + outbox.backoff.failed(at: now.boot, using: &random)
    outbox.postpone(to: max(at, floor ?? at))
  }

  mutating func uploadProblem(_ problem: UpstreamAnswer.Problem, floor: Moment?, at now: Now) {
    outbox.state = .idle
    switch (problem.status, problem.name) {
    case (401, _), (409, "clone"?): outbox.postpone(to: now.boot)
    case (409, "gap"?):
      let before = (outbox.epoch, outbox.firstUnacknowledged)
      if let expected = problem.expected { reconcile(.init(epoch: outbox.epoch, next: expected), at: now) }
      // Where nothing else can be sent than before, the same answer would come for ever.
      if before == (outbox.epoch, outbox.firstUnacknowledged) { return uploadFailed(floor: floor, at: now) }
      outbox.postpone(to: now.boot + random.duration(upTo: Outbox.pace))
    case (403, "outbox_fenced"?): beginEpoch(after: problem.epoch ?? outbox.epoch, at: now)
    case (413, _), (400, _): contentRefused(problem.status, floor: floor, at: now)
    case (429, _), (500..., _): uploadFailed(floor: floor, at: now)
    default: usageRefused(floor: floor, at: now)
    }
  }

  /// Halves the batch down to the one event that is refused, and sets that aside.
  private mutating func contentRefused(_ status: Int, floor: Moment?, at now: Now) {
    switch outbox.refused() {
    case .smallerBatch: break
    case .deadLetter(let number):
      log(
        .warning, "the upstream refuses an event for good", .init("number", String(number)),
        .init("status", String(status)))
      let replacement = UsageEvent(
        sequence: number, at: wall(now), upTenths: now.boot.nanoseconds / 100_000_000, boot: configuration.boot,
        profile: nil, detail: .dropped(from: number, counts: [:]))
      persist([.deadLetter(replacement: replacement, status: status)])
    case .hopeless: return usageRefused(floor: floor, at: now)
    }
    let at = now.boot + random.duration(upTo: Outbox.pace)
    outbox.postpone(to: max(at, floor ?? at))
  }

  private mutating func usageRefused(floor: Moment?, at now: Now) {
    raise(.usageRejected, .error, at: now)
    outbox.postpone(to: max(now.boot + Outbox.refusedInterval, floor ?? now.boot))
  }

  /// Compares what the upstream says that it has with what this box knows.
  mutating func reconcile(_ position: Heads.OutboxPosition, at now: Now) {
    if position.epoch > outbox.epoch || (position.epoch == outbox.epoch && position.next > outbox.next) {
      return beginEpoch(after: position.epoch, at: now)
    }
    guard position.epoch == outbox.epoch, position.next < outbox.firstUnacknowledged else { return }
    outbox.rewind(to: position.next)
    persist([.acknowledged(through: outbox.firstUnacknowledged - 1, at: wall(now))])
    outbox.due(at: now.boot + random.duration(upTo: Outbox.pace))
  }

  private mutating func beginEpoch(after known: Int, at now: Now) {
    if case .out(let id) = outbox.state {
      cancel(id)
      outbox.state = .idle
    }
    outbox.beginEpoch(after: known)
    log(.warning, "the outbox begins a new epoch", .init("epoch", String(outbox.epoch)))
    persist([.outboxEpoch(outbox.epoch)])
    outbox.due(at: now.boot + random.duration(upTo: Outbox.pace))
  }

  // MARK: State

  mutating func turnReport(at now: Now, next: inout Deadline) {
    guard report.out == nil, !health.contains(.clone), let bearer = token.text, unpairing == nil else { return }
    if report.dueAt == nil { report.due(at: now.boot + StateReporting.interval) }
    guard let due = report.dueAt else { return }
    let at = max(due, floor(of: .state) ?? due)
    if at > now.boot { return next.at(at) }
    if let free = budget.take(at: now.boot, isUrgent: false) { return next.at(free) }
    report.started(send(.state(stateReport(at: now)), for: .state, token: bearer))
  }

  func stateReport(at now: Now) -> StateReport {
    StateReport(
      boot: configuration.boot, upSeconds: Double(now.boot.nanoseconds / 100_000_000) / 10,
      policy: policy.active.map { .init(version: $0.version, appliedAt: $0.appliedAt) },
      refused: policy.refused.map { .init(version: $0.version ?? 0, reason: $0.reason.rawValue, path: $0.path) },
      trust: pairing.identity?.trust.version ?? 0,
      shelves: catalogue.applied.values.sorted { $0.shelf < $1.shelf }.map {
        .init(shelf: $0.shelf, version: $0.version, titles: $0.titles)
      },
      outbox: .init(epoch: outbox.epoch, next: outbox.next, depth: outbox.depth, oldestAt: outbox.oldestAt),
      health: health.items, commands: report.commands)
  }

  mutating func handleReported(at now: Now) {
    report.backoff.succeeded(at: now.boot)
    report.accepted()
  }

  mutating func reportFailed(floor: Moment?, at now: Now) {
    report.out = nil
    let at = now.boot + report.backoff.failed(at: now.boot, using: &random)
    report.postpone(to: max(at, floor ?? at))
  }
}
