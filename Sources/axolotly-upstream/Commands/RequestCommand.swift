import AgentCore
import ArgumentParser

struct RequestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "request", abstract: "See and answer what children ask for.",
    subcommands: [List.self, Grant.self, Refuse.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List what children asked for.")
    @Argument(help: "The family's id.") var family: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let detail = try await options.client().get(
        AdminDocuments.FamilyDetail.self, "families/" + AdminClient.escaped(family))
      if options.json { return print(try JSON.text(AdminDocuments.RequestList(requests: detail.requests))) }
      var table = Table(["REQUEST", "PROFILE", "ASKS", "AT", "ANSWER"])
      for request in detail.requests {
        table.add([
          request.request, request.profile, request.title?.text ?? "\(request.minutes ?? 0) minutes", "\(request.at)",
          request.granted.map { $0 ? "granted" : "refused" } ?? "open",
        ])
      }
      print(table.text)
    }
  }

  /// Which request is meant.
  struct Which: ParsableArguments {
    @Argument(help: "The family's id.") var family: String
    @Argument(help: "The request's id, as 'request list' shows it.") var request: String
  }

  struct Grant: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say yes: what was asked for is added to the policy.",
      discussion: "A title is given for a day, time until midnight, and the hours too where the child is outside them.")
    @OptionGroup var which: Which
    @Option(name: .long, help: "Other minutes than those asked for, 1 to 1440.") var minutes: Int?
    @OptionGroup var options: AdminOptions

    func run() async throws {
      try await RequestCommand.answer(which, .init(granted: true, minutes: minutes), options)
    }
  }

  struct Refuse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say no.")
    @OptionGroup var which: Which
    @OptionGroup var options: AdminOptions

    func run() async throws { try await RequestCommand.answer(which, .init(granted: false), options) }
  }

  private static func answer(
    _ which: Which, _ decision: AdminDocuments.Decision, _ options: AdminOptions
  ) async throws {
    let path = "families/\(AdminClient.escaped(which.family))/requests/\(AdminClient.escaped(which.request))/answer"
    _ = try await options.client().send("POST", path, body: try JSON.data(decision))
    print(options.json ? "{}" : "\(which.request) is \(decision.granted ? "granted" : "refused")")
  }
}
