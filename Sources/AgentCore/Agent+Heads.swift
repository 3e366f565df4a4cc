// The held request and what it brings (`spec/wire.md` §2).
extension Agent {
  mutating func turnHeads(at now: Now, next: inout Deadline) {
    guard case .waiting(let until) = held.state, let bearer = token.text, unpairing == nil else { return }
    let at = max(until, floor(of: .heads) ?? until)
    if at > now.boot { return next.at(at) }
    if let free = budget.take(at: now.boot, isUrgent: true) { return next.at(free) }
    returnToFirstEndpoint(at: now)
    let wait = held.asksAtOnce ? 0 : held.ladder.waitSeconds(cap: held.poll?.waitSeconds)
    let id = send(
      .heads(after: held.cursor, waitSeconds: wait), for: .heads, token: bearer,
      timeout: .seconds(Int64(wait)) + Self.holdGrace, fresh: held.usesFreshConnection)
    held.usesFreshConnection = false
    held.state = .out(id, waitSeconds: wait, since: now.boot)
  }

  /// How long the box stays with another endpoint before it tries the first again.
  static let firstEndpointRetry = Duration.seconds(600)

  private mutating func returnToFirstEndpoint(at now: Now) {
    guard held.endpointIndex != 0, let since = endpointChangedAt, now.boot - since >= Self.firstEndpointRetry else {
      return
    }
    held.endpointIndex = 0
    endpointChangedAt = nil
  }

  mutating func handleUnchanged(at now: Now) {
    guard case .out(_, let wait, let since) = held.state else { return }
    held.ladder.unchanged(waitSeconds: wait, after: now.boot - since)
    headsSucceeded(at: now)
    policy.confirmedAt = now.boot
    if held.isFastLoop(at: now.boot) {
      return headsFailed(.malformed("answers without progress in a fast loop"), wait: nil, at: now)
    }
    held.state = .waiting(until: now.boot + random.duration(upTo: HeldRequest.jitterAfterUnchanged))
  }

  mutating func handleHeads(_ heads: Heads, at now: Now) {
    let isNews = heads.cursor != held.cursor
    headsSucceeded(at: now)
    held.cursor = heads.cursor
    held.poll = heads.poll
    if isNews {
      held.madeProgress()
    } else if held.isFastLoop(at: now.boot) {
      return headsFailed(.malformed("answers without progress in a fast loop"), wait: nil, at: now)
    }
    held.state = .waiting(until: now.boot)
    apply(heads, at: now)
  }

  /// Applied in the order of the specification; a part that is refused holds up none that does not need it.
  private mutating func apply(_ heads: Heads, at now: Now) {
    switch heads.trust {
    case .accepted(let trust): accept(trust, at: now)
    case .refused: raise(.trustRefused, .error, at: now)
    case .known, nil: break
    }
    if let head = heads.policy { considerHead(head, at: now) }
    hearLedger(heads, at: now)
    unheardAnswers = heads.answers
    for command in heads.commands.prefix(Limits.commands) { obey(command, at: now) }
    reconcile(heads.usage, at: now)
    want(heads.catalogue, spreadSeconds: heads.poll.spreadSeconds, at: now)
  }

  private mutating func headsSucceeded(at now: Now) {
    held.backoff.succeeded(at: now.boot)
    held.failuresInARow = 0
    held.lastHeard = now.boot
    held.asksAtOnce = false
    token.refusals = 0
    clear(.tokenRefused, at: now)
    clear(.clone, at: now)
    if !held.isOnline {
      held.isOnline = true
      effects.append(.signal(.statusChanged))
    }
    for id in syncWaiters { effects.append(.reply(id, .done)) }
    syncWaiters = []
  }

  /// `wait` is a floor that the answer named.
  mutating func headsFailed(_ failure: TransportFailure?, wait floor: Moment?, at now: Now) {
    let outWait: Int
    if case .out(_, let seconds, _) = held.state { outWait = seconds } else { outWait = 0 }
    if outWait > 0, failure == .interrupted || failure == .timedOut { held.ladder.endedPrematurely() }
    countFailure(at: now)
    let at = now.boot + held.backoff.failed(at: now.boot, using: &random)
    held.state = .waiting(until: max(at, floor ?? at))
    // A hold that a middlebox cut once says nothing about the upstream.
    if failure != .interrupted || held.failuresInARow > 1 { setOffline() }
    refuseSync(failure?.line ?? "the upstream answered with an error")
  }

  mutating func setOffline() {
    guard held.isOnline else { return }
    held.isOnline = false
    effects.append(.signal(.statusChanged))
  }

  /// Tells whoever waits for the heads why they do not come.
  mutating func refuseSync(_ cause: String) {
    for id in syncWaiters { effects.append(.reply(id, .refused(.unreachable(cause)))) }
    syncWaiters = []
  }

  /// After three failures in a row, of the heads or of the token that they need, the next endpoint is tried.
  mutating func countFailure(at now: Now) {
    held.failuresInARow += 1
    guard held.failuresInARow % HeldRequest.failuresBeforeNextEndpoint == 0 else { return }
    held.endpointIndex += 1
    endpointChangedAt = now.boot
  }

  mutating func headsProblem(_ problem: UpstreamAnswer.Problem, floor: Moment?, at now: Now) {
    switch (problem.status, problem.name) {
    case (400, "bad_cursor"?) where held.cursor != nil:
      held.cursor = nil
      held.state = .waiting(until: now.boot)
    case (401, _):
      // The token's own state says when the next request can go.
      held.state = .waiting(until: now.boot)
    case (409, "clone"?): headsFailed(nil, wait: now.boot + TokenKeeper.hour, at: now)
    default: headsFailed(nil, wait: floor, at: now)
    }
  }

  /// A person, a command or the network asks for the heads now: a wait is broken once, a hold is ended.
  mutating func askHeadsNow(at now: Now, fresh: Bool = false) {
    if let id = held.requestOut { cancel(id) }
    held.asksAtOnce = true
    held.usesFreshConnection = fresh
    held.state = .waiting(until: now.boot)
  }

  mutating func handleNetworkChanged(at now: Now) {
    log(.info, "asking anew on new connections")
    effects.append(.dropConnections)
    guard pairing.identity != nil else {
      if case .waitingForNetwork(_, let waiting) = pairing.state {
        pairing.state = .waitingForNetwork(until: now.boot, waiting: waiting)
      }
      return
    }
    askHeadsNow(at: now, fresh: true)
    if case .none = token.state { token.state = .none(askNotBefore: now.boot) }
  }

  private mutating func accept(_ trust: TrustSet, at now: Now) {
    guard case .paired(var identity) = pairing.state else { return }
    identity.trust = trust
    pairing.state = .paired(identity)
    saveIdentity()
    clear(.trustRefused, at: now)
    report.due(at: now.boot + StateReporting.urgentDelay)
    log(.notice, "trust renewed", .init("version", String(trust.version)))
  }

  /// Commands come again until a state report has carried their result.
  private mutating func obey(_ command: Heads.UpstreamCommand, at now: Now) {
    guard !report.commands.contains(where: { $0.id == command.id }) else { return }
    let result: String
    switch command.name {
    case "sync": result = "done"
    case "unpair":
      log(.warning, "the upstream asks this box to unpair")
      return eraseAfterRemoteUnpair(at: now)
    default: result = "unsupported"
    }
    report.add(.init(id: command.id, result: result))
    report.due(at: now.boot + StateReporting.urgentDelay)
  }

  /// `unpair` is acknowledged by `DELETE /v1/device`.
  private mutating func eraseAfterRemoteUnpair(at now: Now) {
    guard unpairing == nil else { return }
    endAllSessions(reason: .stopped, at: now)
    unpairing = .asked(nil)
  }
}
