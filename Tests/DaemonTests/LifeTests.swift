import AgentCore
import Glibc
import LocalAPI
import Testing

extension DaemonTests {
  /// How the daemon starts and stops, as a service manager sees it.
  struct Life {
    @Test func daemon_started_notifiesReadyAndItsStatus() throws {
      let upstream = try Upstream()
      let box = try Box(upstream: upstream.address)
      let launcher = try box.start()
      #expect(box.notifications.lines.contains("STATUS=Not paired (unpaired)"))
      try launcher.pair(code: upstream.pairingCode())
      let isTold = box.notifications.hears(until: .soon) { $0.hasPrefix("STATUS=Online, policy 1") }
      #expect(isTold, "\(box.notifications.lines)")
      try box.stop()
      #expect(box.notifications.hears(until: .soon) { $0 == "STOPPING=1" })
    }

    /// With a request held upstream, a session open and a client connected.
    @Test(arguments: [SIGTERM, SIGINT]) func daemon_toldToStop_endsAtOnceAndWell(signal: Int32) throws {
      let upstream = try Upstream()
      let box = try Box(upstream: upstream.address)
      let launcher = try box.start()
      try launcher.pair(code: upstream.pairingCode())
      try launcher.wait(for: "a policy") { $0.policy != nil }
      _ = try launcher.beginSession("tmdb:movie:1", profile: "anna")
      try expectStop(box, by: signal)
    }

    @Test func daemon_toldToStopWhileItsUpstreamIsGone_endsAtOnceAndWell() throws {
      let upstream = try Upstream()
      let address = upstream.address
      try upstream.stop()
      let box = try Box(upstream: address)
      let launcher = try box.start()
      // It waits for a network that does not come.
      _ = try? launcher.device("Pair", until: .now + .milliseconds(200))
      #expect(try launcher.status().pairing == "waiting_for_network")
      try expectStop(box, by: SIGTERM)
    }

    /// sd_notify itself would wait for room, and the loop with it.
    @Test func daemon_serviceManagerReadsNothing_servesAndEndsAtOnce() throws {
      let directory = TemporaryDirectory()
      let path = directory.file("deaf")
      let deaf = try DeafNotifySocket(path: path)
      let box = try Box(
        upstream: "https://192.0.2.1:9", in: directory, environment: ["NOTIFY_SOCKET": path])
      try box.spawn()
      let deadline = Moment.soon
      var launcher: Launcher?
      while launcher == nil, Moment.now < deadline {
        launcher = try? box.connect()
        _ = poll(nil, 0, 10)
      }
      let status = try #require(launcher, "\(box.log)").status()
      #expect(status.pairing == "unpaired")
      try expectStop(box, by: SIGTERM)
      withExtendedLifetime(deaf) {}
    }

    /// Whatever makes it crash must not make it a burden to the upstream, and the family's rules stay in force.
    @Test func daemon_crashesThreeTimes_decidesAndLeavesTheUpstreamAlone() throws {
      let upstream = try Upstream(withCatalogue: true)
      let box = try Box(upstream: upstream.address)
      var launcher = try box.start()
      try launcher.pair(code: upstream.pairingCode())
      try launcher.wait(for: "the catalogue", status: \.isReplicaWhole)
      let decision = try launcher.decide("tmdb:movie:862")
      for _ in 0..<3 {
        #expect(try !launcher.status().health.contains { $0.code == "safe_mode" })
        try box.kill(countsAsCrash: true)
        launcher = try box.start()
      }
      let status = try launcher.status()
      #expect(status.health.contains { $0.code == "safe_mode" && $0.remedy.contains("restart axolotlyd") })
      #expect(status.paired && !status.online && status.policy?.version == 1)
      #expect(try launcher.decide("tmdb:movie:862") == decision)
      #expect(box.notifications.lines.contains { $0.hasPrefix("STATUS=Safe mode after repeated crashes: policy 1") })
      let sync = try box.control(["sync"])
      #expect(sync.status == .code(75) && sync.isOneLine, "\(sync)")
      #expect(sync.errors.contains("left alone for"), "\(sync.errors)")

      // A person's restart ends it.
      try box.stop()
      #expect(Files.text(box.state + "/process.json").contains(#""isRunning":false"#))
      launcher = try box.start()
      try launcher.wait(for: "the upstream") { $0.online }
      #expect(try !launcher.status().health.contains { $0.code == "safe_mode" })
    }

    @Test func daemon_refusesToStart_isNoCrash() throws {
      let box = try Box(upstream: "http://127.0.0.1:9")
      _ = try box.start()
      try box.stop()
      box.directory.remove("state/journal.db")
      _ = box.directory.directory("state/journal.db")
      for _ in 0..<4 {
        try box.spawn()
        let end = try #require(box.process).exit(until: .soon)
        #expect(end == .code(73), "\(box.log)")
      }
      #expect(Files.text(box.state + "/process.json").contains(#""isRunning":false"#))
    }

    /// A stop has two seconds; a service manager would wait longer, a person not.
    private func expectStop(_ box: Box, by signal: Int32) throws {
      let process = try #require(box.process)
      process.send(signal: signal)
      let end = try process.exit(until: .now + .seconds(2))
      #expect(end == .code(0), "\(box.log)")
    }
  }
}
