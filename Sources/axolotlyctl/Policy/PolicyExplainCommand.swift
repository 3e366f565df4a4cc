import AgentCore
import ArgumentParser
import LocalAPI

/// `policy explain`: a decision with all its grounds.
struct PolicyExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show what every check of a decision looked at and found.",
    discussion: """
      Then the verdict, until when it holds, and what would change it. With --at for another instant, by the use that is known for its \
      day. Exit status: 0 allow, 3 ask (a parent has to say yes), 4 deny; others as in 'axolotlyctl --help'.
      """)

  @OptionGroup var profile: ProfileOption
  @Option(name: .long, help: ArgumentHelp("The title's reference, such as tmdb:movie:603.", valueName: "TITLE"))
  var title: String?
  @Option(name: .long, help: ArgumentHelp("The app that would show it.", valueName: "APP"))
  var app: String?
  @Option(
    name: .long, help: ArgumentHelp("The instant, such as 2026-11-24T20:10:00Z; now without it.", valueName: "INSTANT"))
  var at: String?
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let at, WallTime(at) == nil { throw ValidationError("\(at) is no instant such as 2026-11-24T20:10:00Z") }
  }

  func run() throws {
    let answer = try common.connect().launcher(
      "Explain", [.string(profile.value), .string(title ?? ""), .string(app ?? ""), .string(at ?? "")])
    let document = try Document<ExplanationDocument>(answer)
    try common.json ? common.output.raw(document.text) : show(document.content)
    let status = Words.verdict(document.content.verdict).status
    if status != .done { throw status }
  }

  private func show(_ explanation: ExplanationDocument) throws {
    let output = common.output
    try output.fact("Profile", explanation.profile)
    try output.fact("Title", explanation.title)
    try output.fact("App", explanation.app)
    let local = explanation.local
    try output.fact("At", "\(explanation.at), \(local.weekday) \(local.date) \(local.time) in \(local.timeZone)")
    try output.fact("Policy", "version \(explanation.policyVersion)")
    try output.line()
    for check in explanation.checks {
      let number = Output.padded(String(check.check), to: 4)
      let result = Output.padded(check.result, to: 9)
      let rest = Output.padded(check.reason, to: 21) + "\(check.lookedAt): \(check.found)"
      switch check.result {
      case "passes": try output.line(number + result, .good, rest)
      case "asks": try output.line(number + result, .doubtful, rest)
      case "denies": try output.line(number + result, .bad, rest)
      default: try output.line(number + result + rest)
      }
    }
    try output.line()
    let (words, meaning, status) = Words.verdict(explanation.verdict)
    try output.fact("Verdict", words, meaning, " (\(explanation.verdict))")
    if status == .done { try output.fact("Remaining", Words.remaining(explanation.remainingSeconds)) }
    try output.fact("Until", explanation.until.map(Words.instant) ?? "nothing changes it within 8 days")
    for (index, change) in explanation.wouldChange.enumerated() {
      try output.fact(index == 0 ? "Would change" : "", change)
    }
  }
}
