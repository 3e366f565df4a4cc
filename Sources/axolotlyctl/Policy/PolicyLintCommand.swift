import AgentCore
import ArgumentParser
import FoundationEssentials
import SystemdHost

/// `policy lint`: what is wrong with a policy document, or hardly meant, without the daemon.
struct PolicyLintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Look for faults and likely mistakes in a policy document.",
    discussion: """
      A document that a box would refuse is an error with the member's path and what was expected; what is valid and hardly meant is a \
      warning. No daemon is asked. Exit status: 0 nothing found, 1 findings, 66 where the file cannot be read.
      """)

  @Argument(help: ArgumentHelp("The policy document.", valueName: "FILE"))
  var file: String
  @OptionGroup var output: OutputOptions

  /// An error has no code of its own: the box says `invalid` as well.
  private struct Line {
    var severity: String
    var code: String
    var path: String
    var text: String
  }

  func run() throws {
    let lines = try lines(InputFile.bytes(file))
    let output = output.output
    if output.isJSON {
      try output.json([
        "valid": .bool(!lines.contains { $0.severity == "error" }),
        "findings": .array(
          lines.map {
            [
              "severity": .string($0.severity), "code": .string($0.code), "path": .string($0.path),
              "text": .string($0.text),
            ]
          }),
      ])
    } else {
      for line in lines {
        try output.line(
          Output.padded(line.severity, to: 9), line.severity == "error" ? .bad : .doubtful,
          "\(line.path.isEmpty ? "the document" : line.path): \(line.text) (\(line.code))")
      }
      if lines.isEmpty { try output.line("Nothing found", .good) }
    }
    if !lines.isEmpty { throw ExitStatus.refused }
  }

  private func lines(_ data: Data) throws -> [Line] {
    func refused(_ path: String, _ text: String) -> [Line] {
      [Line(severity: "error", code: "invalid", path: path, text: text)]
    }
    if data.count > Limits.policyPayloadBytes {
      return [
        Line(
          severity: "error", code: "too_large", path: "",
          text: "\(data.count) bytes; a policy has at most \(Limits.policyPayloadBytes)")
      ]
    }
    let policy: Policy
    let document: JSONValue
    do {
      document = try JSONDecoder().decode(JSONValue.self, from: data)
    } catch {
      return refused("", "is no JSON in UTF-8")
    }
    guard case .object = document else { return refused("", "is no JSON object") }
    do {
      policy = try JSONDecoder().decode(Policy.self, from: data)
    } catch let error as DecodingError {
      return refused(JSONPointer.path(of: error), JSONPointer.complaint(of: error))
    } catch {
      return refused("", "a number in it is out of every bound")
    }
    let known = ZoneFiles.rules(name: policy.timeZone, rule: nil)
    guard let zone = known ?? ZoneFiles.rules(name: policy.timeZone, rule: policy.timeZoneRule) else {
      return refused(
        "/time_zone", "\(policy.timeZone) is unknown to this system's tzdata, and there is no time_zone_rule")
    }
    return PolicyLint.findings(of: policy, document: document, zone: zone, isZoneKnown: known != nil).map {
      Line(severity: "warning", code: $0.code.rawValue, path: $0.path, text: $0.text)
    }
  }
}
