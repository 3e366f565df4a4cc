// Suspend and clock steps (`spec/wire.md` §2; design, Process model).
extension Agent {
  /// Pooled connections are worth nothing after a suspend or a step: the upstream is asked at once on a new one.
  mutating func observeClocks(at now: Now) {
    let changes = clocks.observe(now)
    for change in changes {
      switch change {
      case .resumed(let seconds):
        log(.notice, "resumed from suspend", .init("slept_s", "\(seconds)"))
        sentBeforeSleep = Set(requests.keys)
        // Nobody could be heard meanwhile; a second more, for the part that is not counted.
        sessions.awaitHeartbeats(longerBy: .seconds(seconds + 1))
      case .stepped(let seconds): log(.notice, "the system clock was set", .init("by_s", "\(seconds)"))
      }
    }
    if !changes.isEmpty { handleNetworkChanged(at: now) }
    // Reported until the system clock agrees with trusted time again; no decision follows it.
    let isFar = (now.systemSeconds &- wall(now).seconds).magnitude > ClockWatch.stepSeconds.magnitude
    let hasStepped = changes.contains { if case .stepped = $0 { true } else { false } }
    if hasStepped, isFar { raise(.clockStepped, .warning, at: now) }
    if !isFar { clear(.clockStepped, at: now) }
  }

  /// What keeps the kernel's clock may move trusted time; whether anything does is to be seen.
  mutating func observeClock(at now: Now) {
    let before = clock
    clock.observe(now)
    if clock != before { highWaterDue = min(highWaterDue, now.boot) }
    // Only a family's policy asks for the time.
    guard pairing.identity != nil else { return }
    if clock.source == .none { raise(.clockUntrusted, .warning, at: now) } else { clear(.clockUntrusted, at: now) }
  }

  /// Trusted time as it stands, for a process after this one and for a boot after this one.
  var timeMarks: [JournalChange] {
    [.anchor(clock.anchor(boot: configuration.boot))]
  }

  /// What was saved so shortly before a suspend is not saved again: nobody can wear the storage by announcing it over and over.
  private static let suspendSaveInterval = Duration.seconds(1)

  /// What was counted becomes durable before the box sleeps: its battery may be empty when it wakes.
  mutating func handleGoingToSleep(at now: Now) {
    let unsaved = sessions.open.filter { $0.isPlaying && now.boot - $0.savedAt >= Self.suspendSaveInterval }
    guard !unsaved.isEmpty else { return effects.append(.readyToSleep) }
    log(.info, "suspend begins", .init("saved_sessions", "\(unsaved.count)"))
    for session in unsaved { sessions.update(session.id) { $0.savedAt = now.boot } }
    persist(
      unsaved.flatMap { [.session(sessions.record(of: $0))] + ledgerRows(of: $0) } + [.highWater(wall(now))]
        + timeMarks,
      then: .suspend)
  }
}
