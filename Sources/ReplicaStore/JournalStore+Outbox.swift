import AgentCore
import Database

extension JournalStore {
  /// The events from a number on, at least one where there is any: at most `maxEvents`, `maxBytes` unpacked (a single
  /// longer one is returned all the same), and 64 KiB packed. Nil where the outbox has none from there on.
  package func outboxBatch(from: Int, maxEvents: Int, maxBytes: Int) throws(DatabaseError) -> OutboxBatch? {
    var limit = max(1, maxEvents)
    while true {
      guard var batch = try collect(from: from, maxEvents: limit, maxBytes: maxBytes) else { return nil }
      batch.gzip = try Gzip.pack(batch.lines)
      let count = batch.last - batch.first + 1
      if batch.gzip.count <= Limits.batchSentBytes || count == 1 { return batch }
      limit = count / 2
    }
  }

  private func collect(from: Int, maxEvents: Int, maxBytes: Int) throws(DatabaseError) -> OutboxBatch? {
    try connection.transaction(.read) { () throws(DatabaseError) in
      let epoch = try loadPosition().epoch
      var batch: OutboxBatch?
      try connection.withStatement("SELECT seq, line FROM event WHERE seq >= ? ORDER BY seq LIMIT ?") {
        (statement) throws(DatabaseError) in
        try statement.bind([.integer(from), .integer(maxEvents)])
        while try statement.step() {
          let sequence = try statement.int(0)
          let line = try statement.blob(1)
          guard
            batch == nil || (sequence == (batch?.last ?? 0) + 1 && (batch?.lines.count ?? 0) + line.count < maxBytes)
          else { break }
          if batch == nil { batch = OutboxBatch(epoch: epoch, first: sequence, last: sequence, lines: [], gzip: []) }
          batch?.last = sequence
          batch?.lines += line
          batch?.lines.append(UInt8(ascii: "\n"))
        }
      }
      return batch
    }
  }

  /// The newest lines that the journal still holds, oldest first, exactly as they are or were sent.
  package func recentLines(limit: Int) throws(DatabaseError) -> [String] {
    let count = min(max(0, limit), StoreLimits.recentLines)
    let lines = try connection.rows("SELECT line FROM event ORDER BY seq DESC LIMIT ?", [.integer(count)]) {
      (row) throws(DatabaseError) in String(decoding: try row.blob(0), as: UTF8.self)
    }
    return lines.reversed()
  }

  /// Keeps the line that the upstream refuses for diagnosis and puts a `dropped` line in its place; the oldest dead letters
  /// beyond the limit go.
  func setAside(_ replacement: UsageEvent, status: Int) throws(DatabaseError) {
    let sequence = replacement.sequence
    let line = try connection.first("SELECT line FROM event WHERE seq = ?", [.integer(sequence)]) {
      (row) throws(DatabaseError) in try row.blob(0)
    }
    guard let line else { throw .form("event \(sequence) is not in the outbox", call: "setAside") }
    let kind = try json.value(EventLine.Kind.self, String(decoding: line, as: UTF8.self)).kind
    var dropped = replacement
    dropped.detail = .dropped(from: sequence, counts: [kind: 1])
    try connection.run(
      "INSERT INTO dead_letter (at, status, line) VALUES (?, ?, ?)",
      [.integer(replacement.at.seconds), .integer(status), .blob(line)])
    try connection.run(
      "DELETE FROM dead_letter WHERE id <= (SELECT max(id) FROM dead_letter) - ?", [.integer(StoreLimits.deadLetters)])
    try connection.run(
      "UPDATE event SET line = ? WHERE seq = ?", [.blob(try json.bytes(dropped)), .integer(sequence)])
  }

  /// The lines that the upstream refused for good, newest first, with the status of its answer.
  package func deadLetters() throws(DatabaseError) -> [(status: Int, line: String)] {
    try connection.rows("SELECT status, line FROM dead_letter ORDER BY id DESC") { (row) throws(DatabaseError) in
      (status: try row.int(0), line: String(decoding: try row.blob(1), as: UTF8.self))
    }
  }

  /// Numbers what is not acknowledged from 1 on; what is goes, since its numbers are those of the old epoch.
  func beginEpoch(_ epoch: Int) throws(DatabaseError) {
    let position = try loadPosition()
    guard epoch > position.epoch else {
      throw .form("epoch \(epoch) does not follow \(position.epoch)", call: "beginEpoch")
    }
    let first = position.firstUnacknowledged
    try connection.run("DELETE FROM event WHERE seq < ?", [.integer(first)])
    let sequences = try connection.rows("SELECT seq FROM event ORDER BY seq") { (row) throws(DatabaseError) in
      try row.int(0)
    }
    for sequence in sequences { try renumber(sequence, to: sequence - first + 1) }
    try connection.run(
      "UPDATE outbox SET epoch = ?, next = ?, first_unacknowledged = 1",
      [.integer(epoch), .integer(position.next - first + 1)])
  }

  private func renumber(_ old: Int, to new: Int) throws(DatabaseError) {
    let line = try connection.first("SELECT line FROM event WHERE seq = ?", [.integer(old)]) {
      (row) throws(DatabaseError) in try row.blob(0)
    }
    guard let line, let renumbered = EventLine.renumbered(line, from: old, to: new) else {
      throw .form("event \(old) does not say its number", call: "renumber")
    }
    try connection.run(
      "UPDATE event SET seq = ?, line = ? WHERE seq = ?", [.integer(new), .blob(renumbered), .integer(old)])
  }
}
