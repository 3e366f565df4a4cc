// Suspend and clock steps (`spec/wire.md` §2; design, Process model).
extension Agent {
  /// Pooled connections are worth nothing after a suspend or a step: the upstream is asked at once on a new one.
  mutating func observeClocks(at now: Now) {
    let changes = clocks.observe(now)
    for change in changes {
      switch change {
      case .resumed(let seconds): log(.notice, "resumed from suspend", .init("slept_s", "\(seconds)"))
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
}
