import ArgumentParser

/// A figure that the script has measured itself.
struct FigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "figure", abstract: "Print a figure as a line of JSON.")
  @Option var name: String
  @Option var title: String
  @Option var value: Double
  @Option var unit = ""
  @Option var limit: Double?
  @Option var limitIs = ""
  @Option var reach: String?
  @Option var note: String?

  func run() throws {
    try Figure(name, title, value, unit, limit: limit.map { ($0, limitIs) }, reach: reach, note: note).write()
  }
}
