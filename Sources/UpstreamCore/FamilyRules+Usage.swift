import AgentCore

extension FamilyRules {
  /// Takes what is new of a batch, each number once for an outbox epoch (`spec/wire.md` §5).
  static func take(_ batch: UsageBatch, device id: String, _ turn: inout FamilyTurn) -> FamilyAnswer {
    guard var position = turn.family.devices[id]?.usage else { return .refused(.tokenInvalid) }
    guard batch.epoch >= position.epoch else { return .refused(.fenced(epoch: position.epoch)) }
    guard batch.lines.allSatisfy({ $0.sequence >= 1 }) else { return .refused(.badRequest) }
    if batch.epoch > position.epoch { position = UsagePosition(epoch: batch.epoch, next: 1) }
    guard isContiguous(batch.lines, next: position.next) else { return .refused(.gap(expected: position.next)) }
    let playing = openProfiles(of: id, turn)
    for line in batch.lines where line.sequence >= position.next {
      position.next = line.sequence + 1
      if line.rejection == nil { keep(line, device: id, epoch: position.epoch, &turn) }
    }
    turn.family.devices[id]?.usage = position
    forgetOldSessions(&turn)
    confirmLeases(of: id, &turn)
    // Who begins to play may need what idle boxes hold.
    if ledgerChanged(turn) || openProfiles(of: id, turn) != playing { turn.wakes = true }
    let rejected = batch.lines.compactMap { line in
      line.rejection.map { RejectedEvent(sequence: line.sequence, type: $0) }
    }
    return .usage(acked: position.next - 1, rejected: rejected)
  }

  /// Each line goes on where the one before ended, and the first leaves nothing out.
  private static func isContiguous(_ lines: [UsageLine], next: Int) -> Bool {
    guard let first = lines.first else { return true }
    guard first.first <= next else { return false }
    return zip(lines, lines.dropFirst()).allSatisfy { line, following in following.first == line.sequence + 1 }
  }

  private static func keep(_ line: UsageLine, device id: String, epoch: Int, _ turn: inout FamilyTurn) {
    turn.usage.append(UsageRow(device: id, epoch: epoch, line: line))
    switch line.content {
    case .sessionStarted(let session, let title, let app, let service):
      count(session, line, device: id, &turn) { counted in
        (counted.title, counted.app, counted.service) = (title, app, service)
        counted.startedAt = line.at
      }
    case .sessionProgress(let session, let days):
      count(session, line, device: id, &turn) { $0.raise(to: days) }
    case .sessionEnded(let session, let days, let reason):
      count(session, line, device: id, &turn) { counted in
        counted.raise(to: days)
        (counted.hasEnded, counted.reason) = (true, reason)
      }
      if let profile = line.profile { returnLease(of: id, profile: profile, &turn) }
    case .dropped, .other, .unknownKind, .invalid: break
    }
  }

  private static func count(
    _ session: String, _ line: UsageLine, device id: String, _ turn: inout FamilyTurn,
    change: (inout CountedSession) -> Void
  ) {
    let key = SessionKey(device: id, session: session)
    var counted = turn.family.sessions[key] ?? CountedSession(profile: line.profile, lastReport: turn.now)
    counted.lastReport = turn.now
    change(&counted)
    turn.family.sessions[key] = counted
  }

  /// A session stays while one of its days, or the day it was last heard of, is near enough to count.
  private static func forgetOldSessions(_ turn: inout FamilyTurn) {
    let oldest = turn.today.date.daysSinceEpoch - Int(UpstreamLimits.ledgerDays)
    let horizon = turn.now.adding(seconds: -Int64(UpstreamLimits.ledgerDays) * 86_400)
    turn.family.sessions = turn.family.sessions.filter { _, counted in
      counted.lastReport >= horizon || counted.played.contains { $0.date.daysSinceEpoch >= oldest }
    }
  }

  private static func ledgerChanged(_ turn: FamilyTurn) -> Bool { turn.family.sessions != turn.before.sessions }

  /// Seconds that a device counted for a profile on a date.
  static func counted(by device: String, profile: String, on date: CalendarDate, _ turn: FamilyTurn) -> Int64 {
    turn.family.sessions.reduce(0) { sum, entry in
      guard entry.key.device == device, entry.value.profile == profile else { return sum }
      return sum + entry.value.seconds(on: date)
    }
  }

  /// What the family's other devices counted today, by profile; removed ones count on.
  static func elsewhere(of id: String, _ turn: FamilyTurn) -> [String: HeadsDocument.Elsewhere] {
    let date = turn.today.date
    var result: [String: HeadsDocument.Elsewhere] = [:]
    for (key, session) in turn.family.sessions where key.device != id {
      guard let profile = session.profile else { continue }
      let seconds = session.seconds(on: date)
      guard seconds > 0 else { continue }
      var entry = result[profile] ?? HeadsDocument.Elsewhere(date: date, seconds: 0, apps: [:])
      entry.seconds += seconds
      if let app = session.app { entry.apps[app, default: 0] += seconds }
      result[profile] = entry
    }
    return result
  }

  /// Profiles with a session on this box that was heard of lately and has not ended.
  static func openProfiles(of id: String, _ turn: FamilyTurn) -> Set<String> {
    var result: Set<String> = []
    for (key, session) in turn.family.sessions where key.device == id && isOpen(session, turn) {
      if let profile = session.profile { result.insert(profile) }
    }
    return result
  }

  static func isOpen(_ session: CountedSession, _ turn: FamilyTurn) -> Bool {
    !session.hasEnded
      && turn.now.milliseconds - session.lastReport.milliseconds <= UpstreamLimits.openSessionSeconds * 1_000
  }
}

extension CountedSession {
  /// Takes running totals; a day's total never falls.
  mutating func raise(to days: [PlayedDay]) {
    for day in days {
      if let index = played.firstIndex(where: { $0.date == day.date }) {
        played[index].playedSeconds = max(played[index].playedSeconds, day.playedSeconds)
      } else {
        played.append(day)
      }
    }
    played.sort { $0.date < $1.date }
  }
}
