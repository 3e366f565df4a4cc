import AgentCore
import Database

extension CatalogueStore {
  /// Applies a downloaded part to the open job; its bytes have their hash.
  ///
  /// Lines that cannot be displayed are counted and skipped; whatever breaks a rule of `spec/wire.md` §4 refuses the
  /// part and rolls the job back.
  package func apply(_ job: ShelfJob, partPath: String, kind: ShelfPartKind) -> ShelfStepResult {
    guard var open = self.job, open.job == job else { return .failed("no such job is open") }
    var lines = 0
    var skipped = 0
    do throws(PartFault) {
      try database { () throws(DatabaseError) in try prepare(&open, for: kind) }
      var reader = try PartReader(path: partPath)
      try reader.forEachLine { (line) throws(PartFault) in
        guard !isClosing() else { throw .failed(DatabaseError.closed.description) }
        lines += 1
        guard lines <= kind.count else { throw .refused("the part has more lines than \(kind.count)") }
        let isShown =
          switch kind {
          case .snapshot: try applySnapshotLine(line, to: &open)
          case .delta: try applyDeltaLine(line, to: &open)
          }
        if !isShown { skipped += 1 }
        guard open.writer.titles <= Limits.shelfTitles else {
          throw .refused("the shelf has over \(Limits.shelfTitles) titles")
        }
      }
      guard lines == kind.count else { throw .refused("the part has \(lines) lines instead of \(kind.count)") }
      self.job = open
      return .applied(lines: lines, skipped: skipped)
    } catch {
      rollBack()
      return error.result(line: lines)
    }
  }

  /// What a snapshot left of the old shelf goes before the first delta.
  private func prepare(_ open: inout OpenJob, for kind: ShelfPartKind) throws(DatabaseError) {
    switch kind {
    case .snapshot:
      guard open.held != nil else { throw .form("a part of a snapshot came after it", call: "apply") }
    case .delta:
      try finishSnapshot(&open)
      try connection.run("DELETE FROM delta_ref")
    }
  }

  /// What the old shelf holds beyond the snapshot's last line goes; so does what the last delta left.
  func finishSnapshot(_ open: inout OpenJob) throws(DatabaseError) {
    while let row = open.held?.first {
      try open.writer.remove(row)
      try open.held?.removeFirst()
    }
    open.held = nil
    try connection.run("DELETE FROM delta_ref")
  }

  /// False where the title is skipped for display.
  private func applySnapshotLine(_ line: Span<UInt8>, to open: inout OpenJob) throws(PartFault) -> Bool {
    guard let range = PartLine.put(line) else {
      throw .refused(PartLine.delete(line) == nil ? "no {\"put\":TITLE}" : "a del in a snapshot")
    }
    let title = line.extracting(range)
    let title64 = digest(of: title)
    open.writer.count(title64)
    if let held = open.held?.first, held.digest == title64, held.title != nil, held.membersOf == open.writer.shelf,
      TitleText.begins(title, withReference: held.reference.text)
    {
      // The same bytes under the same reference were read before.
      try advance(to: held.reference, &open)
      try database { () throws(DatabaseError) in try open.held?.removeFirst() }
      return true
    }
    let (reference, members) = try read(title)
    try advance(to: reference, &open)
    return try database { () throws(DatabaseError) in
      while let row = open.held?.first, row.reference < reference {
        try open.writer.remove(row)
        try open.held?.removeFirst()
      }
      var over: HeldRow?
      if let row = open.held?.first, row.reference == reference {
        over = row
        try open.held?.removeFirst()
      }
      return try open.writer.put(reference, members, in: title, digest: title64, over: over)
    }
  }

  private func advance(to reference: TitleReference, _ open: inout OpenJob) throws(PartFault) {
    if let last = open.last, !(last < reference) {
      throw .refused(last == reference ? "\(reference) stands twice" : "\(reference) is out of order")
    }
    open.last = reference
  }

  private func applyDeltaLine(_ line: Span<UInt8>, to open: inout OpenJob) throws(PartFault) -> Bool {
    if let range = PartLine.put(line) {
      let title = line.extracting(range)
      let (reference, members) = try read(title)
      let title64 = digest(of: title)
      return try database(refusing: "\(reference) is named twice") { () throws(DatabaseError) in
        guard try noteDelta(reference) else { return nil }
        let held = try heldRow(reference, open.writer.shelf)
        if let held { open.writer.discount(held.digest) }
        open.writer.count(title64)
        return try open.writer.put(reference, members, in: title, digest: title64, over: held)
      }
    }
    guard let reference = PartLine.delete(line) else { throw .refused("neither {\"put\":TITLE} nor {\"del\":REF}") }
    return try database(refusing: "\(reference) is named twice") { () throws(DatabaseError) in
      guard try noteDelta(reference) else { return nil }
      if let held = try heldRow(reference, open.writer.shelf) {
        open.writer.discount(held.digest)
        try open.writer.remove(held)
      }
      return true
    }
  }

  /// False where the delta has named the reference before.
  private func noteDelta(_ reference: TitleReference) throws(DatabaseError) -> Bool {
    try connection.run("INSERT INTO delta_ref VALUES (?) ON CONFLICT DO NOTHING", [.text(reference.text)])
    return connection.changes > 0
  }

  private func heldRow(_ reference: TitleReference, _ shelf: Int64) throws(DatabaseError) -> HeldRow? {
    try connection.first(
      """
      SELECT s.ref, s.title_id, s.digest, coalesce(t.shelf_id, 0)
      FROM shelf_title s LEFT JOIN title t ON t.id = s.title_id WHERE s.shelf_id = ? AND s.ref = ?
      """, [.integer(shelf), .text(reference.text)]
    ) { (row) throws(DatabaseError) in try HeldRow(row) }
  }

  private func read(_ title: Span<UInt8>) throws(PartFault) -> (TitleReference, TitleMembers?) {
    switch TitleReader.read(title) {
    case .nothing: throw .refused("no readable ref")
    case .referenceAlone(let reference): return (reference, nil)
    case .title(let reference, let members): return (reference, members)
    }
  }

  private func digest(of title: Span<UInt8>) -> UInt64 {
    digest(title)
  }

  private func database<R>(_ body: () throws(DatabaseError) -> R) throws(PartFault) -> R {
    do throws(DatabaseError) { return try body() } catch { throw .failed(error.description) }
  }

  private func database<R>(refusing why: String, _ body: () throws(DatabaseError) -> R?) throws(PartFault) -> R {
    guard let result = try database(body) else { throw .refused(why) }
    return result
  }
}

extension ShelfPartKind {
  var count: Int {
    switch self {
    case .snapshot(let titles): titles
    case .delta(let lines): lines
    }
  }
}
