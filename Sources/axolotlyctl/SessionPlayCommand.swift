import AgentCore
import ArgumentParser
import LocalAPI
import SystemdHost

/// `session play`: a whole session for scripts, with its heartbeats.
struct SessionPlayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "play",
    abstract: "Begin a session, keep it playing for a while, and end it.",
    discussion: "It ends early, with exit status 4, where the policy ends the session.")

  @OptionGroup var subject: SessionSubject
  @Option(name: .long, help: ArgumentHelp("For how long, 1 to 86400 seconds.", valueName: "N"))
  var seconds: Int64
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (1...86_400).contains(seconds) else { throw ValidationError("--seconds has to be 1 to 86400") }
  }

  func run() throws {
    let connection = try common.connect()
    let output = common.output
    let (session, remaining) = try subject.begin(connection)
    try output.remark("Session \(session), remaining \(Words.remaining(remaining))")
    if let reason = try play(session, connection, output) {
      if output.isJSON {
        try output.json(["session": .string(session), "ended": .string(reason), "played_s": .null])
      } else {
        try output.line("Ended early", .bad, ": \(Words.sessionEnd(reason)) (\(reason))")
      }
      throw ExitStatus.deny
    }
    let played = try connection.launcher("EndSession", [.string(session)]).int64(0)
    if output.isJSON {
      return try output.json(["session": .string(session), "ended": "closed", "played_s": .integer(played)])
    }
    try output.fact("Played", Words.clock(played))
  }

  /// Sends heartbeats until the time is over; the reason where the agent ended the session before.
  private func play(_ session: String, _ connection: AgentConnection, _ output: Output) throws -> String? {
    let end = SystemClocks.boot() + .seconds(seconds)
    var heartbeat = SystemClocks.boot()
    while SystemClocks.boot() < end {
      if heartbeat <= SystemClocks.boot() {
        let remaining = try connection.launcher("Playing", [.string(session)]).remainingSeconds(0)
        let left = (end - SystemClocks.boot()).wholeSeconds
        try output.passing("Playing, \(Words.clock(max(0, left))) to go; remaining \(Words.remaining(remaining))")
        heartbeat = heartbeat + Self.heartbeatInterval
      }
      guard let signal = try connection.nextSignal(until: min(heartbeat, end)) else { continue }
      if let reason = endReason(signal, of: session) {
        try output.passing("")
        return reason
      }
    }
    try output.passing("")
    return nil
  }

  private func endReason(_ signal: BusSignal, of session: String) -> String? {
    guard signal.interface == Agent1.launcher.name, signal.name == "SessionEnded", signal.arguments.count == 2,
      signal.arguments[0] == .string(session), case .string(let reason) = signal.arguments[1]
    else { return nil }
    return reason
  }

  private static let heartbeatInterval = Duration.seconds(5)
}
