import AgentCore
import Testing

@Suite struct UploadReportTests {
  /// The upstream's side of the outbox: what it counted, each number once.
  private struct Counted {
    var next = 1
    var numbers: [Int] = []

    mutating func take(_ lines: [UsageEvent]) {
      for line in lines where line.sequence == next {
        numbers.append(line.sequence)
        next += 1
      }
    }
  }

  private func waitForUpload(_ box: inout AgentHarness) throws -> OutgoingRequest {
    while !box.isOut(.usage), box.advanceToDeadline() {}
    return try box.outgoing(.usage)
  }

  private func lines(_ request: OutgoingRequest, of box: AgentHarness) -> [UsageEvent] {
    guard case .usage(_, let from, let maxEvents, _) = request.request else { return [] }
    return box.journal.batch(from: from, maxEvents: maxEvents)
  }

  /// R60: the server had it, the answer was lost, the retry counted double.
  @Test func R60_answerLostThreeTimesWhileEventsCome_countsEachOnce() throws {
    var box = try AgentHarness.paired()
    box.answersByItself = [.token, .state]
    var upstream = Counted()
    var sizes: [Int] = []
    for _ in 0..<3 {
      let session = try box.play()
      let request = try waitForUpload(&box)
      let batch = lines(request, of: box)
      sizes.append(batch.count)
      #expect(batch.first?.sequence == 1, "nothing was acknowledged, so it begins where it began")
      upstream.take(batch)
      box.command(.endSession(session: session, owner: 1_000))
      try box.fail(.usage, .interrupted)
    }
    #expect(sizes == sizes.sorted() && Set(sizes).count == 3, "the batches are cut otherwise each time")
    while box.agent.outbox.depth > 0 {
      let request = try waitForUpload(&box)
      upstream.take(lines(request, of: box))
      try box.answer(.usage, .usageAcknowledged(through: upstream.next - 1, rejected: []))
    }
    #expect(upstream.numbers == Array(1..<box.journal.next))
    #expect(box.agent.outbox.depth == 0)
    #expect(box.journal.firstUnacknowledged == box.journal.next)
  }

  /// R60: the process died between the upstream's commit and the answer.
  @Test func R60_crashBeforeTheAnswer_sendsAgainFromTheSameNumber() throws {
    var box = try AgentHarness.paired()
    box.answersByItself = [.token, .state]
    _ = try box.play()
    var upstream = Counted()
    let first = try waitForUpload(&box)
    upstream.take(lines(first, of: box))
    box.restart()
    box.handle(.turn)
    let second = try waitForUpload(&box)
    #expect(second.firstNumber == 1)
    upstream.take(lines(second, of: box))
    #expect(upstream.numbers == Array(1..<box.journal.next))
  }

  /// R61: after one failed chunk the rest was dropped, and the next try came after 0 s.
  @Test func R61_secondOfFiveBatchesFailsThreeTimes_keepsOrderAndWaitsByFullJitter() throws {
    var longest = Duration.zero
    for seed in 1...6 {
      var box = try AgentHarness.paired(seed: UInt64(seed))
      box.answersByItself = [.token, .state]
      try fill(&box, events: 5 * Limits.batchEvents)
      let count = box.journal.next - 1
      var acknowledged = 0
      var batches = 0
      var failures = 0
      while acknowledged < count {
        let request = try waitForUpload(&box)
        #expect(request.firstNumber == acknowledged + 1, "in order, nothing skipped")
        if batches == 1, failures < 3 {
          failures += 1
          let failedAt = box.now.boot
          try box.problem(.usage, 500)
          _ = try waitForUpload(&box)
          let wait = box.now.boot - failedAt
          #expect(wait > .zero && wait <= .seconds(30))
          longest = max(longest, wait)
          continue
        }
        acknowledged = lines(request, of: box).last?.sequence ?? acknowledged
        batches += 1
        try box.answer(.usage, .usageAcknowledged(through: acknowledged, rejected: []))
      }
      #expect(failures == 3)
      #expect(batches == 5 || batches == 6)
      #expect(box.agent.outbox.depth == 0)
    }
    #expect(longest > .seconds(1), "the waits are spread")
  }

  /// Puts so many events at least into the outbox without an upload in between.
  private func fill(_ box: inout AgentHarness, events: Int) throws {
    while box.agent.outbox.depth < events, !box.isOut(.usage) { _ = try beginAndEnd(&box) }
    while box.agent.outbox.depth < events { _ = try beginAndEnd(&box) }
  }

  private func beginAndEnd(_ box: inout AgentHarness) throws -> String {
    let id = box.command(.beginSession(profile: "mia", title: nil, app: "netflix", service: nil, owner: 1))
    guard case .session(let session, _)? = box.replies(to: id).first else { throw UnexpectedReply(replies: []) }
    box.command(.endSession(session: session, owner: 1))
    box.forgetEffects()
    return session
  }
}
