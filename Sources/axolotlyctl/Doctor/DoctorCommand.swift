import AgentCore
import ArgumentParser
import Diagnosis
import LocalAPI
import SystemdHost
import Terminal

/// `doctor`: what is wrong with this box, and what to do.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Find out what is wrong with this box.",
    discussion: """
      All checks run side by side and are done in 10 seconds. What is wrong stands first, causes before what follows from them. It \
      works when the daemon does not, changes nothing, and makes one request to the upstream.

      Exit status: 0 all well, 1 warnings, 2 errors.
      """)

  @Option(name: .long, help: ArgumentHelp("The daemon's state directory.", valueName: "DIR"))
  var state = "/var/lib/axolotly"
  @Option(
    name: .long, help: ArgumentHelp("The upstream to try where neither daemon nor settings name one.", valueName: "URL")
  )
  var upstream: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    let socket = common.socket ?? Terminal.variable("AXOLOTLY_SOCKET") ?? Agent1.defaultSocket
    let diagnosis = Diagnosis(DoctorChecks(state: state, socket: socket, upstream: upstream).run())
    try common.json ? common.output.json(Self.document(diagnosis)) : show(diagnosis)
    if diagnosis.exitStatus != 0 { throw DoctorStatus(rawValue: diagnosis.exitStatus) }
  }

  private func show(_ diagnosis: Diagnosis) throws {
    let output = common.output
    for finding in diagnosis.findings {
      let meaning: Output.Meaning? =
        switch finding.status {
        case .ok: .good
        case .warning: .doubtful
        case .error: .bad
        case .skipped: nil
        }
      let name = Output.padded(finding.check.rawValue, to: Self.nameColumns)
      let status = Output.padded(finding.status.rawValue, to: Self.statusColumns)
      if let meaning {
        try output.line(status, meaning, name + finding.text)
      } else {
        try output.line(status + name + finding.text)
      }
      if let remedy = finding.remedy {
        try output.line(String(repeating: " ", count: Self.statusColumns) + "→ " + remedy)
      }
    }
    let (errors, warnings) = (diagnosis.count(.error), diagnosis.count(.warning))
    try output.line()
    if errors + warnings == 0 { return try output.line("Nothing is wrong", .good, " (\(diagnosis.count(.ok)) checks)") }
    let counts = [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }
      .map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: ", ")
    try output.line(counts, errors > 0 ? .bad : .doubtful, "; begin with the first")
  }

  private static let nameColumns = 17
  private static let statusColumns = 9

  /// Described by doctor.schema.json.
  static func document(_ diagnosis: Diagnosis) -> JSONValue {
    [
      "exit_status": .integer(Int64(diagnosis.exitStatus)),
      "findings": .array(
        diagnosis.findings.map { finding in
          var members: [String: JSONValue] = [
            "id": .string(finding.check.rawValue), "status": .string(finding.status.rawValue),
            "finding": .string(finding.text), "took_ms": .integer(finding.milliseconds),
          ]
          if let remedy = finding.remedy { members["remedy"] = .string(remedy) }
          return .object(members)
        }),
    ]
  }
}

/// How `doctor` ends where something is wrong: 1 warnings, 2 errors.
struct DoctorStatus: Error {
  var rawValue: Int32
}
