import ArgumentParser

/// Decide against the empty method of the same connection, one after the other in one run.
struct DecideCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "decide", abstract: "Measure Decide over the bus.")
  @Option(help: "The daemon's bus socket.") var socket: String
  @Option(help: "The title to ask about.") var title: String
  @Option(help: "How many calls of each kind.") var calls = 5_000
  @Flag(help: "The processes are pinned to one core; it changes the names alone.") var pinned = false

  func validate() throws {
    guard (100...1_000_000).contains(calls) else { throw ValidationError("--calls has to be from 100 to 1000000") }
  }

  func run() throws {
    let box = try Box(socket: socket)
    let verdict = try box.decide(title)
    for _ in 0..<calls / 10 { try ask(box, verdict) }
    var (decisions, pings) = (Samples(), Samples())
    for _ in 0..<calls {
      try pings.measure { try box.ping() }
      try decisions.measure { try ask(box, verdict) }
    }
    let (suffix, place) = pinned ? ("_one_core", "one core") : ("", "free")
    for percent in [50, 99] {
      try Figure(
        "decide_p\(percent)\(suffix)", "Decide over the bus, \(place), p\(percent)", decisions.percentile(percent),
        "ms",
        limit: (pings.percentile(percent), "an empty method, same connection, p\(percent)"),
        reach: percent == 50 ? "≤ 1.5 ×, ≤ ½ of OPA's" : nil
      ).write()
    }
  }

  private func ask(_ box: Box, _ verdict: String) throws {
    let answer = try box.decide(title)
    guard answer == verdict else { throw BenchError("\(title) was \(verdict) and became \(answer)") }
  }
}
