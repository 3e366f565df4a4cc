import AgentCore
import AgentSimulation
import ArgumentParser

extension Simulation.Sabotage: ExpressibleByArgument {}

/// Runs simulated worlds: `make simulate`.
@main struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Run simulated worlds of boxes, upstream, network and power failures, each from one seed.",
    discussion: "Exit status: 0 every promise held; 1 one did not, with the seed that shows it.")

  @Option(help: "How many seeds to run, from 1 on.")
  var seeds: UInt64 = 200
  @Option(help: "Replay this seed alone and print what happened.")
  var seed: UInt64?
  @Option(help: "How many boxes a world has.")
  var boxes = 2
  @Option(
    help:
      "Break a promise on purpose, to see that it is noticed: \(Simulation.Sabotage.allCases.map(\.rawValue).joined(separator: ", "))."
  )
  var sabotage: Simulation.Sabotage?
  @Flag(help: "Nothing is cut, fails or sleeps.")
  var calm = false
  @Flag(help: "Children play all the time against a small budget that stays.")
  var contested = false
  @Flag(help: "Print the trace's hash alone, to compare two processes.")
  var hash = false

  mutating func validate() throws {
    guard seeds > 0, (1...100).contains(boxes) else { throw ValidationError("seeds from 1 on, boxes from 1 to 100") }
  }

  mutating func run() throws {
    var combined = TraceHash()
    for seed in seed.map({ $0...$0 }) ?? 1...seeds {
      var options = Simulation.Options()
      options.boxes = boxes
      options.sabotage = sabotage
      (options.isCalm, options.isContested) = (calm, contested)
      var world = Simulation(seed: seed, options: options, keepsLog: self.seed != nil && !hash)
      let start = ContinuousClock.now
      var violation: (any Error)?
      do { try world.run() } catch { violation = error }
      for line in world.log { print(line) }
      if let violation {
        print("FAILED \(violation)")
        throw ExitCode(1)
      }
      combined.add(String(world.trace.value))
      if self.seed != nil, !hash { print("seed \(seed) held every promise, in \(ContinuousClock.now - start)") }
    }
    if hash { return print(String(combined.value, radix: 16)) }
    if seed == nil { print("\(seeds) seeds held every promise; trace \(String(combined.value, radix: 16))") }
  }
}
