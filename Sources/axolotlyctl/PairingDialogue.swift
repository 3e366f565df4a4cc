import AgentCore
import LocalAPI
import SystemdHost
import Terminal

/// Shows the box's code to a person and waits for the parent's answer.
struct PairingDialogue {
  private let connection: AgentConnection
  private let output: Output
  private let isWaiting: Bool

  init(_ connection: AgentConnection, _ output: Output, isWaiting: Bool) {
    (self.connection, self.output, self.isWaiting) = (connection, output, isWaiting)
  }

  func run() throws {
    guard let code = try askForCode() else { return try showPaired() }
    try show(code)
    if isWaiting { try wait(showing: code) }
  }

  /// Says that the box is paired, and to whom where that is known.
  static func showPaired(device: String?, family: String?, _ output: Output) throws {
    if output.isJSON {
      return try output.json(["state": "paired", "device": JSONValue(device), "family": JSONValue(family)])
    }
    guard let device, let family else { return try output.line("Paired", .good, ".") }
    try output.line("Paired", .good, ": this box is device \(device) of family \(family).")
  }

  // MARK: The code

  /// The box's code; nil where it was paired meanwhile. Without a network it comes when the network does.
  private func askForCode() throws -> PairingCode? {
    do {
      return try PairingCode(connection.device("Pair", within: AgentConnection.Patience.firstCode))
    } catch let error as HostError where error.code == .timeout {
      let status = try status()
      let state = Words.pairing(status?.pairing ?? "waiting_for_network")
      let upstream = status?.upstream ?? "the upstream"
      let remedy = status?.health.first.map { "\($0.code): \($0.remedy)" } ?? "check the network and \(upstream)"
      guard isWaiting else {
        throw CommandFailure(.upstreamUnreachable, "no code yet, \(state); \(remedy); then try again")
      }
      try output.remark("No code yet: \(state). If it takes long: \(remedy).")
      return try awaitCode()
    }
  }

  private func awaitCode() throws -> PairingCode? {
    while true {
      guard let change = try nextChange(until: nil) else { continue }
      switch change.state {
      case "showing_code": return try PairingCode(connection.device("Pair"))
      case "paired": return nil
      case "unpaired": throw Self.ended(change.detail)
      default: break
      }
    }
  }

  private func show(_ code: PairingCode) throws {
    if output.isJSON { return try output.json(code.json) }
    let drawing = code.drawing(for: output.style)
    for line in drawing.lines { try output.raw(line) }
    if !drawing.lines.isEmpty { try output.line() }
    try output.fact("Code", code.userCode, .heading)
    try output.fact("Enter it at", code.address)
    try output.fact("Or open", code.completeAddress)
    if let remark = drawing.remark { try output.remark(remark) }
  }

  // MARK: The answer

  private func wait(showing first: PairingCode) throws {
    var code = first
    var end = SystemClocks.boot() + .seconds(Int64(code.secondsLeft))
    if !output.style.isLive {
      try output.remark("Waiting for a parent; the code ends in \(Words.clock(Int64(code.secondsLeft))).")
    }
    var shownSeconds: Int64?
    while true {
      let now = SystemClocks.boot()
      guard now < end else {
        try output.passing("")
        throw CommandFailure(.refused, "the code has ended; run 'axolotlyctl pair' for a new one")
      }
      let left = (end - now).wholeSeconds
      if left != shownSeconds { try output.passing("Waiting for a parent; the code ends in \(Words.clock(left)).") }
      shownSeconds = left
      // One nanosecond after the second is over.
      let tick = end + .nanoseconds(1 - left * 1_000_000_000)
      guard let change = try nextChange(until: output.style.isLive && left > 0 ? tick : end) else { continue }
      switch change.state {
      case "paired": return try showPaired()
      case "unpaired":
        try output.passing("")
        throw Self.ended(change.detail)
      case "showing_code":
        // Also the signal of the code that is shown already.
        guard let newer = try askForCode() else { return try showPaired() }
        guard newer.userCode != code.userCode else { continue }
        try output.passing("")
        code = newer
        end = SystemClocks.boot() + .seconds(Int64(code.secondsLeft))
        try show(code)
      default: break
      }
    }
  }

  private func showPaired() throws {
    try output.passing("")
    let status = try status()
    try Self.showPaired(device: status?.device, family: status?.family, output)
  }

  /// Nil where this user may pair the box but not see its state: group `axolotly`, while the box is unpaired.
  private func status() throws -> StatusDocument? {
    do {
      return try Document<StatusDocument>(connection.device("Status")).content
    } catch let failure as CommandFailure where failure.status == .accessDenied {
      return nil
    }
  }

  /// The next change of the pairing's state; nil for another signal, or when the deadline passes.
  private func nextChange(until deadline: Moment?) throws -> (state: String, detail: String)? {
    guard let signal = try connection.nextSignal(until: deadline), signal.interface == Agent1.device.name,
      signal.name == "PairingStateChanged", case .string(let state)? = signal.arguments.first,
      case .string(let detail)? = signal.arguments.last
    else { return nil }
    return (state, detail)
  }

  private static func ended(_ detail: String) -> CommandFailure {
    switch detail {
    case "access_denied": CommandFailure(.refused, "a parent refused the pairing; run 'axolotlyctl pair' to ask again")
    case "storage":
      CommandFailure(.inputOutput, "the pairing could not be saved; check the state directory's disk, then pair again")
    case "": CommandFailure(.refused, "the pairing was ended; run 'axolotlyctl pair' to begin again")
    default: CommandFailure(.refused, "the pairing was ended (\(detail)); run 'axolotlyctl pair' to begin again")
    }
  }
}
