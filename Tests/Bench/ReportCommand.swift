import ArgumentParser

/// Makes the table, or the JSON document, of the figures that stand on standard input, one a line.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "report", abstract: "Print figures as a table.")
  @Option(help: "NAME=VALUE of the machine or the run; may be repeated.") var about: [String] = []
  @Flag(help: "Print a JSON document instead.") var json = false

  private struct Document: Encodable {
    var about: [String: String]
    var figures: [Figure]
  }

  func run() throws {
    var figures: [Figure] = []
    while let line = readLine() { figures.append(try Figure(line: line)) }
    guard json else { return print(FigureTable(figures).text) }
    let about = about.map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init) }
    let facts = Dictionary(about.map { ($0[0], $0.count > 1 ? $0[1] : "") }, uniquingKeysWith: { _, last in last })
    print(try Figure.text(Document(about: facts, figures: figures), isPretty: true))
  }
}
