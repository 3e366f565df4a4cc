import AgentCore
import Testing

/// A child asks, a parent answers (`spec/wire.md` §6).
@Suite struct RequestTests {
  private let time = RequestRecord.Asks.time(minutes: 30)

  private func ask(_ box: inout AgentHarness, _ asks: RequestRecord.Asks) throws -> String {
    guard case .requested(let id) = try box.reply(to: .request(profile: "mia", asks)) else {
      throw HarnessError("no request was made")
    }
    return id
  }

  @Test func request_isAnsweredWhenDurableAndSentOnce() throws {
    var box = try AgentHarness.paired()
    box.answersByItself.insert(.request)
    let id = try ask(&box, time)
    #expect(box.journal.requests[id]?.asks == time)
    box.advance(by: .seconds(10))
    #expect(box.sent(.request).count == 1)
    #expect(box.journal.requests[id]?.isSent == true)
    #expect(box.journal.details.contains(.request(request: id, asks: time)))
  }

  @Test func request_theSameAgain_isTheSameRequest() throws {
    var box = try AgentHarness.paired()
    let first = try ask(&box, time)
    #expect(try ask(&box, time) == first)
    #expect(try ask(&box, .time(minutes: 15)) != first)
    #expect(box.journal.requests.count == 2)
  }

  /// The answer was lost, the box restarted: the same number goes up again, and the upstream knows it.
  @Test func request_afterALostAnswerAndARestart_goesUpUnderTheSameNumber() throws {
    var box = try AgentHarness.paired()
    let id = try ask(&box, time)
    try box.fail(.request, .interrupted)
    box.advance(by: .seconds(40))
    box.restart()
    box.answersByItself.insert(.request)
    box.handle(.turn)
    try box.answer(.heads, .heads(box.heads("c9")))
    box.advance(by: .seconds(40))
    let numbers = box.sent(.request).compactMap { sent -> String? in
      if case .request(let record) = sent.request.request { record.id } else { nil }
    }
    #expect(!numbers.isEmpty && numbers.allSatisfy { $0 == id })
    #expect(box.journal.requests[id]?.isSent == true)
  }

  @Test func request_onAFullDisk_isRefusedAndNotSent() throws {
    var box = try AgentHarness.paired()
    box.storage = .isFull
    guard case .refused(.storage) = try box.reply(to: .request(profile: "mia", time)) else {
      Issue.record("it was taken")
      return
    }
    box.storage = .works
    box.advance(by: .seconds(60))
    #expect(box.sent(.request).isEmpty)
    #expect(box.agent.childRequests.records.isEmpty)
  }

  @Test func answer_isAnnouncedOnce() throws {
    var box = try AgentHarness.paired()
    box.answersByItself.insert(.request)
    let id = try ask(&box, time)
    let answers = [
      Heads.RequestAnswer(request: id, granted: true, at: WallTime(seconds: AgentHarness.noon)),
      .init(request: "another box's", granted: true, at: WallTime(seconds: AgentHarness.noon)),
    ]
    try box.answer(.heads, .heads(box.heads("c2", answers: answers)))
    try box.answer(.heads, .heads(box.heads("c3", answers: answers)))
    #expect(box.signals.count { if case .requestAnswered = $0 { true } else { false } } == 1)
    box.restart()
    box.handle(.turn)
    try box.answer(.heads, .heads(box.heads("c4", answers: answers)))
    #expect(box.journal.requests[id]?.answer?.isGranted == true)
    #expect(box.signals.filter { if case .requestAnswered = $0 { true } else { false } }.isEmpty)
  }

  @Test func answer_emitsItsSignal() throws {
    var box = try AgentHarness.paired()
    let id = try ask(&box, time)
    let answers = [Heads.RequestAnswer(request: id, granted: false, at: WallTime(seconds: AgentHarness.noon))]
    try box.answer(.heads, .heads(box.heads("c2", answers: answers)))
    #expect(box.signals.contains(.requestAnswered(request: id, isGranted: false)))
  }

  /// Once a parent has answered, a child may ask the same again.
  @Test func request_afterItsAnswer_isANewOne() throws {
    var box = try AgentHarness.paired()
    let first = try ask(&box, time)
    let answers = [Heads.RequestAnswer(request: first, granted: false, at: WallTime(seconds: AgentHarness.noon))]
    try box.answer(.heads, .heads(box.heads("c2", answers: answers)))
    #expect(try ask(&box, time) != first)
  }

  @Test func request_thatTheFamilyDoesNotTake_isRefused() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1) { $0.requests = .init(titles: true, time: false) })
    #expect(try box.reply(to: .request(profile: "mia", time)) == .refused(.requestsNotTaken))
    #expect(try box.reply(to: .request(profile: "nobody", time)) == .refused(.unknownProfile))
  }

  @Test func request_beyondTheLimit_isRefused() throws {
    var box = try AgentHarness.paired()
    for minutes in 1...Limits.openRequests { _ = try ask(&box, .time(minutes: minutes)) }
    #expect(
      try box.reply(to: .request(profile: "mia", .time(minutes: 99)))
        == .refused(.tooManyRequests(limit: Limits.openRequests)))
  }

  @Test func request_whoseNumberIsAnothers_isGivenUp() throws {
    var box = try AgentHarness.paired()
    let id = try ask(&box, time)
    try box.problem(.request, 409, "conflict")
    #expect(box.journal.requests[id] == nil)
    box.advance(by: .seconds(600))
    #expect(box.sent(.request).count == 1)
  }

  /// Asking stays open outside a child's hours.
  @Test func request_outsideTheHours_isTaken() throws {
    var box = try AgentHarness.paired(
      policy: AgentHarness.policy(1) { $0.profiles[0].schedule = .init(days: Array(repeating: [], count: 7)) })
    _ = try ask(&box, time)
  }
}

/// A test's own failure.
struct HarnessError: Error {
  var message: String
  init(_ message: String) { self.message = message }
}
