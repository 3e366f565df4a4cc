import AgentCore

/// What a profile's day looks like from one of the family's boxes.
struct LeaseAccount {
  let profile: String
  let day: LocalDay
  let now: WallTime
  /// Seconds of the day's budget that no other box has counted or may still believe to have.
  let room: Int64
  /// Counted by this box; `reckoned` counts an open session on from its last report.
  let counted: Int64
  let reckoned: Int64
  let hasOpenSession: Bool
  let isOnlyBox: Bool
  /// Another box plays and has little left.
  let isShortElsewhere: Bool
  /// It gets no more while this one holds seconds that it does not use.
  let isWantedElsewhere: Bool

  init(total: Int64, profile: String, device id: String, day: LocalDay, _ turn: FamilyTurn) {
    (self.profile, self.day, now) = (profile, day, turn.wall)
    counted = FamilyRules.counted(by: id, profile: profile, on: day.date, turn)
    reckoned = LeaseAccount.reckoned(device: id, profile: profile, on: day.date, turn)
    hasOpenSession = FamilyRules.openProfiles(of: id, turn).contains(profile)
    let asking = turn.family.askingDevices
    isOnlyBox = asking.isEmpty || asking == [id]
    let devices = turn.family.devices.keys.sorted()
    let claims = devices.map { LeaseAccount.claim(device: $0, profile: profile, on: day.date, turn) }
    let all = claims.reduce(0, +)
    room = total - zip(devices, claims).reduce(0) { $1.0 == id ? $0 : $0 + $1.1 }
    let short = zip(devices, claims).filter { device, _ in
      device != id && LeaseAccount.isShort(device: device, profile: profile, on: day.date, turn)
    }
    isShortElsewhere = !short.isEmpty
    isWantedElsewhere = short.contains { _, claim in total - (all - claim) <= claim }
  }

  /// It plays, and what it holds is nearly used up.
  private static func isShort(device: String, profile: String, on date: CalendarDate, _ turn: FamilyTurn) -> Bool {
    guard FamilyRules.openProfiles(of: device, turn).contains(profile) else { return false }
    let reckoned = reckoned(device: device, profile: profile, on: date, turn)
    let lease = turn.family.devices[device]?.leases.first { $0.profile == profile && $0.date == date }
    return (lease?.through ?? 0) - reckoned <= UpstreamLimits.leaseShortSeconds
  }

  /// What is free is first for the box that plays.
  private var mayGrow: Bool { hasOpenSession || isOnlyBox || !isShortElsewhere }

  /// It does not play, and what it holds would be another box's.
  private var yields: Bool { isWantedElsewhere && !hasOpenSession && !isOnlyBox }

  /// The larger of what a device counted and what it may still believe to have.
  private static func claim(device: String, profile: String, on date: CalendarDate, _ turn: FamilyTurn) -> Int64 {
    let counted = FamilyRules.counted(by: device, profile: profile, on: date, turn)
    let lease = turn.family.devices[device]?.leases.first { $0.profile == profile && $0.date == date }
    return max(counted, lease?.spentThrough ?? 0)
  }

  static func reckoned(device: String, profile: String, on date: CalendarDate, _ turn: FamilyTurn) -> Int64 {
    let counted = FamilyRules.counted(by: device, profile: profile, on: date, turn)
    let silences = turn.family.sessions.compactMap { key, session -> Int64? in
      guard key.device == device, session.profile == profile, FamilyRules.isOpen(session, turn) else { return nil }
      return (turn.now.milliseconds - session.lastReport.milliseconds) / 1_000
    }
    return counted + min(silences.max() ?? 0, UpstreamLimits.openSessionSeconds)
  }

  /// The lease to offer in place of the one held; nil where there is nothing to lease.
  func renewed(_ held: HeldLease?) -> HeldLease? {
    guard let held else {
      guard room > counted, mayGrow else { return nil }
      let (through, until) = offer
      return HeldLease(
        profile: profile, date: day.date, through: through, until: until, isWholeDay: isOnlyBox, spentThrough: through,
        spentUntil: until, isSeen: false)
    }
    guard isDue(held) else { return held }
    let (through, until) = offer
    // Renewing never takes away, unless the room itself shrank or another box came.
    let keeps = held.isWholeDay == isOnlyBox && held.through <= room && !yields
    let next = keeps ? max(through, held.through) : through
    guard next != held.through || until != held.until || held.isWholeDay != isOnlyBox else { return held }
    if keeps, next == held.through, room <= held.through { return held }
    var lease = held
    (lease.through, lease.until, lease.isWholeDay, lease.isSeen) = (next, until, isOnlyBox, false)
    lease.spentThrough = max(held.spentThrough, next)
    lease.spentUntil = max(held.spentUntil, until)
    return lease
  }

  private func isDue(_ held: HeldLease) -> Bool {
    if held.isWholeDay != isOnlyBox || held.through > room || now >= held.until { return true }
    if isOnlyBox { return held.through != offer.through }
    // What it yielded comes back when nobody wants it any more.
    guard hasOpenSession else {
      return yields ? held.through > counted : held.through <= counted && room > counted && mayGrow
    }
    return held.through - reckoned <= UpstreamLimits.leaseRenewalSeconds
      || held.until - now <= UpstreamLimits.leaseRenewalSeconds
  }

  private var offer: (through: Int64, until: WallTime) {
    if isOnlyBox { return (max(room, 0), day.endsAt) }
    if hasOpenSession {
      let left = max(room - reckoned, 0)
      let part = min(left, max(UpstreamLimits.idleLeaseSeconds, left / 4))
      return (min(reckoned + part, max(room, counted)), min(now + UpstreamLimits.openLeaseSeconds, day.endsAt))
    }
    if yields { return (counted, day.endsAt) }
    let left = max(room - counted, 0)
    return (counted + min(left, UpstreamLimits.idleLeaseSeconds), day.endsAt)
  }
}
