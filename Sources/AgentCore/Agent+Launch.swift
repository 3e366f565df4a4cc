// Launching: a session begins when its app starts and ends when it ends; an app goes when its session ends.
extension Agent {
  mutating func commandLaunch(_ id: CommandID, _ order: LaunchBook.Order, at now: Now) {
    if let refusal = readiness { return effects.append(.reply(id, .refused(refusal))) }
    guard policy.active?.compiled.policy.profiles.contains(where: { $0.id == order.profile }) == true else {
      return effects.append(.reply(id, .refused(.unknownProfile)))
    }
    if let limit = launchLimitReached(by: order.owner) {
      return effects.append(.reply(id, .refused(.tooManySessions(limit: limit))))
    }
    guard let first = order.plans.first else { return effects.append(.reply(id, .refused(.nothingToLaunch))) }
    let decisions = order.plans.map { decide(profile: order.profile, title: order.title, app: $0.app, at: now) }
    var allowed = order
    allowed.plans = zip(order.plans, decisions).filter { $0.1?.verdict == .allow }.map(\.0)
    guard let plan = allowed.plans.first else {
      let denied = decide(profile: order.profile, title: order.title, app: first.app, at: now)
      return effects.append(.reply(id, .refused(denied.map { .denied($0) } ?? .noPolicy)))
    }
    if let spent = leaseRefusal(order.profile, at: now) { return effects.append(.reply(id, .refused(spent))) }
    let session = random.hex(16)
    launches.starting[session] = .init(order: allowed, command: id, startBy: now.boot + LaunchBook.startLimit)
    effects.append(.launch(session: session, plan))
  }

  /// Orders under way count as sessions.
  private func launchLimitReached(by owner: UInt32) -> Int? {
    if let limit = sessions.limitReached(by: owner) { return limit }
    let ofOwner = launches.starting.values.count { $0.order.owner == owner && $0.command != nil }
    return ofOwner >= Limits.launchesAtOncePerUser ? Limits.launchesAtOncePerUser : nil
  }

  /// Orders under way come to nothing: their family or their profile is no longer the box's.
  mutating func cancelLaunches() {
    for (session, order) in launches.starting.sorted(by: { $0.key < $1.key }) {
      effects.append(.stopApp(session: session))
      reply(to: order, .refused(.cancelled))
    }
    launches.starting = [:]
  }

  mutating func handleAppStarted(_ session: String, at now: Now) {
    guard let order = launches.starting.removeValue(forKey: session), let plan = order.order.plans.first else {
      if sessions.session(session) == nil { effects.append(.stopApp(session: session)) }
      return
    }
    clear(.launchUnavailable, at: now)
    var launch = SessionBook.Launch(plan: plan, startedAt: now.boot, boot: configuration.boot)
    launch.further = Array(order.order.plans.dropFirst())
    // The next target of a session that is open already.
    guard sessions.session(session) == nil else { return retarget(session, launch, plan, at: now) }
    // A parent may have changed the policy while the app was starting.
    let decision = decide(profile: order.order.profile, title: order.order.title, app: plan.app, at: now)
    guard let decision, decision.verdict == .allow, let version = policy.active?.version else {
      effects.append(.stopApp(session: session))
      return reply(to: order, .refused(decision.map { .denied($0) } ?? .noPolicy))
    }
    let opened = SessionBook.Session(
      id: session, profile: order.order.profile, title: order.order.title, app: plan.app, service: plan.service,
      owner: order.order.owner, startedAt: wall(now), isPlaying: true, heartbeatBy: now.boot,
      progressAt: now.boot + SessionBook.progressInterval, savedAt: now.boot, isLaunched: true, launch: launch)
    sessions.open.append(opened)
    record(
      [
        .sessionStarted(
          session: session, title: order.order.title?.reference, app: plan.app, service: plan.service, policy: version)
      ], profile: order.order.profile, at: now, with: [.session(sessions.record(of: opened))],
      then: order.command.map { .began($0, session: session) } ?? .nothing)
    outbox.due(at: now.boot + random.duration(upTo: Outbox.eventDelay))
    wishForLease(order.order.profile, at: now)
  }

  private mutating func retarget(
    _ session: String, _ launch: SessionBook.Launch, _ plan: LaunchBook.Plan, at now: Now
  ) {
    sessions.update(session) {
      ($0.launch, $0.app, $0.service) = (launch, plan.app, plan.service)
    }
    save(session, at: now)
  }

  private mutating func reply(to order: LaunchBook.Starting, _ reply: CommandReply) {
    if let command = order.command { effects.append(.reply(command, reply)) }
  }

  mutating func handleAppFailed(_ session: String, _ failure: LaunchBook.StartFailure, at now: Now) {
    guard var order = launches.starting.removeValue(forKey: session), let plan = order.order.plans.first else { return }
    switch failure {
    case .unavailable(let cause):
      raise(.launchUnavailable, .error, at: now)
      log(.error, "nothing can be launched", .init("cause", cause))
      reply(to: order, .refused(.launchFailed(cause)))
      closeAfterLastTarget(session, at: now)
    case .notStarted(let cause):
      log(.warning, "an app did not start", .init("handler", plan.handler), .init("cause", cause))
      order.cause = cause
      reportLaunch(
        .init(plan: plan, startedAt: now.boot, boot: configuration.boot), title: order.order.title, .failed,
        profile: order.order.profile, at: now)
      order.order.plans.removeFirst()
      tryNext(session, order, at: now)
    }
  }

  /// Starts the next target that is still allowed; without one the order has failed.
  private mutating func tryNext(_ session: String, _ order: LaunchBook.Starting, at now: Now) {
    var order = order
    while let plan = order.order.plans.first {
      if decide(profile: order.order.profile, title: order.order.title, app: plan.app, at: now)?.verdict == .allow {
        order.startBy = now.boot + LaunchBook.startLimit
        launches.starting[session] = order
        return effects.append(.launch(session: session, plan))
      }
      order.order.plans.removeFirst()
    }
    reply(to: order, .refused(.launchFailed(order.cause)))
    closeAfterLastTarget(session, at: now)
  }

  private mutating func closeAfterLastTarget(_ session: String, at now: Now) {
    sessions.update(session) { $0.launch = nil }
    end(session, reason: .closed, at: now)
  }

  mutating func handleAppEnded(_ session: String, _ appEnd: LaunchBook.End, at now: Now) {
    if launches.starting[session] != nil {
      return handleAppFailed(session, .notStarted("it ended before it had started"), at: now)
    }
    guard let open = sessions.session(session), let launch = open.launch else { return }
    let isEarly = launch.startedAt.map { now.boot - $0 < LaunchBook.failureLimit } ?? false
    sessions.update(session) { $0.launch = nil }
    switch (appEnd.isError, isEarly) {
    case (true, true):
      log(.warning, "an app failed", .init("handler", launch.plan.handler), .init("end", "\(appEnd)"))
      reportLaunch(launch, title: open.title, .failed, profile: open.profile, at: now)
      let order = LaunchBook.Order(
        profile: open.profile, title: open.title, plans: launch.further, owner: open.owner)
      tryNext(session, .init(order: order, command: nil, startBy: now.boot), at: now)
    case (true, false):
      log(.notice, "an app ended with an error", .init("handler", launch.plan.handler), .init("end", "\(appEnd)"))
      if launch.startedAt != nil { reportLaunch(launch, title: open.title, .opened, profile: open.profile, at: now) }
      reportLaunch(launch, title: open.title, .died, profile: open.profile, at: now)
      end(session, reason: .closed, at: now)
    case (false, _):
      if launch.startedAt != nil { reportLaunch(launch, title: open.title, .opened, profile: open.profile, at: now) }
      end(session, reason: .closed, at: now)
    }
  }

  private mutating func reportLaunch(
    _ launch: SessionBook.Launch, title: TitleFacts?, _ outcome: UsageEvent.LaunchOutcome, profile: String, at now: Now
  ) {
    let plan = launch.plan
    record(
      [
        .launch(
          title: title?.reference, service: plan.service, form: plan.form, id: plan.linkID, handler: plan.handler,
          outcome: outcome)
      ], profile: profile, at: now)
  }

  /// Outcomes that are due: an app that lives on for so long has opened.
  mutating func turnLaunches(at now: Now, next: inout Deadline) {
    for (session, order) in launches.starting.sorted(by: { $0.key < $1.key }) where order.startBy <= now.boot {
      effects.append(.stopApp(session: session))
      handleAppFailed(session, .notStarted("nothing was heard of it in time"), at: now)
    }
    for order in launches.starting.values { next.at(order.startBy) }
    for session in sessions.open {
      guard let launch = session.launch, let startedAt = launch.startedAt else { continue }
      if now.boot - startedAt >= LaunchBook.failureLimit {
        sessions.update(session.id) { $0.launch?.startedAt = nil }
        reportLaunch(launch, title: session.title, .opened, profile: session.profile, at: now)
      } else {
        next.at(startedAt + LaunchBook.failureLimit)
      }
    }
  }

  // MARK: Over a restart

  /// Takes up the sessions whose apps live on, counts what was played meanwhile, and stops apps that belong to none.
  ///
  /// Returns the records that were taken up. Time over midnight counts on the day on which it was played.
  mutating func resume(_ running: [RunningApp], _ records: [SessionRecord], at now: Now) -> Set<String> {
    var resumed: Set<String> = []
    for app in running {
      guard let record = records.first(where: { $0.id == app.session }), let launch = record.launch,
        launch.boot == configuration.boot, launch.countedToNanoseconds <= now.play.nanoseconds
      else {
        effects.append(.stopApp(session: app.session))
        continue
      }
      resumed.insert(record.id)
      sessions.open.append(SessionBook.Session(record, launch, title: app.title, at: now))
    }
    countAbsence(records.filter { resumed.contains($0.id) }, at: now)
    return resumed
  }

  private mutating func countAbsence(_ records: [SessionRecord], at now: Now) {
    guard let compiled = policy.active?.compiled else { return }
    let playing = records.filter { $0.launch?.isPlaying == true }
    for record in playing {
      for stretch in stretches(since: record.launch?.countedToNanoseconds ?? 0, compiled, at: now) {
        sessions.update(record.id) { $0.days[stretch.date, default: 0] += stretch.milliseconds }
      }
    }
    for (profile, ofProfile) in Dictionary(grouping: playing, by: \.profile).sorted(by: { $0.key < $1.key }) {
      // What several sessions played at once counts once; all of them were saved at the same moment.
      let since = ofProfile.compactMap { $0.launch?.countedToNanoseconds }.min() ?? now.play.nanoseconds
      for stretch in stretches(since: since, compiled, at: now) {
        sessions.ledger.add(
          stretch.milliseconds, profile: profile, apps: Set(ofProfile.compactMap(\.app)), date: stretch.date)
      }
    }
  }

  private func stretches(
    since nanoseconds: Int64, _ compiled: CompiledPolicy, at now: Now
  ) -> [(date: CalendarDate, milliseconds: Int64)] {
    var left = max(0, (now.play.nanoseconds - nanoseconds) / 1_000_000)
    var from = wall(now) + -(left / 1_000)
    var result: [(date: CalendarDate, milliseconds: Int64)] = []
    while left > 0, result.count < Limits.daysOfAbsence {
      let untilMidnight = max(1, compiled.nextMidnight(after: from) - from) * 1_000
      let milliseconds = min(left, untilMidnight)
      result.append((compiled.today(at: from), milliseconds))
      left -= milliseconds
      from = from + (milliseconds + 999) / 1_000
    }
    return result
  }
}
