import AgentCore
import ArgumentParser
import LocalAPI
import SystemdHost
import Terminal

/// `monitor`: what the daemon announces, as it comes.
struct MonitorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "monitor",
    abstract: "Print the daemon's signals as they come.",
    discussion: """
      It ends by ctrl-C, after --count signals, or after --timeout seconds; where the time is over before the count is \
      reached, with exit status 1. With --json each signal is one document on a line, with the time since boot in \
      up_ms and since 1970 in at_ms.
      """)

  @Option(name: .long, help: ArgumentHelp("End after so many signals.", valueName: "N"))
  var count: Int?
  @Option(name: .long, help: ArgumentHelp("End after so many seconds, 1 to 86400.", valueName: "S"))
  var timeout: Int64?
  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp("Only signals of this name; may be repeated.", valueName: "SIGNAL"))
  var only: [String] = []
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let count, count < 1 { throw ValidationError("--count has to be at least 1") }
    if let timeout, !(1...86_400).contains(timeout) { throw ValidationError("--timeout has to be 1 to 86400 seconds") }
    let known = (Agent1.launcher.signals + Agent1.device.signals).map(\.name) + ["PropertiesChanged"]
    if let unknown = only.first(where: { !known.contains($0) }) {
      throw ValidationError("there is no signal \(unknown); there are \(known.sorted().joined(separator: ", "))")
    }
  }

  func run() throws {
    let connection = try common.connect()
    try connection.listen()
    let output = common.output
    if Terminal.isTerminal(.error) { try output.remark("Listening; ctrl-C ends it.") }
    let end = timeout.map { SystemClocks.boot() + .seconds($0) }
    var left = count ?? Int.max
    while left > 0 {
      guard let signal = try connection.nextSignal(until: end) else {
        if let end, SystemClocks.boot() >= end { break }
        continue
      }
      guard only.isEmpty || only.contains(signal.name) else { continue }
      try show(SignalReport(signal), output)
      left -= 1
    }
    if count != nil && left > 0 { throw ExitStatus.refused }
  }

  private func show(_ report: SignalReport, _ output: Output) throws {
    if output.isJSON { return try output.json(report.json) }
    try output.raw(
      LocalTime.text(of: report.at) + "  " + output.marked(PlainText.shown(report.signal.name), .heading) + " "
        + PlainText.shown(report.facts))
  }
}
