import AgentCore
import Testing

@testable import UpstreamCore

@Suite struct UsageTests {
  // R60: the upstream had it, the answer was lost, and the retry with another cut counted double.
  @Test func usage_answerLostThreeTimes_otherCuts_eachNumberOnce() {
    let bench = FamilyBench()
    let all = (1...9).map { $0 == 1 ? bench.started(1) : bench.progress($0, Int64($0) * 10) }
    for cut in [0..<3, 0..<5, 2..<4, 0..<9] { bench.send(Array(all[cut])) }
    #expect(bench.rows.map(\.line.sequence) == Array(1...9))
    #expect(bench.family?.devices["d_1"]?.usage == UsagePosition(epoch: 1, next: 10))
    #expect(bench.family?.sessions[SessionKey(device: "d_1", session: "s1")]?.played.map(\.playedSeconds) == [90])
  }

  /// Numbers of a batch sent after 1…3 are there, and what is answered.
  @Test(arguments: [
    ([4, 5], FamilyAnswer.usage(acked: 5, rejected: [])), ([2, 3], .usage(acked: 3, rejected: [])),
    ([3, 4], .usage(acked: 4, rejected: [])), ([], .usage(acked: 3, rejected: [])),
    ([5], .refused(.gap(expected: 4))), ([4, 6], .refused(.gap(expected: 4))), ([5, 4], .refused(.gap(expected: 4))),
    ([4, 4], .refused(.gap(expected: 4))), ([0], .refused(.badRequest)),
  ])
  func usage_numbers_areTakenOnlyWithoutGap(numbers: [Int], expected: FamilyAnswer) {
    let bench = FamilyBench()
    bench.send((1...3).map { bench.line($0) })
    #expect(bench.send(numbers.map { bench.line($0) }) == expected)
  }

  @Test func usage_gapInside_keepsNothing() {
    let bench = FamilyBench()
    bench.send([bench.line(1), bench.line(3)])
    #expect(bench.rows.isEmpty)
    #expect(bench.family?.devices["d_1"]?.usage.next == 1)
  }

  @Test func usage_droppedLine_standsForAllItsNumbers() {
    let bench = FamilyBench()
    bench.send([bench.line(1)])
    let dropped = bench.line(7, "dropped", .dropped(from: 2))
    #expect(bench.send([dropped, bench.line(8)]) == .usage(acked: 8, rejected: []))
  }

  @Test func usage_epoch_lowerIsFenced_higherStartsAnew() {
    let bench = FamilyBench()
    bench.send([bench.line(1)], epoch: 3)
    #expect(bench.send([bench.line(2)], epoch: 2) == .refused(.fenced(epoch: 3)))
    #expect(bench.send([bench.line(2)], epoch: 4) == .refused(.gap(expected: 1)))
    #expect(bench.send([bench.line(1)], epoch: 4) == .usage(acked: 1, rejected: []))
    #expect(bench.rows.map(\.epoch) == [3, 4])
  }

  @Test func usage_unknownKind_isRejectedForGoodAndTheRestKept() {
    let bench = FamilyBench()
    let batch = [bench.line(1), bench.line(2, "dance", .unknownKind), bench.line(3, "health", .invalid), bench.line(4)]
    let rejected = [
      RejectedEvent(sequence: 2, type: "unknown_kind"), RejectedEvent(sequence: 3, type: "invalid_event"),
    ]
    #expect(bench.send(batch) == .usage(acked: 4, rejected: rejected))
    #expect(bench.rows.map(\.line.sequence) == [1, 4])
    #expect(bench.send(batch) == .usage(acked: 4, rejected: rejected))
  }

  @Test func usage_runningTotal_neverFalls() {
    let bench = FamilyBench()
    bench.send([bench.started(1), bench.progress(2, 300), bench.progress(3, 200)])
    #expect(bench.family?.sessions[SessionKey(device: "d_1", session: "s1")]?.played.map(\.playedSeconds) == [300])
  }

  @Test func usage_ofARemovedBox_staysInTheLedgerOfItsDay() throws {
    let bench = FamilyBench(devices: ["d_1", "d_2"])
    bench.send([bench.started(1), bench.ended(2, 500)], "d_2")
    bench.act(.revoke(device: "d_2"))
    #expect(bench.heads()?.ledger["mia"]?.seconds == 500)
    bench.pass(seconds: 86_400)
    #expect(bench.heads()?.ledger.isEmpty == true)
  }

  @Test func usage_oldSessions_areForgotten() {
    let bench = FamilyBench()
    bench.send([bench.started(1), bench.ended(2, 500)])
    bench.pass(seconds: 9 * 86_400)
    bench.send([bench.line(3)])
    #expect(bench.family?.sessions.isEmpty == true)
  }
}
