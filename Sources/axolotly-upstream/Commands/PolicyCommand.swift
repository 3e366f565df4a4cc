import AgentCore
import ArgumentParser
import Foundation

struct PolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Set and change a family's policy.",
    subcommands: [
      Set.self, Show.self, Block.self, Unblock.self, Allow.self, Pause.self, Resume.self, Grant.self,
    ])

  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Set a family's policy from a JSON document.",
      discussion: "family, aud, version, prev and issued_at are written by the upstream, whatever the file says.")
    @Argument(help: "The family's id.") var family: String
    @Argument(help: "The document; - reads standard input.") var file: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let data = file == "-" ? try FileHandle.standardInput.readToEnd() : FileManager.default.contents(atPath: file)
      guard let data else { throw Failure(.noInput, "\(file) cannot be read; check its name") }
      let answer = try await options.client().send(
        "PUT", "families/\(AdminClient.escaped(family))/policy", body: data)
      try PolicyCommand.show(answer, options)
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print a family's policy document.")
    @Argument(help: "The family's id.") var family: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let data = try await options.client().send("GET", "families/\(AdminClient.escaped(family))/policy")
      if options.json { return print(String(decoding: data, as: UTF8.self)) }
      let value = try JSONDecoder().decode(JSONValue.self, from: data)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
  }

  /// What edits of one title have in common.
  struct TitleOptions: ParsableArguments {
    @Argument(help: "The family's id.") var family: String
    @Option(name: .long, help: "The profile's id.") var profile: String
    @Option(name: .long, help: "A title reference such as tmdb:movie:603.") var title: String
  }

  struct Block: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Block a title for a profile.")
    @OptionGroup var edit: TitleOptions
    @OptionGroup var options: AdminOptions
    func run() async throws { try await PolicyCommand.edit(.block, edit, options) }
  }

  struct Unblock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take a title off a profile's blocked ones.")
    @OptionGroup var edit: TitleOptions
    @OptionGroup var options: AdminOptions
    func run() async throws { try await PolicyCommand.edit(.unblock, edit, options) }
  }

  struct Allow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Allow a title to a profile.")
    @OptionGroup var edit: TitleOptions
    @OptionGroup var options: AdminOptions
    func run() async throws { try await PolicyCommand.edit(.allow, edit, options) }
  }

  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Pause a family, or one profile.")
    @Argument(help: "The family's id.") var family: String
    @Option(name: .long, help: "The profile's id; default: the whole family.") var profile: String?
    @Option(name: .long, help: "Until when, such as 2026-11-24T20:10:00Z; default: until resumed.") var until: String?
    @Option(name: .long, help: "What the screen says.") var message = ""
    @OptionGroup var options: AdminOptions

    func validate() throws {
      if let until, WallTime(until) == nil { throw ValidationError("--until has to be like 2026-11-24T20:10:00Z") }
    }

    func run() async throws {
      let edit = PolicyEdit(edit: .pause, profile: profile, until: until.flatMap { WallTime($0) }, message: message)
      try await PolicyCommand.send(edit, family, options)
    }
  }

  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "End a pause.")
    @Argument(help: "The family's id.") var family: String
    @Option(name: .long, help: "The profile's id; default: the whole family.") var profile: String?
    @OptionGroup var options: AdminOptions

    func run() async throws {
      try await PolicyCommand.send(PolicyEdit(edit: .resume, profile: profile), family, options)
    }
  }

  struct Grant: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give a profile more time today, or a title for so many minutes.")
    @Argument(help: "The family's id.") var family: String
    @Option(name: .long, help: "The profile's id.") var profile: String
    @Option(name: .long, help: "Minutes, 1 to 1440.") var minutes: Int
    @Option(name: .long, help: "A title reference; default: time is given.") var title: String?
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let edit = PolicyEdit(edit: .grant, profile: profile, title: title, minutes: minutes)
      try await PolicyCommand.send(edit, family, options)
    }
  }

  private static func edit(_ kind: PolicyEdit.Kind, _ title: TitleOptions, _ options: AdminOptions) async throws {
    try await send(PolicyEdit(edit: kind, profile: title.profile, title: title.title), title.family, options)
  }

  private static func send(_ edit: PolicyEdit, _ family: String, _ options: AdminOptions) async throws {
    let path = "families/\(AdminClient.escaped(family))/policy/edits"
    try show(try await options.client().send("POST", path, body: try JSON.data(edit)), options)
  }

  private static func show(_ answer: Data, _ options: AdminOptions) throws {
    if options.json { return print(String(decoding: answer, as: UTF8.self)) }
    print("policy version \(try JSONDecoder().decode(AdminDocuments.PolicyVersion.self, from: answer).version)")
  }
}
