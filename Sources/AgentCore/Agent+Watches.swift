// DecisionChanged: a launcher hears when an answer that it acts on has changed, and only then.
extension Agent {
  /// Takes note of a question that a launcher asked for the active profile, and of a no that a child ran into.
  ///
  /// - Parameter client: names the launcher's process.
  /// - Returns: whether `deadline` came nearer.
  package mutating func asked(
    by client: UInt64, profile: String, title: TitleFacts?, app: String?, decision: Decision, at now: Now
  ) -> Bool {
    guard profile == activeProfile else { return false }
    watches.asked(client, .init(profile: profile, title: title, app: app), decision)
    var next = Deadline()
    next.at(deadline)
    next.at(decision.until.map(clock.moment))
    if decision.verdict != .allow {
      noteDenial(profile: profile, title: title, app: app, decision, at: now, next: &next)
    }
    defer { deadline = next.moment }
    return deadline != next.moment
  }

  private func answer(_ subject: WatchBook.Subject, at now: Now) -> Decision? {
    decide(profile: subject.profile, title: subject.title, app: subject.app, at: now)
  }

  /// The answers as they are before a change of policy, ledger or grants.
  func watchedAnswers(at now: Now) -> [WatchBook.Key: Decision] {
    watches.watches.compactMapValues { answer($0.subject, at: now) }
  }

  /// Marks what the change altered, compared at one instant: until when, and how long, are part of an answer too.
  mutating func compareWatches(with before: [WatchBook.Key: Decision], at now: Now) {
    for (key, old) in before {
      guard var watch = watches.watches[key], let new = answer(watch.subject, at: now), new != old else { continue }
      watch.isStale = true
      watches.set(key, watch)
    }
  }

  mutating func turnWatches(at now: Now, next: inout Deadline) {
    watches.keep(sessions: Set(sessions.open.map(\.id)))
    for session in sessions.open where session.profile == activeProfile {
      let subject = WatchBook.Subject(profile: session.profile, title: session.title, app: session.app)
      if watches.watches[.session(session.id)]?.subject != subject, let answer = answer(subject, at: now) {
        watches.set(.session(session.id), .init(subject: subject, answer: answer))
      }
    }
    var announced: [WatchBook.Subject] = []
    for (key, watch) in watches.watches.sorted(by: { $0.key < $1.key }) {
      guard let new = answer(watch.subject, at: now) else { continue }
      next.at(new.until.map(clock.moment))
      let isOther = (new.verdict, new.reasons) != (watch.answer.verdict, watch.answer.reasons)
      guard isOther || watch.isStale else { continue }
      watches.set(key, .init(subject: watch.subject, answer: new))
      guard !announced.contains(watch.subject) else { continue }
      announced.append(watch.subject)
      effects.append(
        .signal(
          .decisionChanged(
            profile: watch.subject.profile, title: watch.subject.title?.reference, app: watch.subject.app, new)))
    }
  }

  // MARK: Denials

  /// One event for each distinct denial an hour of trusted time, with how often it was run into.
  mutating func noteDenial(
    profile: String, title: TitleFacts?, app: String?, _ decision: Decision, at now: Now, next: inout Deadline
  ) {
    guard decision.reasons != [.unknownProfile] else { return }
    let hour = wall(now).seconds.flooredQuotient(DenialBook.hourSeconds)
    if denials.hour != hour { reportDenials(at: now) }
    denials.count(
      .init(profile: profile, title: title?.reference, app: app, reasons: decision.reasons), hour: hour)
    next.at(denials.endsAt.map(clock.moment))
  }

  mutating func turnDenials(at now: Now, next: inout Deadline) {
    guard let end = denials.endsAt else { return }
    guard wall(now) >= end else { return next.at(clock.moment(of: end)) }
    reportDenials(at: now)
  }

  mutating func reportDenials(at now: Now) {
    for (denial, count) in denials.take() {
      record(
        [.decisionDenied(title: denial.title, app: denial.app, reasons: denial.reasons, count: count)],
        profile: denial.profile, at: now, priority: .low)
    }
  }
}
