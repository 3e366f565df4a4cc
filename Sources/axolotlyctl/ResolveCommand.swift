import ArgumentParser
import LocalAPI

/// `resolve`: how a title is opened on this box.
struct ResolveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Show how a title is opened on this box.",
    discussion: """
      Targets come best first; offers that lead nowhere come after them, each with the reason. Exit status: 0 allowed \
      and there is a target, 1 allowed but nothing opens it, 3 ask, 4 deny; others as in 'axolotlyctl --help'.
      """)

  @Argument(help: ArgumentHelp("The title's reference, such as tmdb:movie:603.", valueName: "TITLE"))
  var title: String
  @OptionGroup var profile: ProfileOption
  @OptionGroup var common: CommonOptions

  func run() throws {
    let answer = try common.connect().launcher("Resolve", [.string(profile.value), .string(title)])
    let document = try Document<ResolveDocument>(answer)
    let resolution = document.content
    try common.json ? common.output.raw(document.text) : show(resolution, common.output)
    let status = Words.verdict(resolution.verdict).status
    if status != .done { throw status }
    if resolution.targets.isEmpty { throw ExitStatus.refused }
  }

  private func show(_ resolution: ResolveDocument, _ output: Output) throws {
    let (words, meaning, status) = Words.verdict(resolution.verdict)
    try output.fact("Title", [resolution.name, resolution.title].compactMap { $0 }.joined(separator: ", "))
    try output.fact("Profile", resolution.profile)
    try output.fact("Verdict", words, meaning, " (\(resolution.verdict))")
    for (index, reason) in resolution.reasons.enumerated() {
      try output.fact(index == 0 ? "Because" : "", Words.reason(reason))
    }
    try output.fact("Until", resolution.until.map(Words.instant))
    if status == .done && resolution.targets.isEmpty { try output.line("Nothing on this box opens it.", .bad) }
    for (index, target) in resolution.targets.enumerated() { try show(target, number: index + 1, output) }
    try showLeftOut(resolution.leftOut, output)
  }

  private func show(_ target: ResolveDocument.Target, number: Int, _ output: Output) throws {
    let facts = [
      target.service, target.type, target.quality, "handler \(target.handler)", "app \(target.app)",
      target.fallback ? "page of its season or show" : nil,
    ]
    try output.line()
    try output.line("\(number).", .heading, " " + facts.compactMap { $0 }.joined(separator: ", "))
    try output.line("   \(target.form) \(target.id)")
    try output.line("   \(Words.commandLine(target.argv))")
  }

  private func showLeftOut(_ offers: [ResolveDocument.LeftOut], _ output: Output) throws {
    guard !offers.isEmpty else { return }
    var table = Table([
      .init(heading: "LEFT OUT"), .init(heading: "TYPE"), .init(heading: "BECAUSE"),
      .init(heading: "LINK", mayBeCut: true),
    ])
    for offer in offers { table.add([offer.service, offer.type, Words.leftOut(offer.reason), offer.link]) }
    try output.line()
    try table.print(to: output)
  }
}
