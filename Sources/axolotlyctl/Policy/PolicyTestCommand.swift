import AgentCore
import ArgumentParser
import SystemdHost

/// `policy test`: worked cases put to the policy engine, without the daemon.
struct PolicyTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run worked cases from a file.",
    discussion: """
      The file is {"policies": {NAME: POLICY, …}, "cases": [{"policy": NAME, "question": …, "answer": …, "name": TEXT}, …]}; a case \
      needs no name. No daemon is asked. Each difference is printed; exit status 1 where there is one, 66 where the file cannot be used.
      """)

  @Argument(help: ArgumentHelp("The file of policies and cases.", valueName: "FILE"))
  var file: String
  @OptionGroup var output: OutputOptions

  func run() throws {
    let cases = try PolicyCases(path: file)
    let failures = cases.failures()
    try output.json ? output.output.json(document(failures, of: cases.count)) : show(failures, of: cases.count)
    if !failures.isEmpty { throw ExitStatus.refused }
  }

  private func document(_ failures: [PolicyCases.Failure], of count: Int) throws -> JSONValue {
    [
      "passed": .integer(Int64(count - failures.count)), "failed": .integer(Int64(failures.count)),
      "failures": .array(
        failures.map { failure in
          [
            "case": .integer(Int64(failure.number)), "name": JSONValue(failure.name), "policy": .string(failure.policy),
            "at": .string("\(failure.at)"), "expected": failure.expected.json, "got": failure.got.json,
          ]
        }),
    ]
  }

  private func show(_ failures: [PolicyCases.Failure], of count: Int) throws {
    let output = output.output
    for failure in failures {
      let name = failure.name.map { ": \($0)" } ?? ""
      try output.line("case \(failure.number)", .heading, " of \(failure.policy) at \(failure.at)\(name)")
      for (member, expected, got) in failure.differences {
        try output.fact("  \(member)", "expected \(expected), got \(got)")
      }
    }
    let passed = "\(count - failures.count) passed"
    try failures.isEmpty
      ? output.line(passed, .good) : output.line("\(failures.count) failed", .bad, ", \(passed)")
  }
}

/// The cases of a file, with the policies that they are put to.
struct PolicyCases {
  /// A case whose answer is another one. Cases are numbered from 0 on, as in the file's array.
  struct Failure {
    var number: Int
    var name: String?
    var policy: String
    var at: WallTime
    var expected: Decision
    var got: Decision

    var differences: [(member: String, expected: String, got: String)] {
      func list(_ reasons: [Decision.Reason]) -> String {
        reasons.isEmpty ? "none" : reasons.map(\.rawValue).joined(separator: " ")
      }
      let all = [
        ("verdict", expected.verdict.rawValue, got.verdict.rawValue),
        ("reasons", list(expected.reasons), list(got.reasons)),
        ("until", expected.until.map { "\($0)" } ?? "null", got.until.map { "\($0)" } ?? "null"),
        (
          "remaining_s", expected.remainingSeconds.map { "\($0)" } ?? "null",
          got.remainingSeconds.map { "\($0)" } ?? "null"
        ),
      ]
      return all.filter { $0.1 != $0.2 }
    }
  }

  private struct File: Decodable {
    var policies: [String: Policy]
    var cases: [Case]
  }

  private struct Case: Decodable {
    var name: String?
    var policy: String
    var question: Question
    var answer: Decision
  }

  private let cases: [Case]
  private let policies: [String: CompiledPolicy]

  /// - Throws: `CommandFailure` where the file cannot be used as a whole.
  init(path: String) throws {
    let file = try InputFile.decode(File.self, InputFile.bytes(path), of: path)
    cases = file.cases
    var compiled: [String: CompiledPolicy] = [:]
    for (name, policy) in file.policies {
      guard let zone = ZoneFiles.rules(name: policy.timeZone, rule: policy.timeZoneRule) else {
        throw CommandFailure(
          .noInput,
          "\(path): /policies/\(JSONPointer.escaped(name))/time_zone \(policy.timeZone) is unknown to this system, and there is no time_zone_rule"
        )
      }
      compiled[name] = CompiledPolicy(policy, zone: zone)
    }
    policies = compiled
    if let lost = cases.firstIndex(where: { compiled[$0.policy] == nil }) {
      throw CommandFailure(
        .noInput, "\(path): /cases/\(lost)/policy names no policy of the file: \(cases[lost].policy)")
    }
  }

  var count: Int { cases.count }

  func failures() -> [Failure] {
    cases.enumerated().compactMap { number, item in
      guard let got = policies[item.policy]?.decide(item.question), got != item.answer else { return nil }
      return Failure(
        number: number, name: item.name, policy: item.policy, at: item.question.at, expected: item.answer, got: got)
    }
  }
}

extension Decision {
  /// As `spec/policy.md` §2 writes an answer.
  var json: JSONValue {
    [
      "verdict": .string(verdict.rawValue), "reasons": .array(reasons.map { .string($0.rawValue) }),
      "until": JSONValue(until.map { "\($0)" }), "remaining_s": JSONValue(remainingSeconds),
    ]
  }
}
