/// The whole agent as one value: events in, effects out, one deadline (design, Layout).
///
/// It performs nothing and reads no clock. `handle` is total: every event is taken in every state. Requests start in
/// `handle(.turn)` alone, which the shell sends when its queue is empty and when `deadline` has come.
package struct Agent: Sendable {
  /// What does not change while the process lives.
  package struct Configuration: Sendable, Equatable {
    /// The base that is asked before pairing; no slash at the end.
    package var upstream: String
    /// 8 hex digits of the boot id.
    package var boot: String
    /// Trusted time is never before it: when this program was built.
    package var builtAt: WallTime
    /// Whether the agent wants its name on the system bus.
    package var usesSystemBus: Bool
    /// Whether the box has a clock that runs while it is off.
    package var hasRealTimeClock: Bool
    package init(
      upstream: String, boot: String, builtAt: WallTime, usesSystemBus: Bool = false, hasRealTimeClock: Bool = true
    ) {
      self.hasRealTimeClock = hasRealTimeClock
      (self.upstream, self.boot, self.builtAt) = (upstream, boot, builtAt)
      self.usesSystemBus = usesSystemBus
    }
  }

  /// What the stores held at start, already checked for form.
  package struct Restored: Sendable, Equatable {
    package var identity: Identity?
    package var journal: JournalContents
    /// The journal's policy as it opened under the trust that accepted it; nil where that failed.
    package var policy: PolicyEnvelope?
    package var shelves: [AppliedShelf]
    /// The apps that lived on, by what the service manager kept.
    package var running: [RunningApp]
    /// How often the daemon crashed lately, and what its last process left of the budget of requests (`ProcessRecord`).
    package var crashes: Int
    package var requestsLeft: Int
    package init(
      identity: Identity? = nil, journal: JournalContents = JournalContents(), policy: PolicyEnvelope? = nil,
      shelves: [AppliedShelf] = [], running: [RunningApp] = [], crashes: Int = 0,
      requestsLeft: Int = RequestBudget.burst
    ) {
      (self.running, self.crashes, self.requestsLeft) = (running, crashes, requestsLeft)
      (self.identity, self.journal, self.policy, self.shelves) = (identity, journal, policy, shelves)
    }
  }

  package let configuration: Configuration
  package internal(set) var clock: TrustedClock
  var clocks: ClockWatch
  package internal(set) var pairing = BoxPairing()
  package internal(set) var token: TokenKeeper
  package internal(set) var held: HeldRequest
  package internal(set) var policy: PolicyKeeper
  package internal(set) var catalogue: CatalogueSync
  package internal(set) var sessions: SessionBook
  package internal(set) var launches = LaunchBook()
  package internal(set) var outbox: Outbox
  package internal(set) var report: StateReporting
  package internal(set) var health = HealthBook()
  package internal(set) var activeProfile: String?
  package internal(set) var pins: PINAttempts
  package internal(set) var systemBus: SystemBusPresence
  /// Nil outside safe mode.
  package internal(set) var safeMode: SafeMode?
  /// When `handle(.turn)` has to be called even if nothing happens.
  package internal(set) var deadline: Moment?

  var random: SeededRandom
  var budget: RequestBudget
  var requests: [RequestID: Purpose] = [:]
  /// They were out when the box went to sleep: a `Date` that waited for it to wake is as old as the suspend was long.
  var sentBeforeSleep: Set<RequestID> = []
  var tickets: [PersistTicket: Pending] = [:]
  var unsaved: [JournalChange] = []
  var retryUnsavedAt: Moment?
  /// The replica's last write failed; what the journal does says nothing about it.
  var hasReplicaFailed = false
  var saveIdentityAgainAt: Moment?
  var syncWaiters: [CommandID] = []
  var pinChecks: [CommandID: PINCheck] = [:]
  var endpointChangedAt: Moment?
  /// The family-local day of the stretch that is being counted.
  var countedDate: CalendarDate?
  /// What the family's other boxes counted, as the last heads said.
  var elsewhere: [String: Heads.Elsewhere]
  package internal(set) var leases: LeaseBook
  package internal(set) var childRequests: RequestBook
  /// Answers of parents that wait for the policy that came with them.
  var unheardAnswers: [Heads.RequestAnswer] = []
  var watches = WatchBook()
  var denials = DenialBook()
  /// The heads are to be asked for once what was recorded has been sent.
  var headsWish: HeadsWish?
  /// Nobody watches: no profile is active until the box wakes.
  package internal(set) var isInStandby = false
  var unpairing: Unpairing?
  var highWaterDue: Moment
  var retryAfter: [String: Moment] = [:]
  var lastNumber: UInt64 = 0
  var effects: [Effect] = []

  /// What a request that is out is for.
  enum Purpose: Sendable, Equatable {
    case pairingCode, pairingPoll, claim, token, heads, policy, usage, state, request, unpair
    case manifest(ShelfName)
    case part(ShelfJob, Int)
  }

  /// What waits for a persist ticket.
  enum Pending: Sendable, Equatable {
    case pairing
    case policy(PolicyEnvelope, heard: Moment)
    case changes([JournalChange], then: Continuation)
    case identity
  }

  /// What follows when changes are durable, or cannot be made so.
  enum Continuation: Sendable, Equatable {
    case nothing
    case reply(CommandID, CommandReply)
    case began(CommandID, session: String)
    case requested(CommandID, request: String)
    /// Suspend waits for it.
    case suspend
  }

  enum Unpairing: Sendable, Equatable {
    /// Nil where the upstream asked for it and nobody here waits.
    case asked(CommandID?)
    case out(CommandID?)

    var command: CommandID? {
      switch self {
      case .asked(let command), .out(let command): command
      }
    }
  }

  package init(configuration: Configuration, restored: Restored, seed: UInt64, now: Now) {
    let journal = restored.journal
    self.configuration = configuration
    random = SeededRandom(seed: seed)
    let anchor = journal.anchor.flatMap { $0.boot == configuration.boot ? $0 : nil }
    clock = TrustedClock(
      earliest: configuration.builtAt, highWater: journal.highWater, anchor: anchor,
      hasRealTimeClock: configuration.hasRealTimeClock, now: now)
    clocks = ClockWatch(now)
    token = TokenKeeper(at: now.boot)
    held = HeldRequest(at: now.boot)
    policy = PolicyKeeper(restored: restored, now: now.boot, wall: clock.time(at: now.boot))
    catalogue = CatalogueSync(applied: restored.shelves)
    sessions = SessionBook(ledger: journal.ledger, at: now.play)
    outbox = Outbox(journal.outbox)
    leases = LeaseBook(journal.leases)
    childRequests = RequestBook(journal.requests)
    elsewhere = journal.elsewhere
    report = StateReporting()
    pins = PINAttempts(journal.pinAttempts, at: now.boot)
    systemBus = SystemBusPresence(isWanted: configuration.usesSystemBus, at: now.boot)
    budget = RequestBudget(at: now.boot, left: restored.requestsLeft)
    // A later process of this boot begins with what this one knows.
    highWaterDue = anchor == nil ? now.boot : now.boot + Self.highWaterInterval
    deadline = now.boot
    // A clock that fell back over the restart does not turn a short wait into a long one.
    let latest = now.boot + Self.retryAfterLimit + Self.retryAfterLimit / Self.retryAfterJitter
    for (endpoint, until) in journal.retryAfter { retryAfter[endpoint] = min(clock.moment(of: until), latest) }
    if let identity = restored.identity {
      pairing.state = .paired(identity)
      activateDefaultProfile()
      let resumed = resume(restored.running, journal.sessions, at: now)
      endRestoredSessions(journal.sessions.filter { !resumed.contains($0.id) }, at: now)
      report.due(at: now.boot)
      if outbox.depth > 0 { outbox.due(at: now.boot + random.duration(upTo: Outbox.eventDelay)) }
    }
    if restored.identity == nil { for app in restored.running { effects.append(.stopApp(session: app.session)) } }
    if restored.crashes >= ProcessRecord.crashLimit { enterSafeMode(at: now) }
    restoredEffects = effects
    effects = []
  }

  /// Effects of the start itself; they come with the first `handle`.
  var restoredEffects: [Effect] = []

  /// How often the high-water mark of trusted time is written when nothing else is.
  static let highWaterInterval = Duration.seconds(3_600)
  /// How long unsaved changes wait before they are tried again.
  static let unsavedRetry = Duration.seconds(15)

  package mutating func handle(_ event: Event, at now: Now) -> [Effect] {
    effects = restoredEffects
    restoredEffects = []
    observeClock(at: now)
    countPlayTime(at: now)
    observeClocks(at: now)
    switch event {
    case .answered(let id, let answer): handleAnswer(id, answer, at: now)
    case .failed(let id, let failure): handleFailure(id, failure, at: now)
    case .persisted(let ticket): handlePersisted(ticket, at: now)
    case .persistFailed(let ticket, let cause): handlePersistFailed(ticket, cause, at: now)
    case .shelfStep(let job, let result): handleShelfStep(job, result, at: now)
    case .shelfCommitted(let job, let result): handleShelfCommitted(job, result, at: now)
    case .shelfDropped(let shelf): catalogue.dropped(shelf)
    case .command(let id, let command): handleCommand(id, command, at: now)
    case .pinVerified(let id, let matches): handlePINVerified(id, matches: matches, at: now)
    case .systemBus(let report): handleSystemBus(report, at: now)
    case .launcherAvailable: clear(.launchUnavailable, at: now)
    case .appStarted(let session): handleAppStarted(session, at: now)
    case .appFailed(let session, let failure): handleAppFailed(session, failure, at: now)
    case .appEnded(let session, let end): handleAppEnded(session, end, at: now)
    case .zoneChanged(let zone): handleZoneChanged(zone, at: now)
    case .networkChanged: handleNetworkChanged(at: now)
    case .goingToSleep: handleGoingToSleep(at: now)
    case .stopping:
      for session in sessions.open { save(session.id, at: now) }
      savePINWaits(at: now)
      if pairing.identity != nil { reportDenials(at: now) }
    case .turn: turn(at: now)
    }
    let result = effects
    effects = []
    return result
  }

  /// Does what is due, in the order in which it matters, and sets the next deadline.
  private mutating func turn(at now: Now) {
    var next = Deadline()
    turnStaleness(at: now, next: &next)
    turnLaunches(at: now, next: &next)
    turnWatches(at: now, next: &next)
    turnAnswers(at: now)
    turnSessions(at: now, next: &next)
    turnLeases(at: now, next: &next)
    turnDenials(at: now, next: &next)
    turnStorage(at: now, next: &next)
    turnSystemBus(at: now, next: &next)
    let rests = turnSafeMode(at: now, next: &next)
    if !rests { turnPairing(at: now, next: &next) }
    if !rests, pairing.identity != nil {
      turnToken(at: now, next: &next)
      turnHeads(at: now, next: &next)
      turnPolicy(at: now, next: &next)
      turnRequests(at: now, next: &next)
      turnReport(at: now, next: &next)
      turnUpload(at: now, next: &next)
      turnCatalogue(at: now, next: &next)
    }
    deadline = next.moment
  }
}

/// The earliest of several moments.
struct Deadline {
  private(set) var moment: Moment?

  mutating func at(_ candidate: Moment?) {
    guard let candidate else { return }
    moment = moment.map { min($0, candidate) } ?? candidate
  }
}

// What every part uses.
extension Agent {
  mutating func nextNumber() -> UInt64 {
    lastNumber += 1
    return lastNumber
  }

  mutating func log(_ level: LogEntry.Level, _ message: String, _ facts: LogEntry.Fact...) {
    effects.append(.log(LogEntry(level, message, facts)))
  }

  /// What is left of the budget of requests, for the next process.
  package func requestsLeft(at now: Now) -> Int { budget.left(at: now.boot) }

  func wall(_ now: Now) -> WallTime { clock.time(at: now.boot) }

  /// The base to ask now.
  var endpoint: String {
    guard let identity = pairing.identity, !identity.endpoints.isEmpty else { return configuration.upstream }
    return identity.endpoints[held.endpointIndex % identity.endpoints.count]
  }

  /// Sends a request and remembers what for.
  @discardableResult
  mutating func send(
    _ request: UpstreamRequest, for purpose: Purpose, token: String? = nil, timeout: Duration = Agent.requestTimeout,
    fresh: Bool = false
  ) -> RequestID {
    let id = RequestID(nextNumber())
    requests[id] = purpose
    effects.append(
      .send(
        OutgoingRequest(
          id: id, endpoint: endpoint, request: request, token: token, timeout: timeout, freshConnection: fresh)))
    return id
  }

  mutating func cancel(_ id: RequestID) {
    guard requests.removeValue(forKey: id) != nil else { return }
    effects.append(.cancel(id))
  }

  /// From send to answer of every request that is not held (`spec/wire.md` §2).
  package static let requestTimeout = Duration.seconds(30)
  /// What a held request may take beyond its wait.
  package static let holdGrace = Duration.seconds(15)
  /// A blob may take long on a slow line; a stalled one is given up by its speed.
  package static let blobTimeout = Duration.seconds(1_800)

  mutating func raise(_ code: HealthItem.Code, _ severity: HealthItem.Severity, at now: Now) {
    guard health.raise(code, severity, since: wall(now)) else { return }
    log(.warning, "health raised", .init("code", code.rawValue))
    effects.append(.signal(.statusChanged))
    if pairing.identity != nil { record([.health(code: code.rawValue, raised: true)], profile: nil, at: now) }
  }

  mutating func clear(_ code: HealthItem.Code, at now: Now) {
    guard health.clear(code) else { return }
    log(.notice, "health cleared", .init("code", code.rawValue))
    effects.append(.signal(.statusChanged))
    if pairing.identity != nil { record([.health(code: code.rawValue, raised: false)], profile: nil, at: now) }
  }
}
