import AgentCore
import AgentSimulation
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Seeds of a run: `AGENT_SEED=n` replays one, `AGENT_SEEDS=n` runs so many, else a small number.
private enum Seeds {
  static let small = 20

  static var wanted: [UInt64] {
    if let one = environment("AGENT_SEED").flatMap({ UInt64($0) }) { return [one] }
    let count = environment("AGENT_SEEDS").flatMap { UInt64($0) } ?? UInt64(small)
    return Array(1...max(1, count))
  }

  private static func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}

@Suite struct SimulationTests {
  @Test func run_anySeed_holdsEveryPromise() throws {
    for seed in Seeds.wanted {
      var world = Simulation(seed: seed)
      do {
        try world.run()
      } catch let violation as Simulation.Violation {
        Issue.record("\(violation)")
        return
      }
    }
  }

  /// Children who play all the time: within the budget while nothing is cut, and within the offline minutes of each box beyond it else.
  @Test(arguments: [true, false])
  func run_contestedBudget_isKept(isCalm: Bool) throws {
    var options = Simulation.Options()
    (options.isCalm, options.isContested, options.boxes) = (isCalm, true, 3)
    for seed in Seeds.wanted {
      var world = Simulation(seed: seed, options: options)
      do {
        try world.run()
      } catch let violation as Simulation.Violation {
        Issue.record("\(violation)")
        return
      }
    }
  }

  @Test func run_sameSeedTwice_leavesTheSameTrace() throws {
    func trace() throws -> TraceHash {
      var world = Simulation(seed: 7)
      try world.run()
      return world.trace
    }
    #expect(try trace() == trace())
  }

  /// Each promise broken on purpose is noticed by at least one of a few seeds.
  @Test(arguments: Simulation.Sabotage.allCases)
  func run_promiseBrokenOnPurpose_isNoticed(sabotage: Simulation.Sabotage) {
    var options = Simulation.Options()
    options.sabotage = sabotage
    let noticed = (1...5).contains { seed in
      var world = Simulation(seed: UInt64(seed), options: options)
      do {
        try world.run()
        return false
      } catch {
        return true
      }
    }
    #expect(noticed)
  }
}
