import ArgumentParser

/// What a box with a catalogue holds in memory, beside one without.
struct MemoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory", abstract: "Measure what a box holds in memory.")
  @Option(help: "The paired daemon.") var pid: Int
  @Option(help: "A daemon that is not paired.") var barePid: Int
  @Flag(help: "It was started from disk; else it has just fetched its catalogue.") var restarted = false

  func run() throws {
    let (box, bare) = (try ProcessReading(pid: pid), try ProcessReading(pid: barePid))
    let (suffix, when) = restarted ? ("_restarted", "started from disk") : ("_synced", "after the first sync")
    try Figure(
      "rss" + suffix, "resident memory, " + when, box.residentMegabytes, "MB",
      limit: (bare.residentMegabytes, "an unpaired box"), reach: "≤ 25 MB"
    ).write()
    try Figure(
      "private" + suffix, "private dirty memory, " + when, box.privateDirtyMegabytes, "MB",
      limit: (bare.privateDirtyMegabytes, "an unpaired box"), reach: "≤ 8 MB"
    ).write()
    guard !restarted else { return }
    try Figure(
      "peak_sync", "resident memory, peak of the first sync", box.peakMegabytes, "MB",
      limit: (box.residentMegabytes, "the same box afterwards")
    ).write()
  }
}
