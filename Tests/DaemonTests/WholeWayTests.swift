import AgentCore
import LocalAPI
import SystemdHost
import Testing

extension DaemonTests {
  /// The main job from the first start to the parent's view, and the same box without its upstream.
  struct WholeWay {
    /// Titles of the sample catalogue: one that the demo's policy allows by name, one that it blocks, one by its rating.
    private static let allowed = "tmdb:movie:10378"
    private static let blocked = "tmdb:movie:14836"
    private static let opened = "tmdb:movie:862"

    @Test func box_pairedByShownCode_replicatesDecidesFollowsAndDelivers() throws {
      let upstream = try Upstream(withCatalogue: true)
      let box = try Self.boxWithPlayer(upstream)
      let launcher = try box.start()
      let name = try launcher.errorName {
        try launcher.launcher("Decide", [.string(""), .string(Self.opened), .string("")])
      }
      #expect(name == Agent1.ErrorName.notPaired)

      try Self.pairByShownCode(launcher, upstream)
      try Self.expectReplica(launcher, upstream)
      #expect(try launcher.decide(Self.opened) == .init(verdict: "allow", reasons: []))
      #expect(try launcher.decide(Self.blocked) == .init(verdict: "deny", reasons: ["title_blocked"]))
      try Self.expectTarget(launcher)

      try upstream.command(["policy", "block", Upstream.family, "--profile", "mia", "--title", Self.opened])
      _ = try launcher.signal("PolicyChanged") { $0.first?.number == 2 }
      #expect(try launcher.decide(Self.opened) == .init(verdict: "deny", reasons: ["title_blocked"]))

      let played = try Self.playSession(launcher)
      try Self.expectUsage(upstream, launcher, played)
      try Self.expectTheSameWithoutUpstream(box, upstream, launcher)
    }

    /// A box with one handler, whose program is a stand-in.
    private static func boxWithPlayer(_ upstream: Upstream) throws -> Box {
      let directory = TemporaryDirectory()
      let (programs, handlers) = (directory.directory("bin"), directory.directory("handlers.d"))
      directory.write("#!/bin/sh\n", to: "bin/test-player", mode: 0o700)
      directory.write(
        """
        {"id": "test-player", "app": "{service}", "services": ["disney"], "kind": "browser", "quality": "hd",
         "requires": {"binary": "test-player"}, "launch": {"argv": ["test-player", "--app={canonical}"]}}
        """, to: "handlers.d/test-player.json")
      return try Box(
        upstream: upstream.address, in: directory,
        environment: ["PATH": "\(programs):/usr/bin:/bin", "AXOLOTLY_HANDLERS": handlers])
    }

    private static func pairByShownCode(_ launcher: Launcher, _ upstream: Upstream) throws {
      let code = try launcher.device("Pair").first?.text ?? ""
      #expect(try launcher.status().userCode == code)
      try upstream.command(["pairing", "approve", code, "--family", Upstream.family])
      _ = try launcher.signal("PairingStateChanged") { $0.first?.text == "paired" }
      #expect(try launcher.isPaired())
    }

    /// Every shelf of the family's services is announced, and holds what the upstream's does.
    private static func expectReplica(_ launcher: Launcher, _ upstream: Upstream) throws {
      let services = ["US/disney", "US/max", "US/netflix", "US/prime", "US/youtube"]
      let wanted = try upstream.shelves().filter { services.contains($0.key) }
      #expect(wanted.keys.sorted() == services)
      var here: [String: Int] = [:]
      while here.count < wanted.count {
        let change = try launcher.signal("CatalogueChanged")
        here[change.first?.text ?? ""] = change.last?.number.map { Int($0) }
      }
      #expect(here == wanted)
      let held = try launcher.status().shelves.map { ($0.shelf, $0.titles ?? -1) }
      #expect(Dictionary(held) { $1 } == wanted)
    }

    private static func expectTarget(_ launcher: Launcher) throws {
      let document = try launcher.resolve(Self.opened)
      #expect(document.verdict == "allow")
      #expect(document.targets.first?.handler == "test-player")
      #expect(document.targets.first?.argv.first == "test-player")
      #expect(document.targets.first?.argv.last?.hasPrefix("--app=https://www.disneyplus.com/") == true)
    }

    /// Plays until a second has been counted; returns what EndSession answered.
    private static func playSession(_ launcher: Launcher) throws -> Int64 {
      let session = try launcher.beginSession(Self.allowed)
      try launcher.wait(for: "a second to be counted") {
        _ = try launcher.launcher("Playing", [.string(session)])
        return try launcher.status().sessions.first?.playedSeconds ?? 0 >= 1
      }
      let played = try launcher.endSession(session)
      let end = try launcher.signal("SessionEnded")
      #expect(end.prefix(2) == [.string(session), .string("closed")])
      return played
    }

    private static func expectUsage(_ upstream: Upstream, _ launcher: Launcher, _ played: Int64) throws {
      try launcher.wait(for: "the usage to be delivered") { $0.outbox.depth == 0 }
      let sessions = try upstream.usage().sessions
      #expect(sessions.count == 1)
      #expect(sessions.first?.title == Self.allowed)
      #expect(sessions.first?.profile == "mia")
      #expect(sessions.first?.seconds == played)
      #expect(sessions.first?.reason == "closed")
      #expect(sessions.first?.startedAt != nil)
    }

    /// The core of R71: with nothing to be reached, a box is ready and decides from its disk.
    private static func expectTheSameWithoutUpstream(_ box: Box, _ upstream: Upstream, _ before: Launcher) throws {
      let titles = [Self.opened, Self.allowed, Self.blocked, "tmdb:movie:603", "tmdb:movie:694"]
      let decisions = try titles.map { try before.decide($0) }
      let shelves = try before.status().shelves.map { [$0.shelf, $0.titles.map { "\($0)" } ?? ""] }
      #expect(Set(decisions.map(\.verdict)).count > 1)
      try box.stop()
      try upstream.stop()

      let launcher = try box.start()
      #expect(try titles.map { try launcher.decide($0) } == decisions)
      let status = try launcher.status()
      #expect(status.paired)
      #expect(!status.online)
      #expect(status.policy?.version == 2)
      #expect(status.shelves.map { [$0.shelf, $0.titles.map { "\($0)" } ?? ""] } == shelves)
      #expect(status.activeProfile == "mia")
      let session = try launcher.beginSession(Self.allowed)
      _ = try launcher.endSession(session)
    }
  }
}
