import AgentCore
import Testing

/// After three crashes in five minutes the box decides from its last policy and leaves the upstream alone for five more.
struct SafeModeTests {
  private func at(_ seconds: Int64) -> Moment { Moment(nanoseconds: seconds * 1_000_000_000) }

  /// Starts at these seconds, each after a crash of the one before.
  private func record(_ starts: [Int64], boot: String = "b1") -> ProcessRecord? {
    starts.reduce(nil as ProcessRecord?) { ProcessRecord(after: $0, boot: boot, at: at($1)) }
  }

  @Test(
    arguments: [
      ([10], 0), ([10, 11], 1), ([10, 11, 12], 2), ([10, 11, 12, 13], 3), ([10, 100, 200, 309], 3),
      ([10, 20, 200, 321], 2),
      ([10, 11, 12, 13, 2_000], 1), ([10, 11, 12, 13, 14, 15, 16], 3),
    ] as [([Int64], Int)])
  func record_countsThoseOfFiveMinutes(starts: [Int64], expected: Int) {
    #expect(record(starts)?.crashes == expected)
  }

  @Test func record_anotherBoot_countsNothing() {
    #expect(ProcessRecord(after: record([10, 11, 12, 13]), boot: "b2", at: at(14)).crashes == 0)
  }

  @Test func record_stopped_endsTheRowOfCrashesAndKeepsTheBudget() throws {
    let crashed = try #require(record([10, 11, 12]))
    #expect(crashed.requestsLeft == RequestBudget.burstAfterCrash)
    let stopped = crashed.stopped(requestsLeft: 1, at: at(20))
    for (start, left) in [(20, 1), (25, 1), (26, 2), (38, 4), (73, 9), (80, 10), (9_000, 10)] as [(Int64, Int)] {
      let next = ProcessRecord(after: stopped, boot: "b1", at: at(start))
      #expect(next.crashes == 0)
      #expect(next.requestsLeft == left)
    }
    #expect(ProcessRecord(after: stopped, boot: "b2", at: at(5)).requestsLeft == RequestBudget.burst)
  }

  private func resting() throws -> AgentHarness {
    var box = try AgentHarness.paired()
    box.restart(crashes: 3)
    box.advance(by: .zero)
    return box
  }

  @Test func threeCrashes_noRequestForFiveMinutes_thenAllAsBefore() throws {
    var box = try resting()
    box.forgetSent()
    #expect(box.isRaised(.safeMode))
    box.advance(by: .seconds(299))
    #expect(box.sent.isEmpty)
    #expect(box.isRaised(.safeMode))
    box.advance(by: .seconds(40))
    #expect(!box.isRaised(.safeMode))
    #expect(!box.sent(.token).isEmpty && !box.sent(.heads).isEmpty)
  }

  @Test func threeCrashes_decisionsAndSessionsGoOn() throws {
    var box = try resting()
    let session = try box.play()
    box.watch(session, for: 60)
    #expect(box.agent.used(by: "mia", at: box.now).totalSeconds == 60)
    #expect(box.sent(.usage).isEmpty)
    box.advance(by: .seconds(400))
    #expect(!box.sent(.usage).isEmpty)
  }

  @Test func threeCrashes_whatNeedsTheUpstreamIsRefusedWithTheRest() throws {
    var box = try resting()
    box.advance(by: .seconds(100))
    guard case .refused(.resting(let seconds)) = try box.reply(to: .sync) else {
      Issue.record("sync was not refused")
      return
    }
    #expect((200...231).contains(seconds))
  }

  @Test func threeCrashes_networkChanges_isLeftAlone() throws {
    var box = try resting()
    box.forgetSent()
    box.handle(.networkChanged)
    box.advance(by: .seconds(60))
    #expect(box.sent.isEmpty)
  }

  @Test func threeCrashes_unpaired_showsNoCodeAndPairsAfterwards() throws {
    var box = AgentHarness()
    box.restart(crashes: 3)
    guard case .refused(.resting) = try box.reply(to: .pair) else {
      Issue.record("pair was not refused")
      return
    }
    box.advance(by: .seconds(340))
    box.command(.pair)
    #expect(box.sent(.pairingCode).count == 1)
  }

  @Test func threeCrashes_unpair_erasesAtOnce() throws {
    var box = try resting()
    box.forgetSent()
    #expect(try box.reply(to: .unpair) == .done)
    #expect(box.agent.pairing.identity == nil)
    #expect(box.sent.isEmpty)
    guard case .refused(.resting) = try box.reply(to: .pair) else {
      Issue.record("the rest ended with the erasure")
      return
    }
  }

  /// Restart upon restart: each start may ask for a token and the heads, not for ten things at once.
  @Test func restarted_startsWithWhatWasLeftOfTheBudget() throws {
    var box = try AgentHarness.paired()
    box.restart(requestsLeft: 2)
    box.forgetSent()
    box.answersByItself = [.token]
    box.advance(by: .seconds(5))
    #expect(!box.isRaised(.safeMode))
    #expect(box.sent.filter { $0.request.token != nil }.count <= 2)
    #expect(!box.sent(.heads).isEmpty)
  }
}
