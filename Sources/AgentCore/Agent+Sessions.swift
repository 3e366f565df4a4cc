// Sessions and screen time (design, Sessions and screen time).
extension Agent {
  mutating func handleCommand(_ id: CommandID, _ command: Command, at now: Now) {
    if command.needsUpstream, let refusal = restRefusal(at: now) {
      return effects.append(.reply(id, .refused(refusal)))
    }
    switch command {
    case .pair: commandPair(id, at: now)
    case .pairWithCode(let code): commandPairWithCode(id, code, at: now)
    case .cancelPairing: commandCancelPairing(id)
    case .request(let profile, let asks): commandRequest(id, profile, asks, at: now)
    case .standby(let begins): commandStandby(id, begins: begins, at: now)
    case .unpair: commandUnpair(id, at: now)
    case .unpairWithPIN(let adult): commandUnpairWithPIN(id, adult: adult, at: now)
    case .sync: commandSync(id, at: now)
    case .select(let profile): commandSelect(id, profile, at: now)
    case .beginSession(let profile, let title, let app, let service, let owner):
      begin(id, profile: profile, title: title, app: app, service: service, owner: owner, at: now)
    case .launch(let order): commandLaunch(id, order, at: now)
    case .playing(let session, let owner): commandPlaying(id, session, owner: owner, isPlaying: true, at: now)
    case .paused(let session, let owner): commandPlaying(id, session, owner: owner, isPlaying: false, at: now)
    case .endSession(let session, let owner): commandEnd(id, session, owner: owner, at: now)
    }
  }

  /// A person breaks any wait once, within the budget and never a `Retry-After`.
  private mutating func commandSync(_ id: CommandID, at now: Now) {
    guard pairing.identity != nil else { return effects.append(.reply(id, .refused(.notPaired))) }
    let tokenFloor = token.text == nil ? floor(of: .token) : nil
    if let until = [floor(of: .heads), tokenFloor].compactMap({ $0 }).max(), until > now.boot {
      let seconds = (until - now.boot).wholeSeconds + 1
      return effects.append(
        .reply(id, .refused(.unreachable("the upstream asked to be left alone for \(seconds) s more"))))
    }
    syncWaiters.append(id)
    if case .none = token.state { token.state = .none(askNotBefore: now.boot) }
    askHeadsNow(at: now)
  }

  private mutating func begin(
    _ id: CommandID, profile: String, title: TitleFacts?, app: String?, service: String?, owner: UInt32, at now: Now
  ) {
    if let refusal = readiness { return effects.append(.reply(id, .refused(refusal))) }
    guard let active = policy.active, active.compiled.policy.profiles.contains(where: { $0.id == profile }) else {
      return effects.append(.reply(id, .refused(.unknownProfile)))
    }
    if let limit = sessions.limitReached(by: owner) {
      return effects.append(.reply(id, .refused(.tooManySessions(limit: limit))))
    }
    guard let decision = decide(profile: profile, title: title, app: app, at: now), decision.verdict == .allow else {
      let denied = decide(profile: profile, title: title, app: app, at: now)
      return effects.append(.reply(id, .refused(denied.map { .denied($0) } ?? .noPolicy)))
    }
    if let spent = leaseRefusal(profile, at: now) { return effects.append(.reply(id, .refused(spent))) }
    let session = SessionBook.Session(
      id: random.hex(16), profile: profile, title: title, app: app, service: service, owner: owner,
      startedAt: wall(now), heartbeatBy: now.boot + SessionBook.heartbeatLimit,
      progressAt: now.boot + SessionBook.progressInterval, savedAt: now.boot)
    sessions.open.append(session)
    record(
      [
        .sessionStarted(
          session: session.id, title: title?.reference, app: app, service: service, policy: active.version)
      ], profile: profile, at: now, with: [.session(sessions.record(of: session))],
      then: .began(id, session: session.id))
    outbox.due(at: now.boot + random.duration(upTo: Outbox.eventDelay))
    wishForLease(profile, at: now)
  }

  private mutating func commandPlaying(
    _ id: CommandID, _ session: String, owner: UInt32, isPlaying: Bool, at now: Now
  ) {
    guard let known = sessions.session(session), known.owner == owner else {
      return effects.append(.reply(id, .refused(.unknownSession)))
    }
    sessions.update(session) {
      $0.isPlaying = isPlaying
      $0.heartbeatBy = now.boot + SessionBook.heartbeatLimit
    }
    if known.isPlaying != isPlaying, !isPlaying { save(session, at: now) }
    effects.append(.reply(id, isPlaying ? .remaining(seconds: remainingSeconds(session, at: now)) : .done))
  }

  private mutating func commandEnd(_ id: CommandID, _ session: String, owner: UInt32, at now: Now) {
    guard let known = sessions.session(session), known.owner == owner else {
      return effects.append(.reply(id, .refused(.unknownSession)))
    }
    end(session, reason: .closed, then: .reply(id, .ended(playedSeconds: known.playedSeconds)), at: now)
  }

  /// Ends a session: event, row and ledger become durable together.
  mutating func end(
    _ id: String, reason: SessionEndReason, by decision: Decision? = nil, then continuation: Continuation = .nothing,
    at now: Now
  ) {
    guard let index = sessions.open.firstIndex(where: { $0.id == id }) else { return }
    let session = sessions.open.remove(at: index)
    let returned = giveLeaseBack(session.profile, at: now)
    record(
      [.sessionEnded(session: session.id, days: session.playedDays, reason: reason)], profile: session.profile, at: now,
      with: [.sessionEnded(id: session.id)] + ledgerRows(of: session) + returned, then: continuation)
    if !returned.isEmpty { wishForHeads(anew: true) }
    if session.launch != nil || launches.starting.removeValue(forKey: id) != nil {
      effects.append(.stopApp(session: id))
    }
    effects.append(.signal(.sessionEnded(session: session.id, reason: reason, decision)))
    outbox.due(at: now.boot + random.duration(upTo: Outbox.eventDelay))
  }

  /// In standby nobody watches: sessions end, no profile is active; after it the policy's default is.
  private mutating func commandStandby(_ id: CommandID, begins: Bool, at now: Now) {
    if begins, !isInStandby {
      isInStandby = true
      endAllSessions(reason: .standby, at: now)
      setActiveProfile(nil, at: now)
    } else if !begins, isInStandby {
      isInStandby = false
      setActiveProfile(selectableDefault(), at: now)
    }
    effects.append(.reply(id, .done))
  }

  mutating func endAllSessions(reason: SessionEndReason, at now: Now) {
    cancelLaunches()
    for session in sessions.open { end(session.id, reason: reason, at: now) }
  }

  /// Sessions of an earlier life of the process ended when it did.
  mutating func endRestoredSessions(_ records: [SessionRecord], at now: Now) {
    for session in records {
      record(
        [.sessionEnded(session: session.id, days: session.days, reason: .lost)], profile: session.profile, at: now,
        with: [.sessionEnded(id: session.id)] + giveLeaseBack(session.profile, at: now))
    }
    if !records.isEmpty { wishForHeads(anew: true) }
  }

  func ledgerRows(of session: SessionBook.Session) -> [JournalChange] {
    session.days.keys.sorted().map { sessions.ledger.row(session.profile, $0) }
  }

  mutating func save(_ id: String, at now: Now) {
    guard let session = sessions.session(id) else { return }
    // All launched ones at the same moment: what they play together is taken up together after a restart.
    let together = session.isLaunched ? sessions.open.filter(\.isLaunched) : [session]
    for one in together { sessions.update(one.id) { $0.savedAt = now.boot } }
    persist(together.flatMap { [.session(sessions.record(of: $0))] + ledgerRows(of: $0) } + [.highWater(wall(now))])
  }

  /// Counts what was played since the last event. A stretch over midnight was cut there by the deadline.
  mutating func countPlayTime(at now: Now) {
    guard let compiled = policy.active?.compiled else {
      return sessions.count(to: now.play, date: .init(daysSinceEpoch: 0))
    }
    let playing = sessions.open.contains { $0.isPlaying }
    let date = playing ? countedDate ?? compiled.today(at: wall(now)) : compiled.today(at: wall(now))
    sessions.count(to: now.play, date: date)
    countedDate = playing ? compiled.today(at: wall(now)) : nil
  }

  /// Heartbeats, verdicts, warnings, saving and totals of every open session.
  mutating func turnSessions(at now: Now, next: inout Deadline) {
    for session in sessions.open {
      if !session.isLaunched {
        if session.heartbeatBy <= now.boot {
          end(session.id, reason: .lost, at: now)
          continue
        }
        next.at(session.heartbeatBy)
      }
      judge(session, at: now, next: &next)
    }
    for session in sessions.open where session.isPlaying {
      if now.boot - session.savedAt >= SessionBook.saveInterval { save(session.id, at: now) }
      if session.progressAt <= now.boot { reportProgress(session, at: now) }
      if let saved = sessions.session(session.id) {
        next.at(saved.savedAt + SessionBook.saveInterval)
        next.at(saved.progressAt)
      }
    }
    if let compiled = policy.active?.compiled, sessions.open.contains(where: \.isPlaying) {
      next.at(clock.moment(of: compiled.nextMidnight(after: wall(now))))
    }
  }

  mutating func reportProgress(_ session: SessionBook.Session, at now: Now) {
    sessions.update(session.id) { $0.progressAt = now.boot + SessionBook.progressInterval }
    record(
      [.sessionProgress(session: session.id, days: session.playedDays)], profile: session.profile, at: now,
      with: ledgerRows(of: session), priority: .low)
    outbox.due(at: now.boot + random.duration(upTo: Outbox.eventDelay))
  }

  /// One decision stands behind every path: a session goes on only while it would be allowed to begin.
  private mutating func judge(_ session: SessionBook.Session, at now: Now, next: inout Deadline) {
    guard let decision = decide(profile: session.profile, title: session.title, app: session.app, at: now) else {
      return
    }
    guard decision.verdict == .allow else {
      return end(session.id, reason: Self.endReason(decision.reasons), by: decision, at: now)
    }
    let leaseLeft = leaseLeft(session.profile, at: now)
    if let leaseLeft, leaseLeft <= 0, session.isPlaying { return end(session.id, reason: .budget, at: now) }
    guard session.isPlaying else {
      if let until = decision.until { next.at(clock.moment(of: until)) }
      return
    }
    if let leaseLeft { next.at(now.boot + .seconds(leaseLeft)) }
    let foreseeable = foreseeableLeaseLeft(session.profile, at: now)
    guard let remaining = [decision.remainingSeconds, foreseeable].compactMap({ $0 }).min() else { return }
    warn(session, remaining: remaining, at: now)
    let nextWarning = SessionBook.warningSeconds.first { $0 < remaining } ?? 0
    next.at(now.boot + .seconds(max(1, remaining - nextWarning)))
  }

  private mutating func warn(_ session: SessionBook.Session, remaining: Int64, at now: Now) {
    guard let due = SessionBook.warningSeconds.last(where: { remaining <= $0 }) else {
      return sessions.update(session.id) { $0.warnedSeconds = nil }
    }
    if let given = session.warnedSeconds, given <= due {
      // A grant gave more time: the warning is armed again.
      if given < due { sessions.update(session.id) { $0.warnedSeconds = due } }
      return
    }
    sessions.update(session.id) { $0.warnedSeconds = due }
    effects.append(.signal(.sessionWarning(session: session.id, remainingSeconds: remaining)))
  }

  /// | reasons | the session ended because of |
  /// |---|---|
  /// | a pause | `pause` |
  /// | the schedule | `schedule` |
  /// | budget or app limit | `budget` |
  /// | anything else | `policy` |
  static func endReason(_ reasons: [Decision.Reason]) -> SessionEndReason {
    if reasons.contains(.familyPaused) || reasons.contains(.profilePaused) { return .pause }
    if reasons.contains(.outsideSchedule) { return .schedule }
    let isTimeAlone = reasons.allSatisfy { $0 == .budgetExhausted || $0 == .appLimitReached }
    return isTimeAlone && !reasons.isEmpty ? .budget : .policy
  }
}
