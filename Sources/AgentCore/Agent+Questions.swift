// Questions: pure functions of the state, they change nothing and produce no effects.
extension Agent {
  /// Why no question can be answered yet; nil where one can.
  package var readiness: CommandRefusal? {
    guard pairing.identity != nil else { return .notPaired }
    return policy.active == nil ? .noPolicy : nil
  }

  /// The compiled policy in force.
  package var compiled: CompiledPolicy? { policy.active?.compiled }

  /// What a profile used on the family-local day of `now`: counted here, and elsewhere as far as known.
  package func used(by profile: String, at now: Now) -> Used {
    guard let compiled else { return Used() }
    return used(by: profile, on: compiled.today(at: wall(now)))
  }

  /// The same of any day: the ledger keeps some.
  private func used(by profile: String, on date: CalendarDate) -> Used {
    let own = sessions.ledger.day(profile, date)
    var result = Used(totalSeconds: own.total / 1_000, appSeconds: own.apps.mapValues { $0 / 1_000 })
    if let other = elsewhere[profile], other.date == date {
      result.totalSeconds += other.seconds
      for (app, seconds) in other.apps { result.appSeconds[app, default: 0] += seconds }
    }
    return result
  }

  /// The answer of the policy in force; nil before the first one.
  package func decide(profile: String, title: TitleFacts?, app: String?, at now: Now) -> Decision? {
    guard let compiled else { return nil }
    return compiled.decide(
      Question(
        profile: profile, at: wall(now), title: title, app: app, used: used(by: profile, at: now),
        policyAgeSeconds: policy.ageSeconds(at: now.boot)))
  }

  /// The answer with its grounds, at `now` or at another instant, by the use that is known for its day; nil before the first policy.
  package func explain(profile: String, title: TitleFacts?, app: String?, instant: WallTime?, at now: Now)
    -> Explanation?
  {
    guard let compiled else { return nil }
    let at = instant ?? wall(now)
    let age = policy.ageSeconds(at: now.boot) + (at - wall(now))
    return compiled.explain(
      Question(
        profile: profile, at: at, title: title, app: app, used: used(by: profile, on: compiled.today(at: at)),
        policyAgeSeconds: max(0, age)))
  }

  /// Trusted time at `now`.
  package func time(at now: Now) -> WallTime { wall(now) }

  /// How long a session could go on; nil for 24 hours or more, and where it is not allowed to.
  package func remainingSeconds(_ session: String, at now: Now) -> Int64? {
    guard let known = sessions.session(session) else { return nil }
    let decision = decide(profile: known.profile, title: known.title, app: known.app, at: now)
    guard decision?.verdict == .allow else { return nil }
    return [decision?.remainingSeconds, foreseeableLeaseLeft(known.profile, at: now)].compactMap { $0 }.min()
  }

  /// The shelves that the heads named, with what the replica has of them.
  package var shelves: [(shelf: ShelfName, wanted: Int, applied: AppliedShelf?)] {
    let names = Set(catalogue.wanted.keys).union(catalogue.applied.keys)
    return names.sorted().map { ($0, catalogue.wanted[$0]?.wantedVersion ?? 0, catalogue.applied[$0]) }
  }
}
