import AgentCore
import AppHost
import FoundationEssentials
import Testing

/// A directory that goes when the test ends.
private final class Folder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("handlers-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String) throws {
    let file = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }
}

/// A good file with some members replaced, as JSON text.
private func file(_ changes: [String: String] = [:]) -> String {
  var members = [
    "id": #""player""#, "app": #""{service}""#, "services": #"["netflix"]"#, "kind": #""native""#,
    "launch": #"{"argv": ["player", "{canonical}"]}"#,
  ]
  members.merge(changes) { $1 }
  return "{" + members.sorted { $0.key < $1.key }.map { "\"\($0)\": \($1)" }.joined(separator: ",") + "}"
}

private func argv(_ arguments: String) -> [String: String] { ["launch": "{\"argv\": [\(arguments)]}"] }

@Suite struct HandlerDirectoryTests {
  @Test func load_wholeFile_isItsHandler() throws {
    let folder = try Folder()
    try folder.write(
      "a.json",
      file([
        "forms": #"["watch","title"]"#, "requires": #"{"flatpak":"org.example.Player"}"#, "quality": #""qhd""#,
        "app": #""tube""#, "comment": #""ignored""#,
      ]))
    let loaded = HandlerDirectory.load(directories: [folder.path], isInstalled: { _ in true })
    #expect(loaded.problems.isEmpty)
    let expected = Handler(
      id: "player", app: .named("tube"), services: ["netflix"], forms: [.watch, .title], kind: .native,
      requires: .flatpak("org.example.Player"), quality: .qhd,
      launch: [try Handler.Argument(parsing: "player"), try Handler.Argument(parsing: "{canonical}")])
    #expect(loaded.handlers == [expected])
  }

  @Test func load_sameName_isTheLaterDirectorysAlone() throws {
    let (vendor, local) = (try Folder(), try Folder())
    try vendor.write("a.json", file(["id": #""a""#]))
    try vendor.write("b.json", file(["id": #""b""#]))
    try vendor.write("c.json", file(["id": #""c""#]))
    try vendor.write("d.json", file(["id": #""d""#]))
    try local.write("a.json", file(["id": #""own""#]))
    try local.write("b.json", "")
    try local.write("c.json", "{")
    try local.write("e.json", file(["id": #""e""#]))
    try local.write("note.txt", "{")
    try local.write(".f.json", "{")
    try FileManager.default.createSymbolicLink(atPath: "\(local.path)/d.json", withDestinationPath: "/dev/null")
    let loaded = HandlerDirectory.load(
      directories: [vendor.path, local.path, "/nowhere/handlers.d"], isInstalled: { _ in true })
    #expect(loaded.handlers.map(\.id) == ["own", "e"])
    #expect(loaded.problems.map(\.file) == ["\(local.path)/c.json"])
  }

  @Test func load_badFile_isPassedOverWithAProblemThatNamesItAndTheReason() throws {
    let table: [(String, HandlerProblem.Code, String)] = [
      ("nonsense", .badJSON, "is not JSON"),
      ("[]", .badJSON, "another type"),
      (#"{"id":"x"}"#, .badJSON, "lacks app"),
      (file(["services": "7"]), .badJSON, "services has another type"),
      (file(["kind": #""robot""#]), .badJSON, "kind has a value that is not known"),
      (file(["quality": #""8k""#]), .badJSON, "quality"),
      (file(["forms": #"["page"]"#]), .badJSON, "forms"),
      (file(["launch": "{}"]), .badJSON, "lacks launch.argv"),
      (file(["id": #""../x""#]), .badMember, "id has to be"),
      (file(["id": #""""#]), .badMember, "id has to be"),
      (file(["app": #""{other}""#]), .badMember, "app has to be"),
      (file(["app": #""netflix-web""#, "kind": #""browser""#]), .badMember, "app of a browser handler"),
      (file(["services": "[]"]), .badMember, "services is empty"),
      (file(["services": #"["a/b"]"#]), .badMember, "services"),
      (file(["requires": "{}"]), .badMember, "requires"),
      (file(["requires": #"{"binary":"a","flatpak":"b"}"#]), .badMember, "requires"),
      (file(["requires": #"{"desktop":"../a"}"#]), .badMember, "requires"),
      (file(argv("")), .badMember, "launch.argv is empty"),
      (file(argv(#""player""#)), .badMember, "none of"),
      (file(argv(#""{id}", "{canonical}""#)), .badMember, "begin with the name"),
      (file(argv(#""--player", "{canonical}""#)), .badMember, "begin with the name"),
      (file(argv(#""player", "{canonical}\u0000""#)), .badMember, "control character"),
      (file(argv(#""player", "{link}""#)), .unknownPlaceholder, "{link}"),
      (file(argv(#""sh", "-c", "player {canonical}""#)), .shell, "sh runs"),
      (file(argv(#""/bin/bash", "-c", "player {canonical}""#)), .shell, "bash runs"),
      (file(argv(#""/usr/bin/env", "player", "{canonical}""#)), .shell, "env runs"),
      (file(["requires": #"{"binary":"absent"}"#]), .notInstalled, "the program absent"),
      (String(repeating: " ", count: 65_537), .tooLarge, "65536"),
    ]
    for (text, code, words) in table {
      let folder = try Folder()
      try folder.write("bad.json", text)
      try folder.write("good.json", file(["id": #""good""#]))
      let loaded = HandlerDirectory.load(directories: [folder.path], isInstalled: { $0 != .binary("absent") })
      #expect(loaded.handlers.map(\.id) == ["good"])
      #expect(loaded.problems.map(\.code) == [code], "\(loaded.problems)")
      let line = loaded.problems.first?.description ?? ""
      #expect(line.hasPrefix("\(folder.path)/bad.json: ") && line.contains(words), "\(line)")
      #expect(!line.contains("\n"))
    }
  }

  @Test func load_specialOrUnreadableFile_isAProblem() throws {
    let folder = try Folder()
    try folder.write("directory.json/x", "")
    try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/dangling.json", withDestinationPath: "nowhere")
    let loaded = HandlerDirectory.load(directories: [folder.path], isInstalled: { _ in true })
    #expect(loaded.handlers.isEmpty)
    #expect(loaded.problems.map(\.code) == [.unreadable, .unreadable])
  }

  @Test func load_sameIdTwice_keepsTheFirst() throws {
    let folder = try Folder()
    try folder.write("a.json", file())
    try folder.write("b.json", file(["services": #"["hulu"]"#]))
    let loaded = HandlerDirectory.load(directories: [folder.path], isInstalled: { _ in true })
    #expect(loaded.handlers.map(\.services) == [["netflix"]])
    #expect(loaded.problems.map(\.code) == [.duplicate])
  }

  @Test func load_tooManyFiles_keepsTheFirstAndSaysSo() throws {
    let folder = try Folder()
    for number in 0...Limits.handlerFiles {
      try folder.write("\(1_000 + number).json", file(["id": "\"h\(number)\""]))
    }
    let loaded = HandlerDirectory.load(directories: [folder.path], isInstalled: { _ in true })
    #expect(loaded.handlers.count == Limits.handlerFiles)
    #expect(loaded.problems.map(\.code) == [.tooMany])
  }

  @Test func load_shippedHandlers_areAllGoodAndOpenEveryWebService() {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let directory = root.appendingPathComponent("packaging/handlers.d").path
    let loaded = HandlerDirectory.load(directories: [directory], isInstalled: { _ in true })
    #expect(loaded.problems.isEmpty, "\(loaded.problems)")
    let browsers = loaded.handlers.filter { $0.kind == .browser }
    let web = [
      "appletv", "crunchyroll", "disney", "googleplay", "hoopla", "hulu", "max", "netflix", "paramount", "peacock",
      "plex",
      "pluto", "prime", "roku", "shudder", "spotify", "tubi", "twitch", "vudu", "youtube", "zee5",
    ]
    for program in ["chromium", "chromium-browser", "google-chrome"] {
      let services = browsers.filter { $0.requires == .binary(program) }.flatMap(\.services)
      #expect(services.sorted() == web)
    }
    #expect(browsers.allSatisfy { $0.app == .service && $0.forms.isEmpty })
  }

  @Test func has_requirements_looksWhereItIsTold() throws {
    let folder = try Folder()
    try folder.write("bin/player", "")
    try folder.write("bin/data", "")
    try folder.write("entries/org.example.Player.desktop", "")
    try folder.write("flatpaks/org.example.Player/current/metadata", "")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder.path)/bin/player")
    let installed = InstalledPrograms(
      searchPath: "relative::\(folder.path)/bin", entryDirectories: ["\(folder.path)/entries"],
      flatpakDirectories: ["\(folder.path)/flatpaks"])
    let table: [(Handler.Requirement, Bool)] = [
      (.binary("player"), true), (.binary("\(folder.path)/bin/player"), true), (.binary("data"), false),
      (.binary("absent"), false), (.binary("bin/player"), false),
      (.desktopEntry("org.example.Player"), true), (.desktopEntry("org.example.Player.desktop"), true),
      (.desktopEntry("absent"), false), (.flatpak("org.example.Player"), true), (.flatpak("absent"), false),
    ]
    for (requirement, expected) in table { #expect(installed.has(requirement) == expected, "\(requirement)") }
  }
}
