import AgentCore
import Testing

/// How a suspend and a step of the system clock are told from time that passes.
struct ClockWatchTests {
  private func now(boot: Int64, play: Int64, system: Int64) -> Now {
    Now(
      boot: Moment(nanoseconds: boot * 1_000_000), play: PlayTime(nanoseconds: play * 1_000_000), systemSeconds: system,
      isSynchronised: false)
  }

  @Test(
    arguments: [
      (60_000, 60_000, 1_060, []), (60_000, 59_001, 1_060, []),
      (60_000, 59_000, 1_060, [ClockWatch.Change.resumed(sleptSeconds: 1)]),
      (86_400_000, 10_000, 87_400, [.resumed(sleptSeconds: 86_390)]),
      (60_000, 60_000, 1_062, []), (60_000, 60_000, 1_058, []), (60_000, 60_000, 1_063, [.stepped(bySeconds: 3)]),
      (60_000, 60_000, 0, [.stepped(bySeconds: -1_060)]),
      (60_000, 10_000, 9_060, [.resumed(sleptSeconds: 50), .stepped(bySeconds: 8_000)]),
    ] as [(Int64, Int64, Int64, [ClockWatch.Change])])
  func observe_clocksMoved_tellsWhatHappened(
    boot: Int64, play: Int64, system: Int64, expected: [ClockWatch.Change]
  ) {
    var watch = ClockWatch(now(boot: 0, play: 0, system: 1_000))
    let then = now(boot: boot, play: play, system: system)
    #expect(watch.observe(then) == expected)
    #expect(watch.observe(then) == [])
  }

  @Test func resume_duringAHold_asksAtOnceOnANewConnection() throws {
    var box = try AgentHarness.paired()
    let old = try box.outgoing(.heads)
    box.suspend(for: .seconds(10))
    box.handle(.turn)
    #expect(box.effects.contains(.dropConnections) && box.effects.contains(.cancel(old.id)))
    let asked = try box.outgoing(.heads)
    #expect(asked.waitSeconds == 0 && asked.freshConnection)
    try box.answer(.heads, .heads(box.heads("c1")))
    #expect(try box.outgoing(.heads).waitSeconds == 25)
  }

  @Test func clockStep_awayFromTrustedTime_isReportedUntilItIsRight() throws {
    var box = try AgentHarness.paired()
    let trusted = box.agent.time(at: box.now)
    box.now.systemSeconds += 86_400
    box.handle(.turn)
    #expect(box.agent.health.contains(.clockStepped))
    #expect(box.agent.time(at: box.now) == trusted)
    #expect(try box.outgoing(.heads).freshConnection)
    box.now.systemSeconds = trusted.seconds
    box.handle(.turn)
    #expect(!box.agent.health.contains(.clockStepped))
  }
}
