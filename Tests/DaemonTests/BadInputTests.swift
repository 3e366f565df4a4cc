import AgentCore
import Glibc
import LocalAPI
import SystemdHost
import Testing

extension DaemonTests {
  /// Whatever is wrong is said in one line with the documented exit status, and nothing is half done.
  struct BadInput {
    // MARK: The daemon

    struct Refusal: CustomTestStringConvertible, Sendable {
      var name: String
      /// `STATE` stands for a state directory, `FILE` for a file that is there.
      var arguments: [String]
      var settings = "{}"
      var status: Int32
      var says: String
      var testDescription: String { name }
    }

    private static let loopback = ["--upstream", "http://127.0.0.1:9"]
    private static let refusals = [
      Refusal(name: "unknown option", arguments: loopback + ["--nonsense"], status: 64, says: "--nonsense"),
      Refusal(name: "option without value", arguments: ["--upstream"], status: 64, says: "--upstream"),
      Refusal(name: "stray argument", arguments: loopback + ["stray"], status: 64, says: "stray"),
      Refusal(name: "no upstream", arguments: [], status: 78, says: "no upstream is set"),
      Refusal(name: "ftp", arguments: ["--upstream", "ftp://example.net"], status: 78, says: "ftp://example.net"),
      Refusal(name: "http elsewhere", arguments: ["--upstream", "http://example.net"], status: 78, says: "loopback"),
      Refusal(name: "port", arguments: ["--upstream", "http://127.0.0.1:99999"], status: 78, says: "99999"),
      Refusal(name: "query", arguments: ["--upstream", "https://example.net/?q=1"], status: 78, says: "query"),
      Refusal(name: "no host", arguments: ["--upstream", "https:///x"], status: 78, says: "https:///x"),
      Refusal(name: "blank", arguments: ["--upstream", "https://a b"], status: 78, says: "https://a b"),
      Refusal(name: "password", arguments: ["--upstream", "https://u:secret@h"], status: 78, says: "https://…@h"),
      Refusal(
        name: "proxy", arguments: loopback, settings: #"{"proxy": "http://x:3128\r\nA: b"}"#, status: 78, says: "proxy"),
      Refusal(
        name: "CA", arguments: loopback, settings: #"{"extra_ca": "/nonexistent"}"#, status: 78, says: "extra_ca"),
      Refusal(
        name: "handlers", arguments: loopback, settings: #"{"handlers": ["rel"]}"#, status: 78, says: "handlers"),
      Refusal(
        name: "zero byte", arguments: loopback, settings: #"{"handlers": ["/tmp/a\u0000b"]}"#, status: 78,
        says: "handlers"),
      Refusal(
        name: "unknown member", arguments: loopback, settings: #"{"upstraem": ""}"#, status: 78, says: "upstraem"),
      Refusal(name: "wrong type", arguments: loopback, settings: #"{"upstream": 7}"#, status: 78, says: "\"upstream\""),
      Refusal(name: "no JSON", arguments: loopback, settings: "{", status: 78, says: "no JSON object"),
      Refusal(name: "log level", arguments: loopback, settings: #"{"log_level": "loud"}"#, status: 78, says: "loud"),
      Refusal(name: "state is a file", arguments: loopback + ["--state", "FILE"], status: 73, says: "not a directory"),
      Refusal(
        name: "no parent", arguments: loopback + ["--state", "FILE-not/x"], status: 73, says: "parent directory"),
      Refusal(
        name: "settings missing", arguments: loopback + ["--config", "FILE-not"], status: 78, says: "does not exist"),
    ]

    @Test(arguments: refusals) func daemon_badInput_saysOneLineAndItsStatus(refusal: Refusal) throws {
      let directory = TemporaryDirectory()
      let file = directory.write("kept", to: "file")
      directory.write(refusal.settings, to: "agent.json")
      let usual = [
        "--state", directory.directory("state"), "--runtime", directory.file("run"), "--config",
        directory.file("agent.json"),
      ]
      let given = refusal.arguments.map { $0.hasPrefix("FILE") ? file + $0.dropFirst("FILE".count) : $0 }
      let result = try CommandResult.of("axolotlyd", usual + given)
      #expect(result.status == .code(refusal.status), "\(result)")
      #expect(result.isOneLine && result.errors.hasPrefix("axolotlyd: "), "\(result.errors)")
      #expect(result.errors.contains(refusal.says), "\(result.errors)")
      #expect(Files.text(file) == "kept")
      #expect(!Files.exists(directory.file("state/identity.json")))
    }

    /// Each is open to others, holds another program's file, or makes too long a socket path.
    @Test(arguments: [
      (option: "--state", name: "open", mode: 0o755, says: "chmod 700"),
      (option: "--state", name: "foreign", mode: 0o700, says: "holds no state of this daemon"),
      (option: "--runtime", name: String(repeating: "long", count: 30), mode: 0o755, says: "does not fit"),
    ])
    func daemon_unsuitableDirectory_isLeftAlone(row: (option: String, name: String, mode: mode_t, says: String)) throws
    {
      let directory = TemporaryDirectory()
      let unsuitable = directory.directory(row.name, mode: row.mode)
      directory.write("kept", to: "\(row.name)/file")
      directory.write("{}", to: "agent.json")
      let usual = [
        "--state", directory.directory("state"), "--runtime", directory.file("run"), "--config",
        directory.file("agent.json"),
      ]
      let result = try CommandResult.of("axolotlyd", usual + Self.loopback + [row.option, unsuitable])
      #expect(result.status == .code(73), "\(result)")
      #expect(result.errors.split(separator: "\n").last?.hasPrefix("axolotlyd: ") == true, "\(result.errors)")
      #expect(result.errors.contains(row.says), "\(result.errors)")
      let left = try DirectoryListing.names(unsuitable)
      #expect(row.option == "--state" ? left == ["file"] : left.contains("file") && !left.contains("bus"))
    }

    /// A lock is what many programs have, an upstream's data directory among them.
    @Test func daemon_foreignDirectoryWithALock_isLeftAlone() throws {
      let box = try Box(upstream: "http://127.0.0.1:9")
      box.directory.write("", to: "state/lock")
      box.directory.write("{}", to: "state/upstream.json")
      try box.spawn()
      let end = try #require(box.process).exit(until: .soon)
      #expect(end == .code(73))
      #expect(box.log.contains("holds no state of this daemon"), "\(box.log)")
      #expect(try DirectoryListing.names(box.state).sorted() == ["lock", "upstream.json"])
    }

    /// Power went at the very first start.
    @Test func daemon_firstStartCutShort_startsAgain() throws {
      let box = try Box(upstream: "http://127.0.0.1:9")
      for name in ["lock", "process.json", "process.json.new", "identity.json.new", "erase.new"] {
        box.directory.write("", to: "state/\(name)")
      }
      #expect(try !box.start().status().paired)
    }

    @Test func daemon_secondOnTheSameState_namesTheFirst() throws {
      let box = try Box(upstream: "http://127.0.0.1:9")
      let launcher = try box.start()
      let pid = try #require(box.pid)
      let second = try CommandResult.of(
        "axolotlyd",
        [
          "--state", box.state, "--runtime", box.directory.file("run2"), "--upstream", "http://127.0.0.1:9", "--config",
          box.directory.file("agent.json"),
        ])
      #expect(second.status == .code(75))
      #expect(second.isOneLine && second.errors.contains("process \(pid)"), "\(second.errors)")
      #expect(try !launcher.status().paired)
    }

    @Test func daemon_secondOnTheSameRuntime_leavesTheFirstItsSocket() throws {
      let box = try Box(upstream: "http://127.0.0.1:9")
      let launcher = try box.start()
      let second = try CommandResult.of(
        "axolotlyd",
        [
          "--state", box.directory.directory("state2"), "--runtime", box.directory.file("run"), "--upstream",
          "http://127.0.0.1:9", "--config", box.directory.file("agent.json"),
        ])
      #expect(second.status == .code(75))
      #expect(second.isOneLine && second.errors.contains("another daemon serves"), "\(second.errors)")
      #expect(try DirectoryListing.names(box.directory.file("state2")).isEmpty)
      #expect(try !launcher.status().paired)
      #expect(try !box.connect().status().paired)
    }

    // MARK: The network

    @Test func box_itsUpstreamBecomesAPage_keepsItsPolicyAndSaysWhy() throws {
      let upstream = try Upstream(withCatalogue: true)
      let box = try Box(upstream: upstream.address)
      var launcher = try box.start()
      try launcher.pair(code: upstream.pairingCode())
      try launcher.wait(for: "the catalogue", status: \.isReplicaWhole)
      let (identity, decision) = (box.identity, try launcher.decide("tmdb:movie:862"))
      try box.stop()
      try upstream.stop()

      let page = try HTMLServer(port: upstream.port)
      launcher = try box.start()
      try launcher.wait(for: "the health item captive_portal") { $0.health.contains { $0.code == "captive_portal" } }
      let status = try launcher.status()
      #expect(status.paired && !status.online)
      #expect(status.policy?.version == 1)
      #expect(try launcher.decide("tmdb:movie:862") == decision)
      #expect(box.identity == identity)
      withExtendedLifetime(page) {}
    }

    @Test func pairing_upstreamIsAPage_saysThatNoCodeComes() throws {
      let page = try HTMLServer()
      let box = try Box(upstream: "http://127.0.0.1:\(page.port)")
      let launcher = try box.start()
      let refused = try box.control(["pair", "--code", "BBBB-BBBB"])
      #expect(refused.status == .code(75), "\(refused)")
      #expect(refused.isOneLine, "\(refused.errors)")
      #expect(try launcher.status().pairing == "unpaired")
      withExtendedLifetime(page) {}
    }

    // MARK: The upstream

    @Test func serve_portInUse_saysSo() throws {
      let (page, directory) = (try HTMLServer(), TemporaryDirectory())
      let result = try CommandResult.of(
        "axolotly-upstream", ["serve", "--data", directory.file("data"), "--listen", "127.0.0.1:\(page.port)"])
      #expect(result.status == .code(69), "\(result)")
      #expect(result.isOneLine && result.errors.contains("127.0.0.1:\(page.port) is in use"), "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(!Files.exists(directory.file("data")))
      withExtendedLifetime(page) {}
    }

    @Test func import_malformedLine_isNamedAndTheRestTaken() throws {
      let directory = TemporaryDirectory()
      let file = directory.write(
        """
        {"ref":"tmdb:movie:1","kind":"movie","name":"One","offers":[\(Self.offer)]}
        {"ref":"tmdb:movie:2","kind":"movie","name":
        {"ref":"tmdb:movie:3","kind":"movie","name":"Three","offers":[\(Self.offer)]}

        """, to: "titles.ndjson")
      for (options, status, lines) in [([], 0, 1), (["--strict"], 65, 2)] as [([String], Int32, Int)] {
        let result = try CommandResult.of(
          "axolotly-upstream", ["import", file, "--data", directory.file("data")] + options)
        #expect(result.status == .code(status), "\(result)")
        #expect(result.output.hasPrefix("2 titles with 2 offers, 1 lines left out"), "\(result.output)")
        #expect(result.errors.hasPrefix("\(file):2: "), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == lines, "\(result.errors)")
      }
    }

    /// The beginning of a gzip file: what a broken download leaves.
    @Test func import_truncatedGzip_isRefusedAliveOrNot() throws {
      let (upstream, directory) = (try Upstream(), TemporaryDirectory())
      let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
      let file = directory.write(header, to: "titles.ndjson.gz")
      let byServer = try upstream.run(["import", file])
      let alone = try CommandResult.of("axolotly-upstream", ["import", file, "--data", directory.file("data")])
      for result in [byServer, alone] {
        #expect(result.status == .code(65), "\(result)")
        #expect(result.isOneLine && result.errors.contains("cut short"), "\(result.errors)")
      }
      #expect(try upstream.shelves().isEmpty)
    }

    @Test func serve_damagedDatabase_saysWhatToDo() throws {
      let upstream = try Upstream()
      try upstream.stop()
      upstream.damageDatabase()
      let result = try upstream.run(["serve", "--listen", "127.0.0.1:0"])
      #expect(result.status == .code(74), "\(result)")
      #expect(result.isOneLine && result.errors.contains("put a copy of the data directory back"), "\(result.errors)")
    }

    /// A wrong file took the whole catalogue away, and every box dropped its shelves.
    @Test(arguments: ["", "no title\n{}\n"]) func import_replaceByAFileWithoutTitles_changesNothing(text: String) throws
    {
      let (upstream, directory) = (try Upstream(withCatalogue: true), TemporaryDirectory())
      let before = try upstream.shelves()
      let file = directory.write(text, to: "titles.ndjson")
      let result = try upstream.run(["import", "--replace", file])
      #expect(result.status == .code(65), "\(result)")
      #expect(result.errors.contains("nothing was imported"), "\(result.errors)")
      #expect(try upstream.shelves() == before)
    }

    /// What every box would leave out is left out at once, and said; else the counts would differ from what is shown.
    @Test func import_titleThatNoBoxCanShow_isLeftOut() throws {
      let directory = TemporaryDirectory()
      let genres = (1...300).map { "\"g\($0)\"" }.joined(separator: ",")
      let file = directory.write(
        """
        {"ref":"tmdb:movie:1","kind":"movie","name":"One\\u0000","offers":[\(Self.offer)]}
        {"ref":"tmdb:movie:2","kind":"movie","name":"Two","genres":[\(genres)],"offers":[\(Self.offer)]}
        {"ref":"tmdb:movie:3","kind":"movie","name":"\(String(repeating: "x", count: 1_025))","offers":[\(Self.offer)]}
        {"ref":"tmdb:movie:4","kind":"movie","name":"Four","offers":[\(Self.offer)]}

        """, to: "titles.ndjson")
      let result = try CommandResult.of("axolotly-upstream", ["import", file, "--data", directory.file("data")])
      #expect(result.output.hasPrefix("1 titles with 1 offers, 3 lines left out"), "\(result.output)")
      for number in 1...3 { #expect(result.errors.contains("\(file):\(number): "), "\(result.errors)") }
    }

    private static let offer =
      #"{"region":"US","service":"netflix","type":"subscription","link":"https://www.netflix.com/title/20557937"}"#

    @Test func policySet_unusableDocument_isRefusedAndTheOldOneStays() throws {
      let (upstream, directory) = (try Upstream(), TemporaryDirectory())
      let usual = Files.text(Repository.file("packaging/demo/policy.json"))
      let table: [(text: String, says: String)] = [
        (#"{"schema": 2}"#, "unsupported_schema"),
        (usual.replacing("\"max_age\": 10", with: "\"max_age\": \"ten\""), "/profiles/0/maturity/max_age"),
        ("{", "JSON"),
      ]
      let before = try upstream.command(["policy", "show", Upstream.family])
      for row in table {
        let file = directory.write(row.text, to: "policy.json")
        let result = try upstream.run(["policy", "set", Upstream.family, file])
        #expect(result.status == .code(65), "\(row.text): \(result)")
        #expect(result.isOneLine && result.errors.contains(row.says), "\(row.text): \(result.errors)")
      }
      #expect(try upstream.command(["policy", "show", Upstream.family]) == before)
    }

    @Test func upstream_wrongCommands_sayOneLineAndTheirStatus() throws {
      let directory = TemporaryDirectory()
      let file = directory.write("kept", to: "file")
      let table: [(arguments: [String], status: Int32, says: String)] = [
        (["serve", "--data", file], 73, "is a file"),
        (["serve", "--data", directory.path], 73, "is not empty"),
        (["serve", "--data", directory.file("new"), "--nonsense"], 64, "--nonsense"),
        (["serve", "--data", directory.file("new"), "--listen", "nowhere"], 64, "--listen"),
        (["import", directory.file("none"), "--data", directory.file("new")], 66, "cannot be read"),
        (["device", "list", "f_demo", "--data", directory.file("new")], 69, "no upstream serves"),
      ]
      for row in table {
        let result = try CommandResult.of("axolotly-upstream", row.arguments)
        #expect(result.status == .code(row.status), "\(row.arguments): \(result)")
        #expect(result.isOneLine && result.errors.contains(row.says), "\(row.arguments): \(result.errors)")
      }
      #expect(Files.text(file) == "kept")
      #expect(!Files.exists(directory.file("new")))
    }
  }
}
