import AgentCore
import ArgumentParser
import LocalAPI
import SystemdHost
import Terminal

/// `status`: how the box is doing.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how this box is doing.",
    discussion: """
      With --watch it shows it again whenever something changes, until ctrl-C: on a terminal in place and at least \
      every 5 seconds, else below, and with --json one document a line.
      """)

  @Flag(name: .long, help: "Show it again whenever something changes.")
  var watch = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    let connection = try common.connect()
    if watch { try connection.listen() }
    try show(connection)
    while watch {
      if try awaitChange(connection) { try show(connection) }
    }
  }

  private func show(_ connection: AgentConnection) throws {
    let answer = try connection.device("Status")
    let output = common.output
    if output.isJSON { return try output.raw(answer.string(0)) }
    let document = try Document<StatusDocument>(answer)
    if watch && output.style.isLive {
      try Terminal.write("\u{1B}[H\u{1B}[2J", to: .output)
    } else if watch {
      try output.line(Words.instant(document.content.time.now), .heading)
    }
    try StatusView(document.content, output).show()
    if watch && !output.style.isLive { try output.line() }
  }

  /// Whether it is worth showing again: something was announced, or on a terminal the time is up.
  private func awaitChange(_ connection: AgentConnection) throws -> Bool {
    let isRefreshed = common.output.style.isLive && !common.json
    let end = isRefreshed ? SystemClocks.boot() + Self.refreshInterval : nil
    guard try connection.nextSignal(until: end) != nil else { return isRefreshed }
    let settled = SystemClocks.boot() + Self.settling
    while try connection.nextSignal(until: settled) != nil {}
    return true
  }

  private static let refreshInterval = Duration.seconds(5)
  /// Signals that come so close together are shown as one change.
  private static let settling = Duration.milliseconds(100)
}
