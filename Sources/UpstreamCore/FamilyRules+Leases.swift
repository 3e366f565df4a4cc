import AgentCore

// Leases (`spec/wire.md` §2): over the boxes of a family, the sum of the larger of what was leased and what was
// counted never passes the day's budget with its grants.
extension FamilyRules {
  /// Brings a box's leases up to date for today: new, renewed, shrunk or gone.
  static func renewLeases(of id: String, _ turn: inout FamilyTurn) {
    guard let device = turn.family.devices[id] else { return }
    let day = turn.today
    var kept: [HeldLease] = []
    for profile in (turn.family.policy?.facts.profiles ?? []).sorted(by: { $0.id < $1.id }) {
      let held = device.leases.first { $0.profile == profile.id && $0.date == day.date }
      guard let total = budget(of: profile, on: day.date, at: turn.wall) else { continue }
      let account = LeaseAccount(total: total, profile: profile.id, device: id, day: day, turn)
      if let lease = account.renewed(held) { kept.append(lease) }
    }
    // An offer of another day or without a budget goes; what is still believed of today counts on as spent.
    let named = Set(kept.map(\.profile))
    let spent = device.leases.filter { $0.date == day.date && !named.contains($0.profile) }.map { lease in
      var lease = lease
      (lease.through, lease.until) = (0, min(lease.until, turn.wall))
      return lease
    }
    let leases = (kept + spent).sorted { $0.profile < $1.profile }
    if leases != device.leases { turn.family.devices[id]?.leases = leases }
  }

  /// Seconds of the date's budget with the grants of this moment; nil: unlimited.
  private static func budget(of profile: PolicyFacts.Profile, on date: CalendarDate, at time: WallTime) -> Int64? {
    guard let days = profile.budget, days.indices.contains(date.weekday), let minutes = days[date.weekday] else {
      return nil
    }
    let granted = profile.timeGrants.filter { $0.from <= time && time < $0.until }.reduce(0) { $0 + $1.minutes }
    return Int64(minutes + granted) * 60
  }

  /// The leases as the heads show them: those whose time is not over.
  static func offeredLeases(of id: String, _ turn: FamilyTurn) -> [HeadsDocument.Lease] {
    (turn.family.devices[id]?.leases ?? []).filter { turn.wall < $0.until }.map { lease in
      HeadsDocument.Lease(
        profile: lease.profile, date: lease.date, throughSeconds: lease.through, until: lease.until)
    }
  }

  /// The box has asked with a cursor that saw the offers as they stand.
  static func noteSeenLeases(_ seen: HeadsCursor, device id: String, _ turn: inout FamilyTurn) {
    guard seen.leases == cursor(of: id, turn).leases, let leases = turn.family.devices[id]?.leases else { return }
    guard leases.contains(where: { !$0.isSeen }) else { return }
    turn.family.devices[id]?.leases = leases.map { lease in
      var lease = lease
      lease.isSeen = true
      return lease
    }
  }

  /// The box has told all that it counted: what it can no longer believe is given back.
  static func confirmLeases(of id: String, _ turn: inout FamilyTurn) {
    guard let leases = turn.family.devices[id]?.leases, !leases.isEmpty else { return }
    let confirmed = leases.compactMap { lease -> HeldLease? in
      var lease = lease
      if lease.isSeen { (lease.spentThrough, lease.spentUntil) = (lease.through, lease.until) }
      return lease.spentUntil <= turn.wall ? nil : lease
    }
    guard confirmed != leases else { return }
    turn.family.devices[id]?.leases = confirmed
    turn.wakes = true
  }

  /// A session's end gives the rest of its lease back.
  static func returnLease(of id: String, profile: String, _ turn: inout FamilyTurn) {
    guard let leases = turn.family.devices[id]?.leases,
      leases.contains(where: { $0.profile == profile && !$0.isWholeDay })
    else { return }
    turn.family.devices[id]?.leases.removeAll { $0.profile == profile && !$0.isWholeDay }
    turn.wakes = true
  }

  /// When a box's leases have to be looked at again though nothing else happens; nil: at the hold's end.
  static func nextLeaseRenewal(of id: String, _ turn: FamilyTurn) -> UpstreamInstant? {
    let open = openProfiles(of: id, turn)
    let day = turn.today
    let times = (turn.family.devices[id]?.leases ?? []).filter { open.contains($0.profile) }.flatMap { lease in
      let reckoned = LeaseAccount.reckoned(device: id, profile: lease.profile, on: day.date, turn)
      let bySeconds = turn.wall + (lease.through - reckoned - UpstreamLimits.leaseRenewalSeconds)
      return [
        lease.isWholeDay ? day.endsAt : bySeconds,
        lease.until + (lease.isWholeDay ? 0 : -UpstreamLimits.leaseRenewalSeconds),
      ]
    }
    return times.filter { $0 > turn.wall }.min().map(UpstreamInstant.init)
  }
}
