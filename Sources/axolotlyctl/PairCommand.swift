import AgentCore
import ArgumentParser
import LocalAPI
import SystemdHost

/// `pair`: the box shows a code, or takes one that a parent made.
struct PairCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pair",
    abstract: "Pair this box with a family.",
    discussion: """
      Without --code it shows a code, the address where a parent types it, and both as a QR code where the terminal may \
      be coloured and is large enough; then it waits, with a countdown, until a parent has answered or the code ends. \
      Ctrl-C ends the waiting alone: the code stays valid. With --code it hands in a code that a parent made.
      """)

  @Option(
    name: .long, help: ArgumentHelp("A code that a parent made, such as WDJB-MJHT.", valueName: "CODE"))
  var code: String?
  @Flag(name: .long, help: "Show the code and end.")
  var noWait = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard let code else { return }
    if noWait { throw ValidationError("--no-wait has no meaning with --code; leave one of them out") }
    let letters = code.uppercased().filter { $0 != "-" && $0 != " " }
    guard letters.count == Self.codeLetters, letters.allSatisfy(Self.alphabet.contains) else {
      throw ValidationError("'\(code)' is no pairing code; type it as the parent sees it, such as WDJB-MJHT")
    }
  }

  func run() throws {
    let connection = try common.connect()
    guard let code else { return try PairingDialogue(connection, common.output, isWaiting: !noWait).run() }
    let answer = try connection.device("PairWithCode", [.string(code)], within: AgentConnection.Patience.upstream)
    try PairingDialogue.showPaired(device: answer.string(0), family: answer.string(1), common.output)
  }

  /// The form of a code (`spec/wire.md` §1).
  private static let codeLetters = 8
  private static let alphabet = "BCDFGHJKLMNPQRSTVWXZ"
}
