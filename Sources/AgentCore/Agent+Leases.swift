// Two boxes, one budget (design, Sessions and screen time).
extension Agent {
  /// What this box counted of a profile's day, whole seconds.
  func counted(_ profile: String, on date: CalendarDate) -> Int64 { sessions.ledger.day(profile, date).total / 1_000 }

  /// What other boxes counted, and what this one may: complete lists, applied before anything is decided by them.
  mutating func hearLedger(_ heads: Heads, at now: Now) {
    let before = watchedAnswers(at: now)
    let ledger = sessions.ledger
    let today = compiled?.today(at: wall(now)) ?? CalendarDate(daysSinceEpoch: 0)
    let changed = leases.hear(heads.leases, on: today) { ledger.day($0, $1).total / 1_000 }
    let others = heads.ledger.filter { elsewhere[$0.key] != $0.value }
    let gone = elsewhere.keys.filter { heads.ledger[$0] == nil }
    elsewhere = heads.ledger
    let rows =
      others.sorted { $0.key < $1.key }.map { JournalChange.elsewhere(profile: $0.key, $0.value) }
      + gone.sorted().map { .elsewhere(profile: $0, nil) } + changed.map { .lease($0) }
    if !rows.isEmpty { persist(rows) }
    if changed.contains(where: { $0.until == nil || $0.throughSeconds <= counted($0.profile, on: $0.date) }) {
      confirmUnused(at: now)
    }
    compareWatches(with: before, at: now)
  }

  /// Another box may want what this one gave up: usage, or a report where there is none, says that nothing of it is in use.
  private mutating func confirmUnused(at now: Now) {
    let soon = now.boot + StateReporting.urgentDelay
    if outbox.depth > 0 { outbox.due(at: soon) } else { report.due(at: soon) }
  }

  /// Seconds that the leases leave a profile today; nil where the day has no budget.
  func leaseLeft(_ profile: String, at now: Now) -> Int64? {
    guard let compiled, let date = budgetedDate(profile, at: now) else { return nil }
    let limit = leases.limit(
      profile, on: date, at: wall(now), isOnline: held.isOnline, offlineMinutes: compiled.policy.offlineMinutes)
    return limit - counted(profile, on: date)
  }

  /// Today, where the profile has a budget for it.
  private func budgetedDate(_ profile: String, at now: Now) -> CalendarDate? {
    guard let compiled, let budget = compiled.profile(profile)?.budget else { return nil }
    let date = compiled.today(at: wall(now))
    return budget.days[date.weekday] == nil ? nil : date
  }

  /// A session that its lease would end at once does not begin.
  mutating func leaseRefusal(_ profile: String, at now: Now) -> CommandRefusal? {
    leases.expect(profile)
    guard let left = leaseLeft(profile, at: now), left <= 0 else { return nil }
    let verdict: Decision.Verdict = compiled?.policy.requests.time == true ? .ask : .deny
    return .denied(Decision(verdict: verdict, reasons: [.budgetExhausted]))
  }

  /// How long until a lease that is not renewed ends a session, as far as that is to be said: a valid one of an online box is renewed
  /// long before its end.
  func foreseeableLeaseLeft(_ profile: String, at now: Now) -> Int64? {
    guard let date = budgetedDate(profile, at: now) else { return nil }
    guard held.isOnline else { return leaseLeft(profile, at: now) }
    let left = leases.left(profile, on: date, at: wall(now), counted: counted(profile, on: date))
    return left.flatMap { $0 <= SessionBook.warningSeconds.last ?? 0 ? $0 : nil }
  }

  /// A running total goes up when a lease grows short, once for each, and the heads are asked for the next one.
  mutating func turnLeases(at now: Now, next: inout Deadline) {
    for session in sessions.open where session.isPlaying {
      guard let date = budgetedDate(session.profile, at: now), let row = leases.row(session.profile),
        let left = leases.left(
          session.profile, on: date, at: wall(now), counted: counted(session.profile, on: date))
      else { continue }
      if left >= LeaseBook.short {
        next.at(now.boot + .seconds(left - LeaseBook.short + 1))
      } else if left > 0, session.reportedLease != row {
        sessions.update(session.id) { $0.reportedLease = row }
        reportProgress(session, at: now)
        wishForHeads(anew: false)
      }
    }
  }

  /// Once what is recorded by now has been sent, the heads are asked for; `anew`: all of them, whatever the cursor saw.
  mutating func wishForHeads(anew: Bool) {
    headsWish = .init(afterEvent: outbox.next - 1, anew: anew || headsWish?.anew == true)
  }

  /// A session of a day with a budget began: a lease that is meant for it comes when the upstream knows of it.
  mutating func wishForLease(_ profile: String, at now: Now) {
    if budgetedDate(profile, at: now) != nil { wishForHeads(anew: false) }
  }

  /// The profile's last session ended: what is left of its lease is another box's.
  mutating func giveLeaseBack(_ profile: String, at now: Now) -> [JournalChange] {
    guard let compiled, !sessions.open.contains(where: { $0.profile == profile }), let row = leases.row(profile),
      let next = leases.giveBack(
        profile, counted: counted(profile, on: row.date), at: wall(now),
        midnight: compiled.nextMidnight(after: wall(now)))
    else { return [] }
    return [.lease(next)]
  }

  struct HeadsWish: Sendable, Equatable {
    /// The number of the last event that the upstream has to have first.
    var afterEvent: Int
    var anew: Bool
  }

  mutating func fulfilHeadsWish(at now: Now) {
    guard let wish = headsWish, outbox.firstUnacknowledged > wish.afterEvent else { return }
    headsWish = nil
    if wish.anew { held.cursor = nil }
    askHeadsNow(at: now)
  }
}
