import AgentCore
import Testing

@Suite struct UploadTests {
  /// A box with a few events and the batch that carries them out.
  private func uploading() throws -> AgentHarness {
    var box = try AgentHarness.paired()
    box.answersByItself = [.token, .state]
    _ = try box.play()
    try waitForUpload(&box)
    return box
  }

  private func waitForUpload(_ box: inout AgentHarness) throws {
    while !box.isOut(.usage), box.advanceToDeadline() {}
    _ = try box.outgoing(.usage)
  }

  private func maxEvents(_ box: AgentHarness) throws -> Int {
    guard case .usage(_, _, let count, _) = try box.outgoing(.usage).request else { return 0 }
    return count
  }

  private func addEvents(_ count: Int, to box: inout AgentHarness) throws {
    for _ in 0..<count / 2 {
      let id = box.command(.beginSession(profile: "mia", title: nil, app: "netflix", service: nil, owner: 1))
      guard case .session(let session, _)? = box.replies(to: id).first else { throw UnexpectedReply(replies: []) }
      box.command(.endSession(session: session, owner: 1))
    }
  }

  @Test func upload_sessionStarted_goesWithinFiveSeconds() throws {
    for seed in 1...20 {
      var box = try AgentHarness.paired(seed: UInt64(seed))
      let start = box.now.boot
      _ = try box.play()
      while box.sent(.usage).isEmpty, box.advanceToDeadline() {}
      #expect(try #require(box.sent(.usage).first).at - start <= .seconds(5))
    }
  }

  @Test func upload_nothingPressing_goesEveryFifteenMinutesOrSo() throws {
    var moments: Set<Int64> = []
    for seed in 1...30 {
      var box = try AgentHarness.paired(seed: UInt64(seed))
      let start = box.now.boot + .seconds(-6)
      while box.sent(.usage).isEmpty, box.advanceToDeadline() {}
      let after = try #require(box.sent(.usage).first).at - start
      #expect(after >= .seconds(715) && after <= .seconds(1_085))
      moments.insert(after.wholeSeconds)
    }
    #expect(moments.count > 20)
  }

  @Test func upload_notYetDurable_isNotSent() throws {
    var box = try AgentHarness.paired()
    while box.agent.outbox.depth > 0, box.advanceToDeadline() {}
    box.forgetSent()
    box.storage = .doesNotAnswer
    box.command(.beginSession(profile: "mia", title: nil, app: "netflix", service: nil, owner: 1))
    box.advance(by: .seconds(10))
    #expect(box.sent(.usage).isEmpty)
    box.storageAnswers()
    box.advance(by: .seconds(5))
    #expect(!box.sent(.usage).isEmpty)
  }

  @Test func upload_oneUnderWay_noSecondIsSent() throws {
    var box = try uploading()
    try addEvents(600, to: &box)
    box.advance(by: .seconds(20))
    #expect(box.out.count { $0.kind == .usage } == 1)
    #expect(box.sent(.usage).count == 1)
  }

  @Test func acknowledged_partOfTheBatch_goesOnFromThere() throws {
    var box = try uploading()
    try box.answer(.usage, .usageAcknowledged(through: 1, rejected: [.init(sequence: 1, type: "unknown_kind")]))
    try waitForUpload(&box)
    #expect(try box.outgoing(.usage).firstNumber == 2)
  }

  @Test func gap_upstreamLostSome_sendsFromThere() throws {
    var box = try uploading()
    let count = box.journal.next - 1
    try box.answer(.usage, .usageAcknowledged(through: count, rejected: []))
    try addEvents(2, to: &box)
    try waitForUpload(&box)
    try box.problem(.usage, 409, "gap", expected: 2)
    try waitForUpload(&box)
    #expect(try box.outgoing(.usage).firstNumber == 2)
  }

  /// A gap where this box has nothing else to send was answered at once with the same batch, for ever.
  @Test func gap_thatTheBoxCannotFill_waitsAsAfterAnyFailure() throws {
    var box = try uploading()
    let start = box.now.boot
    for _ in 0..<8 {
      try box.problem(.usage, 409, "gap", expected: 1)
      try waitForUpload(&box)
    }
    #expect(box.now.boot - start > .seconds(20))
  }

  @Test func heads_upstreamRestoredFromABackup_sendsAgain() throws {
    var box = try uploading()
    let count = box.journal.next - 1
    try box.answer(.usage, .usageAcknowledged(through: count, rejected: []))
    try box.answer(.heads, .heads(box.heads("c2", usage: .init(epoch: 1, next: 1))))
    try waitForUpload(&box)
    #expect(try box.outgoing(.usage).firstNumber == 1)
  }

  @Test func heads_upstreamKnowsMoreThanTheBoxGave_beginsANewEpoch() throws {
    var box = try uploading()
    let unsent = box.agent.outbox.depth
    try box.answer(.heads, .heads(box.heads("c2", usage: .init(epoch: 3, next: 900))))
    #expect(box.agent.outbox.epoch == 4)
    #expect(box.journal.epoch == 4)
    try waitForUpload(&box)
    guard case .usage(let epoch, let from, _, _) = try box.outgoing(.usage).request else { return }
    #expect(epoch == 4 && from == 1)
    #expect(box.journal.batch(from: 1, maxEvents: 512).prefix(unsent).map(\.sequence) == Array(1...unsent))
    #expect(box.journal.refusals == 0)
  }

  @Test func fenced_takesTheEpochPlusOneAndSendsAll() throws {
    var box = try uploading()
    let unsent = box.agent.outbox.depth
    try box.problem(.usage, 403, "outbox_fenced", epoch: 7)
    #expect(box.agent.outbox.epoch == 8)
    #expect(box.agent.outbox.depth == unsent)
    #expect(!box.hasErased)
    try waitForUpload(&box)
    guard case .usage(let epoch, let from, _, _) = try box.outgoing(.usage).request else { return }
    #expect(epoch == 8 && from == 1)
  }

  /// New numbers were given while old ones were still on their way to the disk.
  @Test func fenced_whileEventsAreBeingSaved_keepsBoxAndJournalInStep() throws {
    var box = try uploading()
    box.storage = .doesNotAnswer
    try addEventsUnanswered(&box)
    try box.problem(.usage, 403, "outbox_fenced", epoch: 7)
    try addEventsUnanswered(&box)
    box.storageAnswers()
    #expect(box.journal.refusals == 0)
    #expect(box.journal.next == box.agent.outbox.next)
    #expect(box.agent.outbox.sendable == box.agent.outbox.depth)
    #expect(box.journal.events.map(\.sequence) == Array(1..<box.journal.next))
  }

  /// The journal had not heard that the upstream wanted old events again, and numbered others anew than the box.
  @Test func fenced_afterTheUpstreamWentBack_keepsBoxAndJournalInStep() throws {
    var box = try uploading()
    try box.answer(.usage, .usageAcknowledged(through: box.journal.next - 1, rejected: []))
    try box.answer(.heads, .heads(box.heads("c2", usage: .init(epoch: 1, next: 2))))
    try box.answer(.heads, .heads(box.heads("c3", usage: .init(epoch: 3, next: 1))))
    try addEvents(2, to: &box)
    #expect(box.journal.refusals == 0)
    #expect(box.journal.epoch == 4)
    #expect(box.journal.next == box.agent.outbox.next)
    #expect(box.journal.firstUnacknowledged == box.agent.outbox.firstUnacknowledged)
  }

  /// The epoch could not be saved, and events with new numbers stood behind old ones.
  @Test func fenced_diskFull_keepsBoxAndJournalInStep() throws {
    var box = try uploading()
    box.storage = .isFull
    try addEventsUnanswered(&box)
    try box.problem(.usage, 403, "outbox_fenced", epoch: 7)
    try addEventsUnanswered(&box)
    box.advance(by: .seconds(40))
    #expect(!box.isOut(.usage), "nothing is sent under numbers that a restart would not know")
    box.storage = .works
    box.advance(by: .seconds(60))
    #expect(box.journal.epoch == 8)
    #expect(box.journal.next == box.agent.outbox.next)
    #expect(box.journal.events.map(\.sequence) == Array(1..<box.journal.next))
    try waitForUpload(&box)
  }

  private func addEventsUnanswered(_ box: inout AgentHarness) throws {
    box.command(.beginSession(profile: "mia", title: nil, app: "netflix", service: nil, owner: 1))
  }

  @Test(arguments: [413, 400])
  func tooLargeOrBad_halvesTheBatchDownToOne(status: Int) throws {
    var box = try uploading()
    try addEvents(20, to: &box)
    var sizes: [Int] = []
    for _ in 0..<5 {
      try box.problem(.usage, status)
      try waitForUpload(&box)
      sizes.append(try maxEvents(box))
    }
    let depth = box.agent.outbox.depth
    #expect(sizes.first.map { $0 <= depth / 2 } == true)
    #expect(zip(sizes, sizes.dropFirst()).allSatisfy { $1 == max(1, $0 / 2) })
    #expect(sizes.last == 1)
  }

  /// An upstream that cannot take one event of many gets all the others, and of that one a `dropped` line, within a search
  /// by halves.
  @Test(arguments: [413, 400], [1, 2, 9, 20])
  func oneEventRefused_becomesADeadLetter(status: Int, refused: Int) throws {
    var box = try uploading()
    try addEvents(20, to: &box)
    let before = box.journal.events
    let last = try #require(before.last).sequence
    var batches = 0
    while box.agent.outbox.firstUnacknowledged <= last {
      try waitForUpload(&box)
      batches += 1
      try #require(batches <= 16)
      guard case .usage(_, let from, let count, _) = try box.outgoing(.usage).request else { continue }
      let batch = box.journal.batch(from: from, maxEvents: count)
      if batch.contains(where: { $0.sequence == refused && $0.kind != "dropped" }) {
        try box.problem(.usage, status)
      } else {
        try box.answer(.usage, .usageAcknowledged(through: try #require(batch.last).sequence, rejected: []))
      }
    }
    for event in before {
      let now = try #require(box.journal.events.first { $0.sequence == event.sequence })
      if event.sequence == refused {
        #expect(now.detail == .dropped(from: refused, counts: [event.kind: 1]))
      } else {
        #expect(now == event)
      }
    }
    #expect(!box.isRaised(.usageRejected))
    _ = try box.play()
    try waitForUpload(&box)
    #expect(try maxEvents(box) == Limits.batchEvents)
  }

  @Test func droppedLineRefusedToo_isKeptReportedAndTriedHourly() throws {
    var box = try uploading()
    for _ in 0..<40 where !box.isRaised(.usageRejected) {
      try box.problem(.usage, 400)
      if !box.isRaised(.usageRejected) { try waitForUpload(&box) }
    }
    #expect(box.isRaised(.usageRejected))
    #expect(box.journal.events.filter { $0.kind == "dropped" }.count == 1)
    box.forgetSent()
    box.advance(by: .seconds(3_590))
    #expect(box.sent(.usage).isEmpty)
    try waitForUpload(&box)
  }

  @Test func refusedOtherwise_isKeptReportedAndTriedHourly() throws {
    var box = try uploading()
    let depth = box.agent.outbox.depth
    try box.problem(.usage, 418)
    #expect(box.isRaised(.usageRejected))
    box.forgetSent()
    box.advance(by: .seconds(3_590))
    #expect(box.sent(.usage).isEmpty)
    #expect(box.agent.outbox.depth >= depth)
    try waitForUpload(&box)
    try box.answer(.usage, .usageAcknowledged(through: box.journal.next - 1, rejected: []))
    #expect(!box.isRaised(.usageRejected))
  }

  /// Every session that began or ended in an outage broke the wait of the backoff.
  @Test func failed_newEvents_doNotBreakTheWait() throws {
    var box = try uploading()
    for _ in 0..<10 {
      try box.fail(.usage, .connect)
      try waitForUpload(&box)
    }
    try box.fail(.usage, .connect)
    let next = try #require(box.agent.outbox.dueAt)
    try addEvents(2, to: &box)
    box.forgetSent()
    let wait = next - box.now.boot
    if wait > .seconds(6) {
      box.advance(by: wait - .seconds(1))
      #expect(box.sent(.usage).isEmpty)
    }
  }

  /// After an outage a backlog went out as fast as the line was.
  @Test func backlog_afterAnOutage_goesOneBatchASecondWithJitter() throws {
    var box = try uploading()
    try box.fail(.usage, .connect)
    try addEvents(4 * Limits.batchEvents, to: &box)
    try waitForUpload(&box)
    var moments: [Moment] = []
    for _ in 0..<4 {
      moments.append(box.now.boot)
      let lines = box.journal.batch(from: try #require(try box.outgoing(.usage).firstNumber), maxEvents: 512)
      try box.answer(.usage, .usageAcknowledged(through: try #require(lines.last).sequence, rejected: []))
      try waitForUpload(&box)
    }
    let gaps = zip(moments, moments.dropFirst()).map { $1 - $0 }
    #expect(gaps.allSatisfy { $0 >= .seconds(1) && $0 <= .seconds(8) })
  }
}
