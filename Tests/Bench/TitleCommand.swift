import ArgumentParser
import FoundationEssentials
import LocalAPI

/// Chooses the title that the measurements ask about: the first that the active profile may see; prints `ref verdict`.
struct TitleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "title", abstract: "Choose a title to ask about.")
  @Option(help: "The daemon's bus socket.") var socket: String

  func run() throws {
    let box = try Box(socket: socket)
    let page = try JSONDecoder().decode(BrowseDocument.self, from: Data(box.browse().utf8))
    guard let title = page.titles.first(where: { $0.verdict == "allow" }) else {
      throw BenchError("the active profile may see none of the first titles of \(page.total)")
    }
    print("\(title.ref) \(try box.decide(title.ref))")
  }
}
