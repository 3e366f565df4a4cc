import AgentCore
import Testing

@Suite struct HeldRequestTests {
  @Test func start_paired_asksWithoutCursorAndWaitThenHolds() throws {
    var journal = SimulatedJournal()
    journal.identity = AgentHarness.identity()
    var box = AgentHarness(journal: journal)
    box.handle(.turn)
    let first = try box.outgoing(.heads)
    #expect(first.request == .heads(after: nil, waitSeconds: 0))
    #expect(first.token != nil)
    try box.answer(.heads, .heads(box.heads("c1", policy: AgentHarness.policy(1))))
    let second = try box.outgoing(.heads)
    #expect(second.request == .heads(after: "c1", waitSeconds: 25), "the next goes at once after a 200")
  }

  @Test func badCursor_asksAgainWithoutOneAtOnce() throws {
    var box = try AgentHarness.paired()
    try box.problem(.heads, 400, "bad_cursor")
    #expect(try box.outgoing(.heads).cursor == nil)
    #expect(box.agent.held.failuresInARow == 0)
  }

  /// An upstream that calls the absence of a cursor a bad one would be asked without pause.
  @Test func badCursor_withoutACursor_isAFailure() throws {
    var box = try AgentHarness.paired()
    try box.problem(.heads, 400, "bad_cursor")
    try box.problem(.heads, 400, "bad_cursor")
    #expect(box.agent.held.failuresInARow == 1)
  }

  @Test(arguments: [false, true])
  func fastLoop_answersWithoutProgress_isAFailure(withBody: Bool) throws {
    var box = try AgentHarness.paired()
    var answers = 0
    while box.agent.held.failuresInARow == 0, answers < 20 {
      if box.isOut(.heads) {
        answers += 1
        try box.answer(.heads, withBody ? .heads(box.heads("c1")) : .unchanged)
        continue
      }
      // Only the shortest of waits count as a loop.
      guard let deadline = box.agent.deadline, deadline - box.now.boot < .milliseconds(500) else { break }
      box.advanceToDeadline()
    }
    if withBody {
      #expect(answers == 6)
      #expect(box.agent.held.failuresInARow == 1)
    } else {
      #expect(answers < 20, "the jitter after a 204 alone keeps it from looping")
    }
  }

  @Test func fastLoop_answersThatBringNews_isNone() throws {
    var box = try AgentHarness.paired()
    for round in 2...9 { try box.answer(.heads, .heads(box.heads("c\(round)"))) }
    #expect(box.agent.held.failuresInARow == 0)
  }

  @Test func hold_cutOnce_stepsDownAndStaysOnline() throws {
    var box = try AgentHarness.paired()
    for _ in 0..<5 {
      box.advance(by: .seconds(25))
      try box.answer(.heads, .unchanged)
      box.advance(by: .seconds(1))
    }
    #expect(try box.outgoing(.heads).waitSeconds == 55)
    box.advance(by: .seconds(30))
    try box.fail(.heads, .interrupted)
    #expect(box.agent.held.isOnline, "what a middlebox cuts says nothing about the upstream")
    #expect(!box.isRaised(.upstreamUnreachable))
    box.advance(by: .seconds(30))
    #expect(try box.outgoing(.heads).waitSeconds == 25)
    try box.fail(.heads, .interrupted)
    #expect(!box.agent.held.isOnline)
    #expect(box.isRaised(.upstreamUnreachable))
  }

  @Test func firstFailure_afterAMinuteOfHealth_isSpreadOverThirtySeconds() throws {
    var longest = Duration.zero
    for seed in 1...60 {
      var box = try AgentHarness.paired(seed: UInt64(seed))
      for _ in 0..<3 {
        box.advance(by: .seconds(25))
        try box.answer(.heads, .unchanged)
        box.advance(by: .seconds(1))
      }
      let failedAt = box.now.boot
      try box.fail(.heads, .connect)
      while !box.isOut(.heads), box.advanceToDeadline() {}
      longest = max(longest, box.now.boot - failedAt)
    }
    #expect(longest <= .seconds(30))
    #expect(longest > .seconds(20))
  }

  @Test func networkChange_endsTheHoldAndAsksOnANewConnection() throws {
    var box = try AgentHarness.paired()
    let old = try box.outgoing(.heads)
    box.handle(.networkChanged)
    #expect(box.effects.contains(.dropConnections))
    #expect(box.effects.contains(.cancel(old.id)))
    let asked = try box.outgoing(.heads)
    #expect(asked.waitSeconds == 0 && asked.freshConnection && asked.cursor == "c1")
    try box.answer(.heads, .heads(box.heads("c1")))
    let next = try box.outgoing(.heads)
    #expect(next.waitSeconds == 25 && !next.freshConnection)
  }

  @Test func networkChange_whileWaitingAfterFailures_asksAtOnce() throws {
    var box = try AgentHarness.paired()
    for _ in 0..<8 {
      while !box.isOut(.heads), box.advanceToDeadline() {}
      try box.fail(.heads, .connect)
    }
    box.handle(.networkChanged)
    #expect(box.isOut(.heads))
  }

  @Test func endpoints_threeFailuresInARow_triesTheNextAndReturnsAfterTenMinutes() throws {
    var box = try AgentHarness.paired(endpoints: ["https://first.example", "https://second.example"])
    for _ in 0..<3 {
      while !box.isOut(.heads), box.advanceToDeadline() {}
      #expect(try box.outgoing(.heads).endpoint == "https://first.example")
      try box.fail(.heads, .connect)
    }
    while !box.isOut(.heads), box.advanceToDeadline() {}
    let changed = box.now.boot
    #expect(try box.outgoing(.heads).endpoint == "https://second.example")
    var returned: Moment?
    while returned == nil, box.now.boot - changed < .seconds(1_500) {
      let held = try box.outgoing(.heads)
      if held.endpoint == "https://first.example" {
        returned = box.now.boot
        break
      }
      box.advance(by: .seconds(held.waitSeconds))
      try box.answer(.heads, .unchanged)
      box.advance(by: .seconds(1))
    }
    let stay = try #require(returned) - changed
    #expect(stay >= .seconds(590) && stay <= .seconds(1_000))
  }

  @Test func endpoints_allDown_areTriedInOrderAndAround() throws {
    let all = ["https://first.example", "https://second.example", "https://third.example"]
    var box = try AgentHarness.paired(endpoints: all)
    var asked: [String] = []
    for _ in 0..<12 {
      while !box.isOut(.heads), box.advanceToDeadline() {}
      asked.append(try box.outgoing(.heads).endpoint)
      try box.fail(.heads, .connect)
    }
    #expect(asked == (all + [all[0]]).flatMap { Array(repeating: $0, count: 3) })
  }

  /// A box that started while its first endpoint was down never got a token, and never tried another.
  @Test func endpoints_tokenFailsThreeTimes_asksTheNext() throws {
    var journal = SimulatedJournal()
    journal.identity = AgentHarness.identity(endpoints: ["https://first.example", "https://second.example"])
    var box = AgentHarness(journal: journal)
    box.answersByItself = []
    box.handle(.turn)
    for _ in 0..<3 {
      while !box.isOut(.token), box.advanceToDeadline() {}
      #expect(try box.outgoing(.token).endpoint == "https://first.example")
      try box.fail(.token, .connect)
    }
    while !box.isOut(.token), box.advanceToDeadline() {}
    #expect(try box.outgoing(.token).endpoint == "https://second.example")
  }

  @Test func commands_unknown_areAcknowledgedAsUnsupported() throws {
    var box = try AgentHarness.paired()
    let commands: [Heads.UpstreamCommand] = [.init(id: "a", name: "sync"), .init(id: "b", name: "dance")]
    try box.answer(.heads, .heads(box.heads("c2", commands: commands)))
    box.advance(by: .seconds(1))
    guard case .state(let report)? = box.sent(.state).last?.request.request else {
      Issue.record("no report within a second of a command")
      return
    }
    #expect(report.commands == [.init(id: "a", result: "done"), .init(id: "b", result: "unsupported")])
  }

  /// A command that came while a report was out was forgotten with that report's answer.
  @Test func commands_arrivedWhileAReportIsOut_areReportedByTheNext() throws {
    var box = try AgentHarness.paired()
    box.answersByItself = []
    try box.answer(.heads, .heads(box.heads("c2", commands: [.init(id: "a", name: "sync")])))
    box.advance(by: .seconds(1))
    _ = try box.outgoing(.state)
    let both: [Heads.UpstreamCommand] = [.init(id: "a", name: "sync"), .init(id: "b", name: "sync")]
    try box.answer(.heads, .heads(box.heads("c3", commands: both)))
    try box.answer(.state, .done)
    while !box.isOut(.state), box.advanceToDeadline() {}
    guard case .state(let report) = try box.outgoing(.state).request else { return }
    #expect(report.commands == [.init(id: "b", result: "done")])
  }
}
