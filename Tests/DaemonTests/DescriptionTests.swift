import AgentCore
import FoundationEssentials
import Glibc
import LocalAPI
import SystemdHost
import Testing

extension DaemonTests {
  /// What is installed as the bus's description is what the daemon shows and answers.
  struct Description {
    /// With `AXOLOTLY_REWRITE=1` the files are written instead of compared: `make describe`.
    private static let rewrites = Environment.value("AXOLOTLY_REWRITE") == "1"

    private static func file(_ name: String) -> String { Repository.file("packaging/dbus/\(name)") }

    // MARK: Introspection

    @Test(arguments: [Agent1.launcher, Agent1.device].map(\.name))
    func introspection_installedFile_isWhatTheDaemonShows(interface: String) throws {
      let box = try Box(upstream: "http://127.0.0.1:9")
      let shown = try box.start().client.introspect(timeout: Moment.patience)
      let document = try #require(Self.document(of: interface, in: shown))
      let path = Self.file("\(interface).xml")
      if Self.rewrites {
        try PrivateFile.replace(path, with: Array(document.utf8))
        #expect(unsafe chmod(path, 0o644) == 0)
      }
      #expect(Files.text(path) == document, "\(path) is not what the daemon shows; 'make describe' rewrites it")
    }

    /// The interface as it stands in the daemon's description, in a node of its own.
    private static func document(of interface: String, in shown: String) -> String? {
      let lines = shown.split(separator: "\n", omittingEmptySubsequences: false)
      guard let first = lines.firstIndex(of: " <interface name=\"\(interface)\">"),
        let last = lines[first...].firstIndex(of: " </interface>")
      else { return nil }
      let doctype = """
        <!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
        "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
        """
      return ([doctype, "<node>"] + lines[first...last].map(String.init) + ["</node>", ""]).joined(separator: "\n")
    }

    @Test func introspection_files_areThoseOfTheInterfacesAlone() throws {
      let names = try DirectoryListing.names(Repository.file("packaging/dbus")).filter { $0.hasSuffix(".xml") }
      #expect(names.sorted() == [Agent1.launcher, Agent1.device].map { "\($0.name).xml" }.sorted())
    }

    // MARK: Schemas

    private static func schema(_ name: String) throws -> SchemaCheck {
      try SchemaCheck(Files.text(file("\(name).schema.json")))
    }

    @Test func answers_ofABoxThatPairsAndPlays_areAsDescribed() throws {
      let upstream = try Upstream(withCatalogue: true)
      let box = try Box(upstream: upstream.address, environment: ["AXOLOTLY_SYSTEM_BUS": "unix:path=/nowhere"])
      let launcher = try box.start()
      func check(_ name: String, _ answer: [BusValue], _ what: String) throws {
        let violations = try Self.schema(name).violations(ofText: answer.first?.text ?? "")
        #expect(violations.isEmpty, "\(what): \(violations)")
      }
      try check("status", launcher.device("Status"), "unpaired, without a system bus")
      _ = try launcher.device("Pair")
      try check("status", launcher.device("Status"), "showing a code")
      try launcher.pair(code: upstream.pairingCode())
      try launcher.wait(for: "the catalogue", status: \.isReplicaWhole)
      _ = try launcher.beginSession("tmdb:movie:10378")
      try check("status", launcher.device("Status"), "with a session")
      for kind in ["", "movie", "show"] {
        let arguments: [BusValue] = [.string(""), .string(kind), .string(""), .uint32(0), .uint32(200)]
        try check("browse", launcher.launcher("Browse", arguments), "browse \(kind)")
      }
      for title in ["tmdb:movie:862", "tmdb:movie:14836", ""] {
        let arguments: [BusValue] = [.string(""), .string(title), .string("netflix"), .string("")]
        try check("explain", launcher.launcher("Explain", arguments), "explain \(title)")
      }
      for title in ["tmdb:movie:862", "tmdb:movie:14836"] {
        try check("resolve", launcher.launcher("Resolve", [.string(""), .string(title)]), "resolve \(title)")
      }
    }

    /// Every member that a document can have.
    @Test func documents_withEverything_areAsDescribed() throws {
      let status = StatusDocument(
        agent: "1", paired: true, online: true, pairing: "paired", userCode: "c", verificationURI: "u", device: "d",
        family: "f", upstream: "u", heardSecondsAgo: 0,
        policy: .init(version: 1, appliedAt: "2026-11-24T20:10:00Z", ageSeconds: 0),
        refused: .init(version: 0, reason: "invalid", path: "/profiles"), activeProfile: "mia",
        shelves: [.init(shelf: "US/netflix", wantedVersion: 2, version: 1, titles: 3)],
        outbox: .init(epoch: 1, next: 1, depth: 0),
        sessions: [.init(id: "s", profile: "mia", title: "t", app: "a", state: "paused", playedSeconds: 0)],
        health: [.init(code: "clone", severity: "error", since: "2026-11-24T20:10:00Z", remedy: "r")],
        time: .init(now: "", trusted: false, reason: "starting"))
      let browse = BrowseDocument(
        profile: "mia", total: 1, offset: 0,
        titles: [
          .init(ref: "t", kind: "show", name: "n", year: 1999, genres: ["g"], services: ["s"], verdict: "ask")
        ])
      let resolve = ResolveDocument(
        profile: "mia", title: "t", name: "n", verdict: "deny", reasons: Decision.Reason.allCases.map(\.rawValue),
        until: "2026-11-24T20:10:00Z",
        targets: [
          .init(
            service: "s", form: "title", id: "i", type: "rent", handler: "h", app: "a", quality: "uhd", fallback: true,
            argv: ["x"])
        ], leftOut: [.init(service: "s", type: "buy", link: "l", reason: "r")])
      #expect(try Self.violations("status", status).isEmpty)
      #expect(try Self.violations("browse", browse).isEmpty)
      #expect(try Self.violations("resolve", resolve).isEmpty)
    }

    private static func violations(_ name: String, _ document: some Encodable) throws -> [String] {
      let text = String(decoding: try JSONEncoder().encode(document), as: UTF8.self)
      return try schema(name).violations(ofText: text)
    }

    /// The check itself can fail.
    @Test(arguments: [
      (#"{"n":1,"a":["x"]}"#, 0), (#"{"n":0,"a":["x"]}"#, 1), (#"{"a":["x"]}"#, 1), (#"{"n":1,"a":["y",1]}"#, 3),
      (#"{"n":1.5,"a":[]}"#, 2), (#"{"n":1,"a":[],"b":1}"#, 1), (#"{"n":1,"a":[],"t":"2026-11-24"}"#, 1),
      (#"{"n":1,"a":[],"t":"2026-11-24T20:10:00Z"}"#, 0), ("[]", 3),
    ])
    func schemaCheck_documents_areHeldToTheSchema(document: String, count: Int) throws {
      let schema = try SchemaCheck(
        #"""
        {"type":"object","required":["n","a"],"properties":{
          "n":{"type":"integer","minimum":1},"t":{"type":"string","format":"date-time"},
          "a":{"type":"array","items":{"type":"string","enum":["x"]}}}}
        """#)
      let violations = try schema.violations(ofText: document)
      #expect(violations.count == count, "\(violations)")
      #expect(try !SchemaCheck(#"{"maximum":1}"#).violations(ofText: "1").isEmpty, "a keyword that is not known")
    }
  }
}
