import AgentCore
import Database
import LocalAPI
import SystemdHost
import Testing

extension DaemonTests {
  /// What was acknowledged on the bus is upstream in the end, once, whatever is killed between.
  struct LoadCrash {
    private static let kills = Environment.value("AXOLOTLY_KILLS").flatMap { Int($0) } ?? 5
    private static let seed = Environment.value("AXOLOTLY_KILL_SEED").flatMap { UInt64($0) } ?? Entropy.seed()
    /// Sessions between two kills at most: the parent's view shows the newest events alone.
    private static let sessionsPerLife = 1_500 / max(1, kills)
    /// Many restarts use up the requests that an upstream allows a box; the box then waits as it is told.
    private static let deliveryPatience = kills > 5 ? Duration.seconds(180) : Moment.patience
    /// A kill comes within so long after READY.
    private static let span = Duration.milliseconds(1_200)
    /// An adult: whatever the titles are, they are allowed.
    private static let profile = "anna"

    /// What the launcher did, by the title of each session.
    private struct Account {
      /// Titles that a session was asked for; each title once.
      var asked: [String] = []
      var begun: Set<String> = []
      var ended: Set<String> = []

      mutating func nextTitle() -> String {
        asked.append("tmdb:movie:\(900_000 + asked.count)")
        return asked[asked.count - 1]
      }
    }

    @Test func sessions_daemonKilledUnderLoad_areUpstreamExactlyOnce() throws {
      let upstream = try Upstream()
      let box = try Box(upstream: upstream.address)
      var random = SeededRandom(seed: Self.seed)
      var account = Account()
      try box.start().pair(code: upstream.pairingCode())
      for _ in 0..<Self.kills {
        let launcher = try box.connect()
        try launcher.wait(for: "a policy") { $0.policy != nil }
        Self.load(launcher, until: .now + random.duration(upTo: Self.span), &account)
        try box.kill()
        _ = try box.start()
      }
      let launcher = try box.connect()
      _ = try launcher.endSession(Self.beginNext(launcher, &account, until: .soon))
      try launcher.wait(for: "the usage to be delivered", until: .now + Self.deliveryPatience) {
        try launcher.status().outbox.depth == 0
      }
      try Self.expect(account, upstream)
      try Self.expectLines(upstream)
    }

    /// Begins, keeps up and ends sessions until the moment of the kill, which cuts a call.
    private static func load(_ launcher: Launcher, until deadline: Moment, _ account: inout Account) {
      let long = try? beginNext(launcher, &account, until: deadline)
      for _ in 0..<sessionsPerLife where Moment.now < deadline {
        guard let session = try? beginNext(launcher, &account, until: deadline) else { return }
        let title = account.asked[account.asked.count - 1]
        for id in [session, long ?? session] { _ = try? launcher.launcher("Playing", [.string(id)], until: deadline) }
        if (try? launcher.endSession(session, until: deadline)) != nil { account.ended.insert(title) }
      }
      while let long, Moment.now < deadline { _ = try? launcher.launcher("Playing", [.string(long)], until: deadline) }
    }

    private static func beginNext(_ launcher: Launcher, _ account: inout Account, until deadline: Moment) throws
      -> String
    {
      let title = account.nextTitle()
      let session = try launcher.beginSession(title, profile: profile, until: deadline)
      account.begun.insert(title)
      return session
    }

    private static func expect(_ account: Account, _ upstream: Upstream) throws {
      let sessions = try upstream.usage().sessions
      let titles = sessions.compactMap(\.title)
      #expect(account.begun.count > kills, "seed \(seed): the load was none")
      #expect(titles.count == Set(titles).count, "seed \(seed): a session is there twice")
      #expect(account.begun.subtracting(titles).isEmpty, "seed \(seed): acknowledged sessions are missing")
      #expect(Set(titles).isSubset(of: account.asked), "seed \(seed): sessions that nobody began")
      #expect(sessions.allSatisfy { $0.ended && $0.startedAt != nil && $0.profile == profile }, "seed \(seed)")
      for session in sessions where account.ended.contains(session.title ?? "") {
        #expect(session.reason == "closed", "seed \(seed): \(session)")
      }
    }

    /// The upstream's own rows: numbers without a gap, and each session started once and ended once.
    private static func expectLines(_ upstream: Upstream) throws {
      try upstream.stop()
      let settings = Connection.Settings(
        mode: .readOnly, synchronous: .full, isSecureDelete: false, journalSizeLimitBytes: 0, cacheKiB: 1_024,
        busyTimeoutMilliseconds: 1_000)
      let database = try Connection(path: upstream.databaseFile, settings: settings)
      let question = """
        SELECT count(*), count(DISTINCT epoch || ' ' || seq), max(seq),
          sum(kind = 'session_started') - count(DISTINCT iif(kind = 'session_started', line ->> 'session', NULL)),
          sum(kind = 'session_ended') - count(DISTINCT iif(kind = 'session_ended', line ->> 'session', NULL))
        FROM usage
        """
      let row = try database.first(question) { (row) throws(DatabaseError) in
        [try row.int(0), try row.int(1), try row.int(2), try row.int(3), try row.int(4)]
      }
      let counts = try #require(row)
      #expect(counts[0] == counts[1] && counts[0] == counts[2], "seed \(seed): a number is missing: \(counts)")
      #expect(counts[3] == 0 && counts[4] == 0, "seed \(seed): a session started or ended twice: \(counts)")
    }
  }
}
