import AgentCore
import Testing

/// The name on the system bus: asked for again with growing waits, each fault raised once and cleared.
@Suite struct SystemBusPresenceTests {
  private func agent(usesSystemBus: Bool = true) -> Agent {
    Agent(
      configuration: .init(
        upstream: "https://first.example", boot: "0a1b2c3d", builtAt: AgentHarness.builtAt,
        usesSystemBus: usesSystemBus),
      restored: .init(), seed: 1, now: now(0))
  }

  private func now(_ milliseconds: Int64) -> Now {
    Now(
      boot: Moment(nanoseconds: milliseconds * 1_000_000), play: PlayTime(nanoseconds: milliseconds * 1_000_000),
      systemSeconds: AgentHarness.noon + milliseconds / 1_000, isSynchronised: false)
  }

  private func health(_ agent: Agent) -> [HealthItem.Code] { agent.health.items.map(\.code) }

  @Test func turn_notWanted_connectsNever() {
    var agent = agent(usesSystemBus: false)
    #expect(!agent.handle(.turn, at: now(0)).contains(.connectSystemBus))
    #expect(!agent.handle(.turn, at: now(100_000)).contains(.connectSystemBus))
  }

  @Test func failed_againAndAgain_waitsAsTheTableSaysAndRaisesOnce() {
    var agent = agent()
    var at: Int64 = 0
    var warnings = 0
    for wait in [1, 2, 4, 8, 16, 32, 60, 60] as [Int64] {
      #expect(agent.handle(.turn, at: now(at)).contains(.connectSystemBus), "at \(at)")
      #expect(!agent.handle(.turn, at: now(at)).contains(.connectSystemBus), "one at a time")
      let effects = agent.handle(.systemBus(.failed(.unreachable, cause: "no broker")), at: now(at))
      warnings += effects.count { if case .log(let entry) = $0 { entry.level == .warning } else { false } }
      #expect(health(agent) == [.busUnreachable])
      #expect(!agent.handle(.turn, at: now(at + wait * 1_000 - 1)).contains(.connectSystemBus))
      #expect(agent.deadline == now(at + wait * 1_000).boot)
      at += wait * 1_000
    }
    #expect(warnings == 2, "the fault with its cause, and the health item")
  }

  @Test func faults_oneAfterTheOther_replaceEachOtherAndClear() {
    var agent = agent()
    let table: [(SystemBusReport, [HealthItem.Code])] = [
      (.failed(.unreachable, cause: ""), [.busUnreachable]), (.failed(.nameRefused, cause: ""), [.busNameRefused]),
      (.failed(.nameTaken, cause: ""), [.busNameTaken]), (.named, []),
    ]
    var at: Int64 = 0
    for (report, codes) in table {
      #expect(agent.handle(.turn, at: now(at)).contains(.connectSystemBus))
      _ = agent.handle(.systemBus(report), at: now(at))
      #expect(health(agent) == codes, "\(report)")
      at += 60_000
    }
  }

  @Test func broker_restarted_isAskedAfterASecond() {
    var agent = agent()
    _ = agent.handle(.turn, at: now(0))
    _ = agent.handle(.systemBus(.failed(.unreachable, cause: "")), at: now(0))
    _ = agent.handle(.turn, at: now(1_000))
    _ = agent.handle(.systemBus(.named), at: now(1_000))
    _ = agent.handle(.systemBus(.failed(.unreachable, cause: "gone")), at: now(61_000))
    #expect(agent.systemBus.deadline == now(62_000).boot)
    #expect(health(agent) == [.busUnreachable])
    // A name that is lost at once each time is not asked for each second.
    for (lost, next) in [(62_000, 64_000), (64_000, 68_000)] as [(Int64, Int64)] {
      #expect(agent.handle(.turn, at: now(lost)).contains(.connectSystemBus))
      _ = agent.handle(.systemBus(.named), at: now(lost))
      #expect(health(agent).isEmpty)
      _ = agent.handle(.systemBus(.failed(.unreachable, cause: "gone")), at: now(lost))
      #expect(agent.systemBus.deadline == now(next).boot)
    }
  }
}
