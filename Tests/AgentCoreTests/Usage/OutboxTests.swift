import AgentCore
import Testing

@Suite struct OutboxTests {
  private static let at = WallTime(seconds: AgentHarness.noon)

  private func event(_ number: Int) -> JournalChange {
    .event(
      UsageEvent(
        sequence: number, at: Self.at, upTenths: 0, boot: "0a1b2c3d", profile: nil,
        detail: .health(code: "clone", raised: true)), .high)
  }

  /// An outbox that gave so many numbers, all of them durable.
  private func outbox(_ count: Int, acknowledged: Int = 0) -> Outbox {
    var outbox = Outbox(.init())
    for _ in 0..<count { outbox.durable([event(outbox.takeNumber())]) }
    if acknowledged > 0 { outbox.acknowledged(through: acknowledged) }
    return outbox
  }

  @Test func takeNumber_countsFromOneWithoutGaps() {
    var outbox = Outbox(.init())
    #expect((0..<4).map { _ in outbox.takeNumber() } == [1, 2, 3, 4])
    #expect(outbox.depth == 4)
    #expect(outbox.sendable == 0, "nothing is sent before it is durable")
  }

  @Test func durable_partOfThem_onlyThoseAreSendable() {
    var outbox = Outbox(.init())
    for _ in 0..<3 { _ = outbox.takeNumber() }
    outbox.durable([event(1), event(2)])
    #expect(outbox.sendable == 2)
    #expect(outbox.oldestAt == Self.at)
  }

  @Test(arguments: [(0, 10, 1), (4, 6, 5), (10, 0, 11), (99, 0, 11)] as [(Int, Int, Int)])
  func acknowledged_through_leavesTheRest(through: Int, depth: Int, first: Int) {
    let outbox = outbox(10, acknowledged: through)
    #expect(outbox.depth == depth)
    #expect(outbox.firstUnacknowledged == first)
    #expect((outbox.oldestAt == nil) == (depth == 0))
  }

  @Test func acknowledged_less_neverGoesBack() {
    var outbox = outbox(10, acknowledged: 8)
    outbox.acknowledged(through: 3)
    #expect(outbox.firstUnacknowledged == 9)
  }

  @Test(arguments: [(5, 5), (1, 1), (0, 9), (11, 9), (10, 10)] as [(Int, Int)])
  func rewind_to_sendsFromThereWhereItCan(expected: Int, first: Int) {
    var outbox = outbox(10, acknowledged: 8)
    outbox.rewind(to: expected)
    #expect(outbox.firstUnacknowledged == first)
  }

  @Test func beginEpoch_unsentEvents_areNumberedFromOne() {
    var outbox = outbox(10, acknowledged: 7)
    outbox.beginEpoch(after: 4)
    outbox.durable([.outboxEpoch(5)])
    #expect(outbox.epoch == 5)
    #expect(outbox.next == 4)
    #expect(outbox.firstUnacknowledged == 1)
    #expect(outbox.depth == 3 && outbox.sendable == 3)
  }

  @Test func beginEpoch_knownEpochIsLower_growsAllTheSame() {
    var outbox = Outbox(.init(epoch: 6, next: 3, firstUnacknowledged: 1))
    outbox.beginEpoch(after: 2)
    #expect(outbox.epoch == 7)
  }

  /// What was on its way to the disk under old numbers made the box believe in events that it did not have.
  @Test func beginEpoch_eventsNotYetDurable_areNeverCountedTwice() {
    var outbox = outbox(10, acknowledged: 7)
    let late = event(outbox.takeNumber())
    outbox.beginEpoch(after: 1)
    #expect(outbox.sendable == 0, "the new numbers are not durable yet")
    let new = event(outbox.takeNumber())
    outbox.durable([late])
    outbox.durable([.outboxEpoch(2)])
    #expect(outbox.next == 6 && outbox.depth == 5)
    #expect(outbox.sendable == 4)
    outbox.durable([new])
    #expect(outbox.sendable == 5)
  }
}
