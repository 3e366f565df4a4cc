import AgentCore
import ArgumentParser
import SystemdHost

/// From exec to READY and to the first right decision, with the replica on disk and no upstream.
///
/// For each run it says `waiting` on standard error, reads a line, which its caller writes just before it executes the
/// daemon, and says `measured`; the caller then stops the daemon. READY is the first ping that is answered: the daemon
/// opens its bus, tells the service manager and turns its loop, in this order.
struct StartCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "start", abstract: "Measure how a daemon starts.")
  @Option(help: "The bus socket of the daemon that is started.") var socket: String
  @Option(help: "The bus socket of a daemon at rest, on which time is waited out.") var restingSocket: String
  @Option(help: "The title to ask about.") var title: String
  @Option(help: "Its right verdict.") var verdict: String
  @Option(help: "How often.") var runs = 10
  @Option(help: "What the program takes from exec to exit where it does nothing, milliseconds.") var load: Double

  private static let patience = Duration.seconds(20)
  private static let step = Duration.microseconds(100)

  func validate() throws {
    guard (1...1_000).contains(runs) else { throw ValidationError("--runs has to be from 1 to 1000") }
  }

  func run() throws {
    let resting = try Box(socket: restingSocket)
    var (ready, decided) = (Samples(), Samples())
    for _ in 0..<runs {
      StandardError.line("waiting")
      guard readLine() != nil else { throw BenchError("a line on standard input begins each run") }
      let start = SuspendingClock.now
      let box = try connect(resting)
      ready.add(SuspendingClock.now - start)
      try awaitDecision(box, resting)
      decided.add(SuspendingClock.now - start)
      StandardError.line("measured")
    }
    let limit = (load, "the program from exec to exit, doing nothing")
    let note = "median of \(runs) starts without upstream"
    try Figure(
      "exec_to_ready", "exec to READY", ready.median, "ms", limit: limit, reach: "≤ 50 ms", note: note
    ).write()
    try Figure(
      "exec_to_decision", "exec to the first right decision", decided.median, "ms", limit: limit, reach: "≤ 50 ms",
      note: note
    ).write()
  }

  private func connect(_ resting: Box) throws -> Box {
    let deadline = SystemClocks.boot() + Self.patience
    while true {
      do { return try Box(socket: socket) } catch let error as HostError where error.code == .notRunning {
        guard SystemClocks.boot() < deadline else { throw error }
        try resting.passOverSignals(until: SystemClocks.boot() + Self.step)
      }
    }
  }

  private func awaitDecision(_ box: Box, _ resting: Box) throws {
    let deadline = SystemClocks.boot() + Self.patience
    while SystemClocks.boot() < deadline {
      do { if try box.decide(title) == verdict { return } } catch is BusCallError {}
      try resting.passOverSignals(until: SystemClocks.boot() + Self.step)
    }
    throw BenchError("\(title) did not become \(verdict) again after a start")
  }
}
