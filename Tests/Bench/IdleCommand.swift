import ArgumentParser

/// What a box costs while its request is parked, beside a box that is not paired.
///
/// Reads two lines: the first begins the measured time, the second ends it; so it does nothing itself meanwhile.
struct IdleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "idle", abstract: "Measure what idle boxes cost.")
  @Option(help: "The paired daemon.") var pid: Int
  @Option(help: "A daemon that is not paired.") var barePid: Int

  func run() throws {
    guard readLine() != nil else { throw BenchError("a line on standard input begins the measured time") }
    let (start, before, bareBefore) = (SuspendingClock.now, try reading(pid), try reading(barePid))
    guard readLine() != nil else { throw BenchError("a second line on standard input ends the measured time") }
    let (after, bareAfter) = (try reading(pid), try reading(barePid))
    let seconds = (SuspendingClock.now - start) / .seconds(1)
    let minutes = seconds / 60
    let note =
      "over \(Int(seconds.rounded())) s; holds begin at 25 s, so that two end in a minute; later they last 290 s"
    try Figure(
      "wake_ups", "wake-ups a minute, parked", Double(after.wakeUps - before.wakeUps) / minutes, "",
      limit: (Double(bareAfter.wakeUps - bareBefore.wakeUps) / minutes, "an unpaired box"), reach: "≤ 2", note: note
    ).write()
    try Figure(
      "idle_cpu", "processor time a minute, parked",
      (after.processorMilliseconds - before.processorMilliseconds) / minutes, "ms",
      limit: ((bareAfter.processorMilliseconds - bareBefore.processorMilliseconds) / minutes, "an unpaired box"),
      note: note
    ).write()
    try Figure(
      "threads", "threads", Double(after.threads), "", limit: (Double(bareAfter.threads), "an unpaired box")
    ).write()
  }

  private func reading(_ pid: Int) throws -> ProcessReading { try ProcessReading(pid: pid) }
}
