import ArgumentParser

struct CatalogueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "catalogue", abstract: "Print a made-up catalogue in the upstream's import format.")
  @Option(help: "How many titles, up to 250,000.") var titles = 88_000

  func validate() throws {
    guard (1...250_000).contains(titles) else { throw ValidationError("--titles has to be from 1 to 250000") }
  }

  func run() {
    var catalogue = SyntheticCatalogue()
    for _ in 0..<titles { print(catalogue.nextLine()) }
  }
}
