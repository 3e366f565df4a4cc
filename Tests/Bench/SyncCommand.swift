import ArgumentParser
import LocalAPI

/// Pairs a box and waits for its first shelf; prints `titles seconds`.
///
/// The time runs from the policy that came with the first heads, which is a commit later than the heads themselves, to
/// the signal that the shelf is in place.
struct SyncCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "sync", abstract: "Pair a box and wait for its shelf.")
  @Option(help: "The daemon's bus socket.") var socket: String
  @Option(help: "The parent's code.") var code: String
  @Option(help: "The shelf that is waited for.") var shelf: String

  private static let shelfPatience = Duration.seconds(180)

  func run() throws {
    let box = try Box(socket: socket)
    try box.pair(code: code)
    let heads = try box.awaitSignal("PolicyChanged", within: .seconds(30)) { _ in true }
    var titles: UInt64 = 0
    let done = try box.awaitSignal("CatalogueChanged", within: Self.shelfPatience) { arguments in
      guard arguments.first == .string(shelf), case .uint64(let count)? = arguments.last else { return false }
      titles = count
      return true
    }
    print("\(titles) \((done - heads) / .seconds(1))")
  }
}
