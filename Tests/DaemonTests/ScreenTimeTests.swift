import AgentCore
import FoundationEssentials
import LocalAPI
import SystemdHost
import Testing

extension DaemonTests {
  /// Between a child, a parent and two boxes, with real processes; what takes minutes is in `packaging/demo/screen-time`.
  struct ScreenTime {
    private static let title = "tmdb:movie:603"

    private struct Asked: Decodable {
      var requests: [Request]
      struct Request: Decodable { var request: String }
    }

    private static func paired(_ box: Box, _ upstream: Upstream) throws -> Launcher {
      let launcher = try box.start()
      try launcher.pair(code: upstream.pairingCode())
      try launcher.wait(for: "a policy") { $0.policy != nil }
      return launcher
    }

    /// A title that is unrated here takes a parent's yes: asked for, granted, announced, allowed on both boxes.
    @Test func child_asksForATitle_isAnsweredByItsParent() throws {
      let upstream = try Upstream()
      let boxes = try [Box(upstream: upstream.address), Box(upstream: upstream.address)]
      let (launcher, other) = (try Self.paired(boxes[0], upstream), try Self.paired(boxes[1], upstream))
      #expect(try launcher.decide(Self.title) == .init(verdict: "ask", reasons: ["unrated"]))
      let request = try launcher.launcher("RequestTitle", [.string(""), .string(Self.title)])
      #expect(try launcher.launcher("RequestTitle", [.string(""), .string(Self.title)]) == request)
      var asked: [String] = []
      try launcher.wait(for: "the request upstream") {
        let list = try upstream.command(["request", "list", Upstream.family, "--json"])
        asked = try JSONDecoder().decode(Asked.self, from: Data(list.utf8)).requests.map(\.request)
        return !asked.isEmpty
      }
      #expect(asked == [request.first?.text ?? ""])
      try upstream.command(["request", "grant", Upstream.family, asked[0]])
      // The grant is in the policy before the answer is heard.
      let changed = try launcher.signal("DecisionChanged")
      #expect(changed.prefix(4).map(\.text) == ["mia", Self.title, "", "allow"])
      #expect(try launcher.signal("RequestAnswered") == [.string(asked[0]), .boolean(true)])
      #expect(try launcher.decide(Self.title).verdict == "allow")
      try other.wait(for: "the grant on the other box") { try other.decide(Self.title).verdict == "allow" }
      // A yes is said once, however often it is said.
      try upstream.command(["request", "grant", Upstream.family, asked[0]])
      #expect(try launcher.status().policy?.version == 2)
    }

    @Test func standby_leavesNobodyActive_andAfterItTheDefaultProfile() throws {
      let upstream = try Upstream()
      let box = try Box(upstream: upstream.address)
      let launcher = try Self.paired(box, upstream)
      _ = try launcher.launcher("Standby", [.boolean(true)])
      let error = try launcher.errorName {
        try launcher.launcher("Decide", [.string(""), .string(Self.title), .string("")])
      }
      #expect(error == Agent1.ErrorName.noActiveProfile)
      _ = try launcher.launcher("Standby", [.boolean(false)])
      #expect(try launcher.status().activeProfile == "mia")
    }

    // MARK: axolotlyctl policy

    /// The cases of our own, one of them made wrong, and files that are none.
    @Test func policyTest_ofAFile_printsEachDifference() throws {
      let cases = Repository.file("Tests/AgentCoreTests/Decision/policy-cases.json")
      try CommandResult.of("axolotlyctl", ["policy", "test", cases]).expect(.code(0), "all cases to pass")
      let directory = TemporaryDirectory()
      let text = Files.text(cases).split(
        separator: "\"verdict\": \"allow\"", maxSplits: 1, omittingEmptySubsequences: false)
      directory.write(text.joined(separator: "\"verdict\": \"deny\""), to: "wrong.json")
      let wrong = try CommandResult.of("axolotlyctl", ["policy", "test", directory.file("wrong.json")])
      #expect(wrong.status == .code(1))
      #expect(wrong.output.contains("expected deny, got allow") && wrong.output.contains("1 failed"))
      let json = try CommandResult.of("axolotlyctl", ["policy", "test", "--json", directory.file("wrong.json")])
      #expect(json.output.contains("\"failed\":1") && json.status == .code(1))
      directory.write("{\"policies\":{\"a\":{\"schema\":2}},\"cases\":[]}", to: "schema.json")
      let refused = try CommandResult.of("axolotlyctl", ["policy", "test", directory.file("schema.json")])
      #expect(refused.status == .code(66) && refused.errors.contains("/policies/a/schema"))
      try CommandResult.of("axolotlyctl", ["policy", "test", directory.file("none.json")]).expect(.code(66), "no file")
    }

    @Test func policyLint_ofAFile_namesWhatIsRefusedAndWhatIsOdd() throws {
      let directory = TemporaryDirectory()
      let head =
        #"{"schema":1,"family":"f","version":1,"issued_at":"2026-01-01T00:00:00Z","time_zone":"UTC","region":"US""#
      let profile = #""profiles":[{"id":"mia","name":"Mia","kind":"child""#
      directory.write("\(head),\(profile)}]}", to: "good.json")
      try CommandResult.of("axolotlyctl", ["policy", "lint", directory.file("good.json")]).expect(.code(0), "nothing")
      directory.write("\(head),\(profile),\"colour\":1}]}", to: "odd.json")
      let odd = try CommandResult.of("axolotlyctl", ["policy", "lint", directory.file("odd.json")])
      #expect(odd.status == .code(1) && odd.output.contains("/profiles/0/colour"))
      directory.write("\(head),\(profile),\"purchases\":1}]}", to: "bad.json")
      let bad = try CommandResult.of("axolotlyctl", ["policy", "lint", "--json", directory.file("bad.json")])
      #expect(bad.status == .code(1) && bad.output.contains("\"valid\":false"))
      #expect(bad.output.contains("/profiles/0/purchases"))
    }

    @Test func policyExplain_onABox_endsWithTheVerdictsStatus() throws {
      let upstream = try Upstream()
      let box = try Box(upstream: upstream.address)
      let launcher = try Self.paired(box, upstream)
      _ = launcher
      let explained = try box.control(["policy", "explain", "--title", Self.title])
      #expect(explained.status == .code(3))
      #expect(explained.output.contains("no known rating") && explained.output.contains("a title grant"))
    }
  }
}
