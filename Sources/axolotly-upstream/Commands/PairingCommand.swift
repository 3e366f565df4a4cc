import AgentCore
import ArgumentParser

struct PairingCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pairing", abstract: "Let boxes in.", subcommands: [Approve.self, Deny.self, Create.self])

  struct Approve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Let in the box that shows a code.")
    @Argument(help: "The code on the screen, such as WDJB-MJHT.") var code: String
    @Option(name: .long, help: "The family's id.") var family: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let made = try await options.client().post(
        AdminDocuments.Approved.self, "pairings/\(AdminClient.escaped(code))/approve",
        AdminDocuments.Approval(family: family))
      print(options.json ? try JSON.text(made) : "device \(made.device) belongs to \(made.family)")
    }
  }

  struct Deny: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Refuse the box that shows a code.")
    @Argument(help: "The code on the screen.") var code: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      _ = try await options.client().send("POST", "pairings/\(AdminClient.escaped(code))/deny")
      print(options.json ? "{}" : "\(code) is refused")
    }
  }

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make a code for a box: axolotlyctl pair --code CODE.")
    @Option(name: .long, help: "The family's id.") var family: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let made = try await options.client().post(
        AdminDocuments.PairingOffer.self, "families/\(AdminClient.escaped(family))/pairings",
        JSONValue.object([:]))
      print(options.json ? try JSON.text(made) : "\(made.code)  until \(made.expires_at)")
    }
  }
}
