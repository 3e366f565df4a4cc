import AgentCore
import Testing

@testable import UpstreamCore

@Suite struct HeadsTests {
  @Test func heads_withoutCursor_isAnsweredAtOnceAndComplete() throws {
    let bench = FamilyBench()
    let empty = try #require(bench.heads())
    #expect(empty.policy == nil && empty.trust == nil && empty.catalogue.isEmpty)
    #expect(empty.usage == UsagePosition(epoch: 1, next: 1))
    let netflix = try #require(ShelfName("US/netflix"))
    bench.catalogue.shelves = [netflix: 3, try #require(ShelfName("DE/netflix")): 4]
    bench.setPolicy(services: ["prime", "netflix"])
    let heads = try #require(bench.heads())
    #expect(heads.policy?.version == 1 && heads.policy?.envelope == "e")
    #expect(heads.catalogue == [Heads.ShelfHead(shelf: netflix, version: 3)])
    #expect(heads.cursor != empty.cursor && heads.cursor.utf8.count <= Limits.cursorBytes)
  }

  @Test(arguments: [(32 << 10, true), ((32 << 10) + 1, false)])
  func heads_policyEnvelope_isInlinedUpTo32KiB(bytes: Int, isInlined: Bool) throws {
    let bench = FamilyBench()
    bench.setPolicy(envelope: String(repeating: "x", count: bytes))
    #expect((bench.heads()?.policy?.envelope != nil) == isInlined)
  }

  @Test func heads_sameCursor_parksUntilTheWaitEndsThen204() throws {
    let bench = FamilyBench()
    let question = try #require(bench.park(wait: 25))
    bench.pass(seconds: 24)
    #expect(bench.call(.heads(question)) == .park(until: question.deadline))
    bench.pass(seconds: 1)
    #expect(bench.call(.heads(question)) == .unchanged)
  }

  @Test func heads_longerWait_isTakenAs300() {
    let question = HeadsQuestion(after: nil, hold: HoldNumber(1), arrivedAt: FamilyBench.start, waitSeconds: 9_999)
    #expect(question.deadline == FamilyBench.start.adding(seconds: 300))
  }

  @Test func heads_policyChangeWhileParked_wakesAndAnswers() throws {
    let bench = FamilyBench()
    let question = try #require(bench.park())
    bench.setPolicy()
    #expect(bench.wakeUps == 1)
    guard case .heads(let heads) = bench.call(.heads(question)) else {
      Issue.record("expected heads")
      return
    }
    #expect(heads.policy?.version == 1)
  }

  @Test func heads_missedWakeUp_isRepairedAtTheNextLook() throws {
    let bench = FamilyBench()
    let cursor = try #require(bench.heads()).cursor
    bench.setPolicy()
    guard case .heads = bench.call(.heads(bench.question(after: cursor, wait: 300))) else {
      Issue.record("expected heads")
      return
    }
  }

  @Test(arguments: ["", "h1", "nonsense", "h1.1.2.3.zz.!!", "h2.1.0.1.a.b.c.d.e.f.g"])
  func heads_foreignCursor_isBadCursor(cursor: String) {
    let bench = FamilyBench()
    #expect(bench.call(.heads(bench.question(after: cursor, wait: 300))) == .refused(.badCursor))
  }

  @Test func cursor_text_readsBackAsItself() throws {
    let bench = FamilyBench()
    bench.setPolicy(budget: 60)
    let text = try #require(bench.heads()).cursor
    #expect(HeadsCursor(text)?.text == text)
  }

  @Test func heads_secondHold_endsTheFirstWith204() throws {
    let bench = FamilyBench()
    let first = try #require(bench.park())
    _ = try #require(bench.park())
    #expect(bench.wakeUps == 1)
    #expect(bench.call(.heads(first)) == .unchanged)
  }

  // R7: quiet answers never turn the hold into polling: the same cursor parks again and again.
  @Test func heads_tenQuietHolds_parkEachTime() throws {
    let bench = FamilyBench()
    let cursor = try #require(bench.heads()).cursor
    for _ in 0..<10 {
      let question = bench.question(after: cursor, wait: 55)
      #expect(bench.call(.heads(question)) == .park(until: question.deadline))
      bench.pass(seconds: 55)
      #expect(bench.call(.heads(question)) == .unchanged)
    }
  }

  // R9: settings of the poll arrive as they are, however often they alternate.
  @Test func heads_pollAlternates_eachChangeIsDeliveredOnce() throws {
    let bench = FamilyBench()
    for round in 0..<20 {
      let poll = HeadsDocument.Poll(waitSeconds: round % 2 == 0 ? 60 : 240, spreadSeconds: round % 2 == 0 ? 5 : 10)
      let question = try #require(bench.park())
      bench.catalogue.poll = poll
      guard case .heads(let heads) = bench.call(.heads(question)) else {
        Issue.record("expected heads")
        return
      }
      #expect(heads.poll == poll)
      bench.pass(seconds: 30)
    }
  }

  @Test func heads_ownUsageUpload_endsNoHold() throws {
    let bench = FamilyBench()
    bench.setPolicy(budget: 60)
    let question = try #require(bench.park())
    bench.send([bench.started(1), bench.progress(2, 300)])
    guard case .park = bench.call(.heads(question)) else {
      Issue.record("expected the hold to go on")
      return
    }
  }

  @Test func heads_usageOfAnotherBox_withOpenSession_isTold_atOnce() throws {
    let bench = FamilyBench(devices: ["d_1", "d_2"])
    bench.setPolicy()
    bench.send([bench.started(1)])
    let question = try #require(bench.park())
    bench.send([bench.started(1), bench.progress(2, 60)], "d_2")
    guard case .heads(let heads) = bench.call(.heads(question)) else {
      Issue.record("expected heads")
      return
    }
    #expect(heads.ledger["mia"]?.seconds == 60 && heads.ledger["mia"]?.apps == ["netflix": 60])
  }

  @Test func heads_usageOfAnotherBox_whileIdle_isToldEvery5Minutes() throws {
    let bench = FamilyBench(devices: ["d_1", "d_2"])
    bench.setPolicy()
    var question = try #require(bench.park())
    bench.send([bench.started(1), bench.progress(2, 60)], "d_2")
    guard case .heads = bench.call(.heads(question)) else {
      Issue.record("expected the first change at once")
      return
    }
    bench.pass(seconds: 10)
    question = try #require(bench.park())
    bench.send([bench.progress(3, 120)], "d_2")
    #expect(bench.call(.heads(question)) == .park(until: FamilyBench.start.adding(seconds: 300)))
    bench.pass(seconds: 290)
    guard case .heads(let heads) = bench.call(.heads(question)) else {
      Issue.record("expected heads after five minutes")
      return
    }
    #expect(heads.ledger["mia"]?.seconds == 120)
  }

  @Test func heads_trust_isOfferedStepByStepUntilReported() throws {
    let bench = FamilyBench()
    (bench.catalogue.trustVersion, bench.catalogue.trustUpdates) = (3, [2: "to 2", 3: "to 3"])
    #expect(bench.heads()?.trust == "to 2")
    bench.report(trust: 2)
    #expect(bench.heads()?.trust == "to 3")
    bench.report(trust: 3)
    #expect(bench.heads()?.trust == nil)
  }

  @Test func heads_command_staysUntilAcknowledged() throws {
    let bench = FamilyBench()
    bench.act(.command(device: "d_1", DeviceCommand(id: "c1", name: "sync")))
    #expect(bench.heads()?.commands.map(\.id) == ["c1"])
    bench.report(commands: ["c1"])
    #expect(bench.heads()?.commands.isEmpty == true)
  }

  @Test func heads_answer_livesForADay() throws {
    let bench = FamilyBench()
    bench.call(.request(id: "r1", profile: "mia", asks: .time(minutes: 30), at: bench.now.wallTime))
    bench.act(.answer(request: "r1", isGranted: true))
    #expect(bench.heads()?.answers.map(\.request) == ["r1"])
    bench.pass(seconds: 86_400)
    #expect(bench.heads()?.answers.isEmpty == true)
  }
}
