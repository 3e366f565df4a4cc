import AgentCore
import ArgumentParser
import LocalAPI

/// `browse`: the titles that a profile may see, most popular first.
struct BrowseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "browse",
    abstract: "List the titles that a profile may see.",
    discussion: "The verdict is that of the title alone: pauses, hours and budgets hide nothing.")

  @Option(name: .long, help: ArgumentHelp("Only movie, show, season or episode.", valueName: "KIND"))
  var kind: Kind?
  @Option(name: .long, help: ArgumentHelp("Only titles of a genre.", valueName: "GENRE"))
  var genre: String?
  @Option(name: .long, help: ArgumentHelp("How many to leave out at the beginning.", valueName: "N"))
  var offset: UInt32 = 0
  @Option(name: .long, help: ArgumentHelp("How many to list, 1 to \(Limits.browsePage).", valueName: "N"))
  var limit: UInt32 = 50
  @OptionGroup var profile: ProfileOption
  @OptionGroup var common: CommonOptions

  enum Kind: String, ExpressibleByArgument, CaseIterable { case movie, show, season, episode }

  func validate() throws {
    guard (1...UInt32(Limits.browsePage)).contains(limit) else {
      throw ValidationError("--limit has to be 1 to \(Limits.browsePage)")
    }
  }

  func run() throws {
    let query: [BusValue] = [
      .string(profile.value), .string(kind?.rawValue ?? ""), .string(genre ?? ""), .uint32(offset), .uint32(limit),
    ]
    let answer = try common.connect().launcher("Browse", query)
    let output = common.output
    if output.isJSON { return try output.raw(answer.string(0)) }
    try show(try Document<BrowseDocument>(answer).content, output)
  }

  private func show(_ page: BrowseDocument, _ output: Output) throws {
    var table = Table([
      .init(heading: "TITLE"), .init(heading: "KIND"), .init(heading: "YEAR", isNumber: true),
      .init(heading: "NAME", mayBeCut: true), .init(heading: "GENRES", mayBeCut: true),
      .init(heading: "SERVICES", mayBeCut: true), .init(heading: "VERDICT"),
    ])
    for title in page.titles {
      table.add([
        title.ref, title.kind, title.year.map(String.init) ?? "", title.name, title.genres.joined(separator: ", "),
        title.services.joined(separator: ", "), title.verdict,
      ])
    }
    if !table.isEmpty { try table.print(to: output) }
    try output.line(footer(of: page))
  }

  private func footer(of page: BrowseDocument) -> String {
    guard !page.titles.isEmpty else { return "No titles here; \(page.total) in all for \(page.profile)." }
    let end = page.offset + page.titles.count
    let next = end < page.total ? "; go on with --offset \(end)" : ""
    return "\(page.offset + 1) to \(end) of \(page.total) for \(page.profile)\(next)."
  }
}
