import AgentCore
import ArgumentParser
import LocalAPI

/// `decide`: whether a profile may watch a title now.
struct DecideCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide",
    abstract: "Ask whether a title may be watched now.",
    discussion: "Exit status: 0 allow, 3 ask (a parent has to say yes), 4 deny; others as in 'axolotlyctl --help'.")

  @Argument(
    help: ArgumentHelp("The title's reference, such as tmdb:movie:603; '' asks for an app alone.", valueName: "TITLE"))
  var title: String
  @Option(name: .long, help: ArgumentHelp("The app that would show it.", valueName: "APP"))
  var app: String?
  @OptionGroup var profile: ProfileOption
  @OptionGroup var common: CommonOptions

  func run() throws {
    let answer = try common.connect().launcher("Decide", [.string(profile.value), .string(title), .string(app ?? "")])
    let decision = try DecisionAnswer(answer)
    try common.json ? common.output.json(decision.json) : decision.show(common.output)
    let status = Words.verdict(decision.verdict).status
    if status != .done { throw status }
  }
}

/// What `Decide` answers.
struct DecisionAnswer {
  let verdict: String
  let reasons: [String]
  let until: String?
  let remainingSeconds: Int64?

  init(_ answer: BusAnswer) throws {
    verdict = try answer.string(0)
    reasons = try answer.strings(1)
    let until = try answer.string(2)
    self.until = until.isEmpty ? nil : until
    remainingSeconds = try answer.remainingSeconds(3)
  }

  var json: JSONValue {
    [
      "verdict": .string(verdict), "reasons": .array(reasons.map { .string($0) }), "until": JSONValue(until),
      "remaining_s": JSONValue(remainingSeconds),
    ]
  }

  func show(_ output: Output) throws {
    let (words, meaning, status) = Words.verdict(verdict)
    try output.fact("Verdict", words, meaning, " (\(verdict))")
    for (index, reason) in reasons.enumerated() { try output.fact(index == 0 ? "Because" : "", Words.reason(reason)) }
    if status == .done { try output.fact("Remaining", Words.remaining(remainingSeconds)) }
    try output.fact("Until", until.map(Words.instant) ?? "nothing changes it within 8 days")
  }
}
