import AgentCore
import ArgumentParser
import Foundation

struct FamilyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "family", abstract: "Make and list families.", subcommands: [Create.self, List.self, Show.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make a family; its parent code is shown this once.")
    @Option(name: .long, help: "The family's name.") var name = ""
    @Option(name: .long, help: "Its id; default: a new one.") var id: String?
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let made = try await options.client().post(
        AdminDocuments.CreatedFamily.self, "families", AdminDocuments.NewFamily(name: name, id: id))
      if options.json { return print(try JSON.text(made)) }
      print("family       \(made.family)\nparent code  \(made.parent_code)")
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List all families.")
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let list = try await options.client().get(AdminDocuments.FamilyList.self, "families")
      if options.json { return print(try JSON.text(list)) }
      var table = Table(["FAMILY", "NAME", "DEVICES", "POLICY"])
      for line in list.families {
        table.add([line.family, line.name, String(line.devices), line.policy.map(String.init) ?? "none"])
      }
      print(table.text)
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show a family with its boxes and requests.")
    @Argument(help: "The family's id.") var family: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let detail = try await options.client().get(
        AdminDocuments.FamilyDetail.self, "families/" + AdminClient.escaped(family))
      if options.json { return print(try JSON.text(detail)) }
      print("family  \(detail.family)  \(detail.name)\npolicy  \(detail.policy.map(String.init) ?? "none")")
      print(DevicesCommand.table(detail.devices))
      for request in detail.requests {
        let asks = request.title?.text ?? "\(request.minutes ?? 0) minutes"
        let answer = request.granted.map { $0 ? "granted" : "refused" } ?? "open"
        print("request \(request.request)  \(request.profile)  \(asks)  \(answer)")
      }
    }
  }
}
