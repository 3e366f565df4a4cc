import AgentCore
import Testing

@Suite struct StorageTests {
  @Test func diskFull_beginningASession_isAnErrorAndCountsNothing() throws {
    var box = try AgentHarness.paired()
    box.storage = .isFull
    let id = box.command(.beginSession(profile: "mia", title: nil, app: "netflix", service: nil, owner: 1))
    #expect(box.replies(to: id) == [.refused(.storage("disk full"))])
    #expect(box.agent.sessions.open.isEmpty)
    #expect(box.isRaised(.storageFull))
    #expect(box.agent.decide(profile: "mia", title: nil, app: "netflix", at: box.now)?.verdict == .allow)
  }

  @Test func diskFull_endingASession_isAnErrorAndTheTotalsAreKept() throws {
    var box = try AgentHarness.paired()
    let session = try box.play()
    box.watch(session, for: 60)
    box.storage = .isFull
    let id = box.command(.endSession(session: session, owner: 1_000))
    #expect(box.replies(to: id) == [.refused(.storage("disk full"))])
    box.storage = .works
    box.advance(by: .seconds(15))
    let ended = box.journal.details.contains {
      if case .sessionEnded(session, let days, .closed) = $0 { days.map(\.playedSeconds) == [60] } else { false }
    }
    #expect(ended)
    #expect(box.journal.ledger.values.map(\.seconds) == [60])
    #expect(box.journal.sessions.isEmpty)
  }

  /// R37: "disk full" was remembered until restart.
  @Test func R37_diskFullForAWhile_isDurableAgainWithinAMinuteInOrder() throws {
    var box = try AgentHarness.paired()
    let session = try box.play()
    box.storage = .isFull
    box.watch(session, for: 120)
    let refused = box.command(.beginSession(profile: "mia", title: nil, app: "netflix", service: nil, owner: 1))
    #expect(box.replies(to: refused) == [.refused(.storage("disk full"))])
    box.storage = .works
    box.watch(session, for: 60)
    #expect(!box.isRaised(.storageFull))
    #expect(box.journal.events.map(\.sequence) == Array(1...box.journal.events.count))
    #expect(box.journal.next == box.agent.outbox.next)
    #expect(box.journal.refusals == 0)
    let acknowledged = try box.reply(to: .endSession(session: session, owner: 1_000))
    #expect(acknowledged == .ended(playedSeconds: 180))
    #expect(box.journal.ledger.values.map(\.seconds) == [180])
  }

  /// Space came back, and yet the first command got an error: it stood before what was waiting.
  @Test func diskFull_spaceComesBack_theNextCommandSucceedsAtOnce() throws {
    var box = try AgentHarness.paired()
    box.storage = .isFull
    box.command(.beginSession(profile: "mia", title: nil, app: "netflix", service: nil, owner: 1))
    box.storage = .works
    let id = box.command(.beginSession(profile: "mia", title: nil, app: "netflix", service: nil, owner: 1))
    guard case .session? = box.replies(to: id).first else {
      Issue.record("got \(box.replies(to: id))")
      return
    }
    #expect(box.journal.refusals == 0)
    #expect(box.journal.next == box.agent.outbox.next)
  }

  /// A disk that stays full for a night made the box keep every running total of that night.
  @Test func diskFull_forHours_keepsWhatIsWaitingSmall() throws {
    var box = try AgentHarness.paired()
    let session = try box.play()
    box.storage = .isFull
    box.watch(session, for: 3_600)
    box.storage = .doesNotAnswer
    box.watch(session, for: 60)
    let largest = box.waiting.map { waiting in
      if case .changes(let changes) = waiting.work { changes.count } else { 0 }
    }
    #expect(try #require(largest.max()) < 40)
  }

  @Test func storageFailure_ofAnotherKind_isNamedSo() throws {
    var box = try AgentHarness.paired()
    box.storage = .doesNotAnswer
    let id = box.command(.beginSession(profile: "mia", title: nil, app: "netflix", service: nil, owner: 1))
    let ticket = try #require(box.waiting.first?.ticket)
    box.handle(.persistFailed(ticket, "I/O error"))
    #expect(box.replies(to: id) == [.refused(.storage("I/O error"))])
    #expect(box.isRaised(.storageFailed) && !box.isRaised(.storageFull))
  }

  @Test func command_isAnsweredOnlyWhenDurable() throws {
    var box = try AgentHarness.paired()
    box.storage = .doesNotAnswer
    let id = box.command(.beginSession(profile: "mia", title: nil, app: "netflix", service: nil, owner: 1))
    #expect(box.replies(to: id).isEmpty)
    box.storageAnswers()
    #expect(box.replies(to: id).count == 1)
  }

  @Test func identity_notSaved_isWrittenAgain() throws {
    var box = try AgentHarness.paired()
    box.storage = .doesNotAnswer
    try box.answer(.heads, .heads(box.heads("c2", policy: AgentHarness.policy(2))))
    let policy = try #require(box.waiting.first { if case .changes(let c) = $0.work { !c.isEmpty } else { false } })
    box.handle(.persisted(policy.ticket))
    let identity = try #require(box.waiting.first { if case .identity = $0.work { true } else { false } })
    box.storage = .works
    box.handle(.persistFailed(identity.ticket, "I/O error"))
    box.advance(by: .seconds(15))
    #expect(box.journal.identity?.highestPolicyVersion == 2)
  }

  @Test func highWater_isWrittenHourlyAndAtTheFirstDate() throws {
    var box = try AgentHarness.paired()
    let start = box.journal.highWater
    box.advance(by: .seconds(3_700))
    #expect(try #require(box.journal.highWater) > start ?? WallTime(seconds: 0))
    while !box.isOut(.heads), box.advanceToDeadline() {}
    let heard = WallTime(seconds: AgentHarness.noon - 50_000)
    try box.answer(.heads, .unchanged, date: heard)
    #expect(box.journal.highWater == heard, "a heard Date replaces the mark, backwards too")
  }
}
