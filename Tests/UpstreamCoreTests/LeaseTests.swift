import AgentCore
import Testing

@testable import UpstreamCore

@Suite struct LeaseTests {
  private func through(_ heads: HeadsDocument?) -> Int64? { heads?.leases.first?.throughSeconds }

  @Test func lease_onlyBox_getsTheWholeRestOfTheDay() throws {
    let bench = FamilyBench()
    bench.setPolicy(budget: 90)
    let lease = try #require(bench.heads()?.leases.first)
    #expect(lease.throughSeconds == 5_400 && lease.until == WallTime("2026-11-25T00:00:00Z"))
  }

  @Test func lease_profileWithoutBudget_getsNone() throws {
    let bench = FamilyBench()
    bench.setPolicy(budget: nil)
    #expect(bench.heads()?.leases.isEmpty == true)
  }

  @Test func lease_budgetFalls_isShrunkInTheNextHeads() throws {
    let bench = FamilyBench()
    bench.setPolicy(budget: 90)
    _ = bench.heads()
    bench.setPolicy(budget: 30)
    #expect(through(bench.heads()) == 1_800)
  }

  @Test func lease_secondBox_getsOneOnlyAfterTheFirstHasAskedAndReported() throws {
    let bench = FamilyBench(devices: ["d_1", "d_2"])
    bench.setPolicy(budget: 90)
    #expect(through(bench.heads("d_1")) == 5_400)
    #expect(through(bench.heads("d_2")) == nil)
    let first = try #require(bench.heads("d_1"))
    #expect(through(first) == 300)
    #expect(through(bench.heads("d_2")) == nil)
    bench.report("d_1")
    #expect(through(bench.heads("d_2")) == nil, "reported before it asked with the cursor")
    bench.call(.heads(bench.question(after: first.cursor, wait: 0)), "d_1")
    bench.report("d_1")
    #expect(through(bench.heads("d_2")) == 300)
  }

  @Test func lease_openSession_getsAQuarterOfWhatIsLeft_renewedBeforeItsEnd() throws {
    let bench = FamilyBench(devices: ["d_1", "d_2"])
    _ = (bench.heads("d_1"), bench.heads("d_2"))
    bench.setPolicy(budget: 120)
    #expect(through(bench.heads("d_1")) == 300)
    #expect(through(bench.heads("d_2")) == 300)
    bench.send([bench.started(1), bench.progress(2, 200)], "d_1")
    let heads = try #require(bench.heads("d_1"))
    #expect(through(heads) == 1_875)
    #expect(heads.leases.first?.until == bench.now.wallTime + 1_200)
  }

  @Test func lease_openSessionCountsOn_endsTheHoldWhen120SecondsAreLeft() throws {
    let bench = FamilyBench(devices: ["d_1", "d_2"])
    _ = (bench.heads("d_1"), bench.heads("d_2"))
    bench.setPolicy(budget: 20)
    bench.send([bench.started(1)], "d_1")
    let cursor = try #require(bench.heads("d_1")).cursor
    let question = bench.question(after: cursor, wait: 300)
    #expect(bench.call(.heads(question), "d_1") == .park(until: bench.now.adding(seconds: 180)))
    bench.pass(seconds: 180)
    guard case .heads(let heads) = bench.call(.heads(question), "d_1") else {
      Issue.record("expected a renewed lease")
      return
    }
    #expect(through(heads) == 480)
  }

  /// A box that plays and gets no more is given what an idle one holds, once that one has said that it uses nothing of it.
  @Test func lease_ofAnIdleBox_isYieldedToTheOneThatPlays() throws {
    let bench = FamilyBench(devices: ["d_1", "d_2"])
    _ = (bench.heads("d_1"), bench.heads("d_2"))
    bench.setPolicy(budget: 5)
    #expect(through(bench.heads("d_2")) == 300)
    #expect(through(bench.heads("d_1")) == nil)
    bench.send([bench.started(1)], "d_1")
    let yielded = try #require(bench.heads("d_2"))
    #expect(through(yielded) == 0)
    #expect(through(bench.heads("d_1")) == nil, "the idle box may still believe the old one")
    bench.call(.heads(bench.question(after: yielded.cursor, wait: 0)), "d_2")
    bench.report("d_2")
    #expect(through(bench.heads("d_1")) == 300)
    bench.send([bench.ended(2, 100)], "d_1")
    #expect(through(bench.heads("d_1")) == 300, "idle now, and it holds the rest")
  }

  @Test func lease_sessionEnded_givesTheRestBack() throws {
    let bench = FamilyBench(devices: ["d_1", "d_2"])
    _ = (bench.heads("d_1"), bench.heads("d_2"))
    bench.setPolicy(budget: 10)
    #expect(through(bench.heads("d_1")) == 300)
    #expect(through(bench.heads("d_2")) == 300)
    bench.send([bench.started(1), bench.ended(2, 100)], "d_1")
    #expect(through(bench.heads("d_1")) == 300)
    #expect(bench.family?.devices["d_1"]?.leases.first?.spentThrough == 300)
  }

  @Test func lease_ofARevokedBox_isFreeOnceItHasHeard() throws {
    let bench = FamilyBench(devices: ["d_1", "d_2"])
    bench.setPolicy(budget: 90)
    #expect(through(bench.heads("d_1")) == 5_400)
    bench.act(.revoke(device: "d_1"))
    #expect(through(bench.heads("d_2")) == nil)
    #expect(bench.call(.policy, "d_1") == .refused(.deviceRevoked))
    #expect(through(bench.heads("d_2")) == 5_400)
  }

  @Test func lease_ofABoxThatUnpaired_isFreeAtOnce() throws {
    let bench = FamilyBench(devices: ["d_1", "d_2"])
    bench.setPolicy(budget: 90)
    #expect(through(bench.heads("d_1")) == 5_400)
    bench.call(.unpair, "d_1")
    #expect(through(bench.heads("d_2")) == 5_400)
  }

  /// However calls interleave, leased or counted seconds of all boxes stay within the budget.
  @Test(arguments: 1...40)
  func lease_anyInterleaving_staysWithinTheBudget(seed: Int) throws {
    let bench = FamilyBench(devices: ["d_1", "d_2", "d_3"])
    bench.setPolicy(budget: 40)
    var state = UInt64(seed)
    func next(_ bound: Int) -> Int { Int(state >> 33) % bound }
    var sequences = ["d_1": 0, "d_2": 0, "d_3": 0]
    var played: [String: Int64] = [:]
    var cursors: [String: String] = [:]
    for _ in 0..<150 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let device = "d_\(next(3) + 1)"
      bench.pass(seconds: Int64(next(50) + 10))
      switch next(4) {
      case 0, 1:
        if case .heads(let heads) = bench.call(.heads(bench.question(after: cursors[device], wait: 0)), device) {
          cursors[device] = heads.cursor
        }
      case 2:
        let lease = bench.family?.devices[device]?.leases.first?.through ?? 0
        played[device] = max(played[device] ?? 0, min(lease, (played[device] ?? 0) + 60))
        let sequence = (sequences[device] ?? 0) + 1
        sequences[device] = sequence
        bench.send([bench.progress(sequence, played[device] ?? 0)], device)
      default: bench.report(device)
      }
      let family = try #require(bench.family)
      let claims = family.devices.keys.sorted().map { id in
        max(played[id] ?? 0, family.devices[id]?.leases.first?.spentThrough ?? 0)
      }
      #expect(claims.reduce(0, +) <= 2_400)
    }
  }
}
