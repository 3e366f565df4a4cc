import AgentCore
import Database

extension JournalStore {
  /// Makes the changes durable in their order, all or none.
  ///
  /// Errors: of form, where an event has not the next number of the epoch; those of the file. The old state stays.
  package func commit(_ changes: [JournalChange]) throws(DatabaseError) {
    let isPrivateGone = try connection.transaction(.write) { () throws(DatabaseError) in
      var isGone = false
      for change in changes {
        try apply(change)
        isGone = isGone || (change.mayDelete && connection.changes > 0)
      }
      return isGone
    }
    // The commit stands whatever becomes of this: what is left in the log is overwritten by the next one.
    if isPrivateGone { _ = try? connection.checkpointTruncating() }
  }

  private func apply(_ change: JournalChange) throws(DatabaseError) {
    switch change {
    case .policy(let envelope, let version, let payloadSHA256, let trust, let appliedAt):
      try connection.run(
        "REPLACE INTO policy VALUES (1, ?, ?, ?, ?, ?)",
        [
          .text(envelope), .integer(version), .text(payloadSHA256), .text(try json.text(trust)),
          .integer(appliedAt.seconds),
        ])
    case .trust(let trust): try connection.run("REPLACE INTO trust VALUES (1, ?)", [.text(try json.text(trust))])
    case .event(let event, let priority): try append(event, priority)
    case .acknowledged(let through, let at): try acknowledge(through: through, at: at)
    case .rejected(let sequence, let type):
      try connection.run("UPDATE event SET rejected = ? WHERE seq = ?", [.text(type), .integer(sequence)])
    case .deadLetter(let replacement, let status): try setAside(replacement, status: status)
    case .outboxEpoch(let epoch): try beginEpoch(epoch)
    case .ledger(let profile, let date, let seconds, let apps):
      try connection.run(
        "REPLACE INTO ledger (profile, date, seconds, apps) VALUES (?, ?, ?, ?)",
        [.text(profile), .integer(date.daysSinceEpoch), .integer(seconds), .text(try json.text(apps))])
    case .session(let record):
      try connection.run("REPLACE INTO session VALUES (?, ?)", [.text(record.id), .text(try json.text(record))])
    case .sessionEnded(let id): try connection.run("DELETE FROM session WHERE id = ?", [.text(id)])
    case .highWater(let time): try connection.run("REPLACE INTO mark VALUES (1, ?)", [.integer(time.seconds)])
    case .anchor(let anchor): try connection.run("REPLACE INTO anchor VALUES (1, ?)", [.text(try json.text(anchor))])
    case .retryAfter(let endpoint, let until?):
      try connection.run("REPLACE INTO retry_after VALUES (?, ?)", [.text(endpoint), .integer(until.seconds)])
    case .retryAfter(let endpoint, nil):
      try connection.run("DELETE FROM retry_after WHERE endpoint = ?", [.text(endpoint)])
    case .pinAttempts(let row) where row.failures == 0:
      try connection.run("DELETE FROM pin_attempts WHERE profile = ?", [.text(row.profile)])
    case .pinAttempts(let row):
      try connection.run(
        "REPLACE INTO pin_attempts (profile, failures, wait_s) VALUES (?, ?, ?)",
        [.text(row.profile), .integer(row.failures), .integer(row.waitSeconds)])
    case .lease(let row):
      try connection.run(
        "REPLACE INTO lease (profile, date, through_s, until) VALUES (?, ?, ?, ?)",
        [
          .text(row.profile), .integer(row.date.daysSinceEpoch), .integer(row.throughSeconds),
          row.until.map { .integer($0.seconds) } ?? .null,
        ])
    case .elsewhere(let profile, let other?):
      try connection.run(
        "REPLACE INTO elsewhere (profile, date, seconds, apps) VALUES (?, ?, ?, ?)",
        [
          .text(profile), .integer(other.date.daysSinceEpoch), .integer(other.seconds),
          .text(try json.text(other.apps)),
        ])
    case .elsewhere(let profile, nil):
      try connection.run("DELETE FROM elsewhere WHERE profile = ?", [.text(profile)])
    case .request(let record):
      try connection.run("REPLACE INTO request VALUES (?, ?)", [.text(record.id), .text(try json.text(record))])
    case .requestGone(let id): try connection.run("DELETE FROM request WHERE id = ?", [.text(id)])
    case .prune(let time): try prune(acknowledgedBefore: time)
    }
  }

  /// The event's bytes are made here, once: what is shown and what is sent are these.
  private func append(_ event: UsageEvent, _ priority: UsagePriority) throws(DatabaseError) {
    let outbox = try loadPosition()
    guard event.sequence == outbox.next else {
      throw .form("event \(event.sequence) came where \(outbox.next) is next in epoch \(outbox.epoch)", call: "append")
    }
    try connection.run(
      "INSERT INTO event (seq, at, priority, line) VALUES (?, ?, ?, ?)",
      [
        .integer(event.sequence), .integer(event.at.seconds), .integer(priority.rawValue),
        .blob(try json.bytes(event)),
      ])
    try connection.run("UPDATE outbox SET next = next + 1")
  }

  /// The core's word counts, backwards too: an upstream that was restored from a backup asks for its events again.
  private func acknowledge(through: Int, at: WallTime) throws(DatabaseError) {
    let outbox = try loadPosition()
    guard through >= 0, through < outbox.next else {
      throw .form("\(through) was acknowledged, but \(outbox.next) is next", call: "acknowledge")
    }
    try connection.run(
      "UPDATE event SET acknowledged_at = ? WHERE seq <= ? AND acknowledged_at IS NULL",
      [.integer(at.seconds), .integer(through)])
    try connection.run(
      "UPDATE event SET acknowledged_at = NULL WHERE seq > ? AND acknowledged_at IS NOT NULL", [.integer(through)])
    try connection.run("UPDATE outbox SET first_unacknowledged = ?", [.integer(through + 1)])
  }

  private func prune(acknowledgedBefore time: WallTime) throws(DatabaseError) {
    let oldest = WallTime(seconds: time.seconds - Int64(StoreLimits.ledgerDays) * 86_400)
    let day = CalendarDate(daysSinceEpoch: Int((Double(oldest.seconds) / 86_400).rounded(.down)))
    try connection.run("DELETE FROM ledger WHERE date < ?", [.integer(day.daysSinceEpoch)])
    try connection.run("DELETE FROM event WHERE acknowledged_at < ?", [.integer(time.seconds)])
    try connection.run("DELETE FROM dead_letter WHERE at < ?", [.integer(oldest.seconds)])
  }

  func loadPosition() throws(DatabaseError) -> (epoch: Int, next: Int, firstUnacknowledged: Int) {
    let position = try connection.first("SELECT epoch, next, first_unacknowledged FROM outbox") {
      (row) throws(DatabaseError) in (try row.int(0), try row.int(1), try row.int(2))
    }
    guard let position else { throw .form("the row of the outbox is missing", call: "SELECT") }
    return position
  }
}

extension JournalChange {
  /// Private rows may go with it, so that the log must not keep them.
  fileprivate var mayDelete: Bool {
    switch self {
    case .sessionEnded, .prune, .outboxEpoch, .requestGone: true
    case .policy, .trust, .event, .acknowledged, .rejected, .deadLetter, .ledger, .session, .highWater, .retryAfter,
      .pinAttempts, .lease, .elsewhere, .request, .anchor:
      false
    }
  }
}
