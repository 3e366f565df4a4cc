import AgentCore
import ArgumentParser
import Terminal

struct UsageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage", abstract: "What a family watched.", subcommands: [Show.self])

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show sessions, days and denials as a parent sees them.")
    @Argument(help: "The family's id.") var family: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let usage = try await options.client().get(
        AdminDocuments.Usage.self, "families/\(AdminClient.escaped(family))/usage")
      if options.json { return print(try JSON.text(usage)) }
      var sessions = Table(["STARTED", "PROFILE", "TITLE", "MINUTES", "END"])
      for session in usage.sessions {
        sessions.add([
          session.started_at?.description ?? "-", session.profile ?? "-",
          session.name ?? session.title?.text ?? session.app ?? "-", String(session.minutes),
          session.ended ? session.reason ?? "ended" : "playing",
        ])
      }
      print(sessions.text)
      for day in usage.days { print("\(day.date)  \(day.profile)  \(day.minutes) minutes") }
      for line in usage.denied {
        print(
          "denied  \(line.profile ?? "-")  \(PlainText.shown(line.name ?? line.title ?? line.app ?? "-"))  \(line.count)  "
            + line.reasons.joined(separator: ","))
      }
    }
  }
}
