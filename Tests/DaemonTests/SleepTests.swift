import AgentCore
import LocalAPI
import Testing

extension DaemonTests {
  /// Suspend as logind announces it.
  @Suite(.enabled(if: Broker.isInstalled, "\(Broker.reason)")) struct Sleep {
    /// It waits for the daemon, which lets it go on once it has saved, and asks for the next one when the box is awake again.
    @Test
    func suspend_announced_waitsForTheDaemon() throws {
      let broker = Broker()
      broker.allowEverything()
      try broker.start()
      let logind = try FakeLogind(address: broker.address)
      let upstream = try Upstream()
      let box = try Box(upstream: upstream.address, environment: ["AXOLOTLY_SYSTEM_BUS": broker.address])
      let launcher = try box.start()
      try #require(logind.works { logind.held == 1 }, "\(box.log)")
      try launcher.pair(code: upstream.pairingCode())
      try launcher.wait(for: "a policy") { $0.policy != nil }
      let session = try launcher.beginSession("tmdb:movie:1", profile: "anna")
      _ = try launcher.launcher("Playing", [.string(session)])

      logind.announce(begins: true)
      #expect(logind.works { logind.held == 0 }, "\(box.log)")
      logind.announce(begins: false)
      #expect(logind.works { logind.held == 1 }, "\(box.log)")
      #expect(logind.given == 2)
      #expect(try launcher.status().sessions.map(\.id) == [session])
      try box.stop()
      #expect(logind.held == 0)
    }

    @Test
    func noLogind_isSaidOnceAndNothingElse() throws {
      let broker = Broker()
      broker.allowEverything()
      try broker.start()
      let box = try Box(upstream: "http://127.0.0.1:9", environment: ["AXOLOTLY_SYSTEM_BUS": broker.address])
      let launcher = try box.start()
      let deadline = Moment.soon
      while !box.log.contains("suspend is not announced"), Moment.now < deadline { _ = try launcher.status() }
      #expect(box.log.contains("suspend is not announced"), "\(box.log)")
      #expect(try launcher.status().health.isEmpty)
    }
  }
}
