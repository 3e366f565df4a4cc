/// The open sessions and the clock that counts them (design, Sessions and screen time).
package struct SessionBook: Sendable, Equatable {
  package struct Session: Sendable, Equatable {
    package var id: String
    package var profile: String
    package var title: TitleFacts?
    package var app: String?
    package var service: String?
    package var owner: UInt32
    package var startedAt: WallTime
    package var isPlaying = false
    /// It ends as lost unless a heartbeat comes before.
    package var heartbeatBy: Moment
    /// Milliseconds played, by family-local day.
    package var days: [CalendarDate: Int64] = [:]
    /// The smallest warning that was given, in seconds.
    package var warnedSeconds: Int64?
    package var progressAt: Moment
    package var savedAt: Moment
    /// The lease for whose shortness a running total was sent.
    package var reportedLease: LeaseBook.Row?
    /// Its app was started by the agent: it counts while the app runs and needs no heartbeat.
    package var isLaunched = false
    /// The app that runs; nil while the next target of a failed one is being started.
    package var launch: Launch?

    package var playedSeconds: Int64 { days.values.reduce(0, +) / 1_000 }

    package var playedDays: [PlayedDay] {
      days.sorted { $0.key < $1.key }.map { PlayedDay(date: $0.key, playedSeconds: $0.value / 1_000) }
    }

  }

  /// The app of a session.
  package struct Launch: Sendable, Equatable {
    package var plan: LaunchBook.Plan
    /// Nil once its outcome has been reported.
    package var startedAt: Moment?
    package var boot: String
    /// The targets that are tried where this one fails.
    package var further: [LaunchBook.Plan] = []

    init(plan: LaunchBook.Plan, startedAt: Moment?, boot: String) {
      (self.plan, self.startedAt, self.boot) = (plan, startedAt, boot)
    }
  }

  /// A launcher repeats Playing or Paused every 5 s; so long after the last one a session is lost.
  package static let heartbeatLimit = Duration.seconds(15)
  /// Counted time is made durable so often, so that a crash loses no more.
  package static let saveInterval = Duration.seconds(15)
  /// Running totals go upstream so often while playing.
  package static let progressInterval = Duration.seconds(300)
  /// Seconds left at which a warning is given, largest first.
  package static let warningSeconds: [Int64] = [600, 300, 60]

  package var open: [Session] = []
  package var ledger: Ledger
  package private(set) var countedTo: PlayTime

  package init(ledger rows: [JournalContents.LedgerRow], at now: PlayTime) {
    ledger = Ledger(rows)
    countedTo = now
  }

  /// A session as the journal keeps it; its time is counted up to `countedTo`.
  package func record(of session: Session) -> SessionRecord {
    SessionRecord(
      id: session.id, profile: session.profile, title: session.title?.reference, app: session.app,
      service: session.service, owner: session.owner, startedAt: session.startedAt, days: session.playedDays,
      launch: session.launch.map {
        LaunchRecord(
          handler: $0.plan.handler, service: $0.plan.service, form: $0.plan.form, linkID: $0.plan.linkID,
          boot: $0.boot, countedToNanoseconds: countedTo.nanoseconds, isPlaying: session.isPlaying,
          startedAtNanoseconds: $0.startedAt?.nanoseconds)
      })
  }

  package func session(_ id: String) -> Session? { open.first { $0.id == id } }

  /// The limit that keeps a user from beginning another session; nil: it may.
  package func limitReached(by owner: UInt32) -> Int? {
    if open.count >= Limits.openSessions { return Limits.openSessions }
    return open.count { $0.owner == owner } >= Limits.openSessionsPerUser ? Limits.openSessionsPerUser : nil
  }

  package mutating func update(_ id: String, _ change: (inout Session) -> Void) {
    guard let index = open.firstIndex(where: { $0.id == id }) else { return }
    change(&open[index])
  }

  /// Heartbeats could not come for so long: those that are awaited may come so much later.
  mutating func awaitHeartbeats(longerBy duration: Duration) {
    for index in open.indices { open[index].heartbeatBy = open[index].heartbeatBy + duration }
  }

  /// Counts what was played since the last call: `date` is the family-local day of the stretch.
  package mutating func count(to now: PlayTime, date: CalendarDate) {
    let elapsed = max(0, (now - countedTo).wholeMilliseconds)
    countedTo = PlayTime(nanoseconds: countedTo.nanoseconds + elapsed * 1_000_000)
    guard elapsed > 0 else { return }
    var apps: [String: Set<String>] = [:]
    for index in open.indices where open[index].isPlaying {
      open[index].days[date, default: 0] += elapsed
      apps[open[index].profile, default: []].formUnion(open[index].app.map { [$0] } ?? [])
    }
    for (profile, played) in apps.sorted(by: { $0.key < $1.key }) {
      ledger.add(elapsed, profile: profile, apps: played, date: date)
    }
  }
}

extension SessionBook.Session {
  /// A session whose app lived on while the agent was away; it is saved at the first turn.
  init(_ record: SessionRecord, _ launch: LaunchRecord, title: TitleFacts?, at now: Now) {
    let plan = LaunchBook.Plan(
      handler: launch.handler, app: record.app ?? "", service: launch.service, form: launch.form,
      linkID: launch.linkID, argv: [])
    self.init(
      id: record.id, profile: record.profile, title: title ?? record.title.map { TitleFacts(reference: $0) },
      app: record.app, service: record.service, owner: record.owner, startedAt: record.startedAt,
      isPlaying: launch.isPlaying, heartbeatBy: now.boot,
      days: Dictionary(record.days.map { ($0.date, $0.playedSeconds * 1_000) }, uniquingKeysWith: max),
      progressAt: now.boot + SessionBook.progressInterval,
      savedAt: Moment(nanoseconds: now.boot.nanoseconds - SessionBook.saveInterval.nanoseconds),
      isLaunched: true,
      launch: .init(
        plan: plan, startedAt: launch.startedAtNanoseconds.map { Moment(nanoseconds: $0) }, boot: launch.boot))
  }
}
