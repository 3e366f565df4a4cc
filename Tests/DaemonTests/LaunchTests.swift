import AgentCore
import Glibc
import LocalAPI
import SystemdHost
import Testing

extension DaemonTests {
  /// Apps that the daemon starts itself, where no systemd does it: `axolotly-launch` beside it.
  struct Launch {
    /// A box with one app, which is this script, and a pipe that everything the script starts holds open.
    private struct Stage {
      let upstream: Upstream
      let box: Box
      let launcher: Launcher
      private let reader: Int32

      init(_ script: String) throws {
        let directory = TemporaryDirectory()
        let pipe = directory.file("alive")
        guard unsafe mkfifo(pipe, 0o600) == 0 else { throw TestFailure("no pipe can be made") }
        reader = unsafe open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        directory.write("#!/bin/sh\nexec 9>'\(pipe)'\n\(script)\n", to: "app", mode: 0o700)
        _ = directory.directory("handlers.d")
        directory.write(
          """
          {"id": "app", "app": "game", "kind": "native", "launch": {"argv": ["\(directory.file("app"))"]}}
          """, to: "handlers.d/app.json")
        directory.write(
          """
          {"id": "absent", "app": "absent", "kind": "native", "requires": {"binary": "sh"},
           "launch": {"argv": ["\(directory.file("absent"))"]}}
          """, to: "handlers.d/absent.json")
        upstream = try Upstream(withCatalogue: true)
        box = try Box(
          upstream: upstream.address, in: directory,
          environment: ["AXOLOTLY_HANDLERS": directory.file("handlers.d")])
        launcher = try box.start()
        try launcher.pair(code: upstream.pairingCode())
        _ = try launcher.signal("PolicyChanged")
      }

      func launch(_ app: String = "game") throws -> String {
        try launcher.launcher("Launch", [.string(""), .string(""), .string(app)]).first?.text ?? ""
      }

      /// Waits for a line of the app, which says that everything it starts is there.
      func expectAlive() throws {
        guard Descriptors.waitUntilReadable(reader, until: .soon) else {
          throw TestFailure("the app is silent", log: box.log)
        }
        var chunk = [UInt8](repeating: 0, count: 64)
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(reader, $0.baseAddress, $0.count) }
        #expect(count > 0, "the app has said that it runs")
      }

      /// Waits until nobody holds the pipe: everything that the app started has gone.
      func expectGone() throws {
        guard Descriptors.waitUntilReadable(reader, until: .soon) else {
          throw TestFailure("something of the app lives on", log: box.log)
        }
        var byte: UInt8 = 0
        #expect(unsafe read(reader, &byte, 1) == 0)
      }
    }

    /// A grandchild with a session of its own, a double fork, and one that takes no SIGTERM.
    private static let family = """
      (setsid sh -c 'sleep 1000' &)
      ( ( sleep 1000 & ) & )
      (setsid sh -c 'trap "" TERM; echo ready >&9; while :; do sleep 1000; done' &)
      exec sleep 1000
      """

    @Test func endSession_endsEverythingThatTheAppStarted() throws {
      let stage = try Stage(Self.family)
      let session = try stage.launch()
      try stage.expectAlive()
      #expect(try stage.launcher.status().sessions.map(\.id) == [session])
      _ = try stage.launcher.endSession(session)
      try stage.expectGone()
    }

    @Test func daemonKilled_takesItsAppsAlong() throws {
      let stage = try Stage("(setsid sleep 1000 &)\necho ready >&9\nexec sleep 1000")
      _ = try stage.launch()
      try stage.expectAlive()
      try stage.box.kill()
      try stage.expectGone()
    }

    @Test func app_endsByItself_endsItsSession() throws {
      let stage = try Stage("exit 0")
      let session = try stage.launch()
      let ended = try stage.launcher.signal("SessionEnded")
      #expect(ended.prefix(2).map(\.text) == [session, "closed"])
    }

    @Test func app_thatIsNotThere_isNamed() throws {
      let stage = try Stage("exit 0")
      let result = try stage.box.control(["launch", "--app", "absent"])
      try result.expect(.code(1), "a refusal")
      #expect(result.errors.contains("absent: there is no such program"))
      #expect(try stage.box.control(["launch", "--app", "unknown"]).errors.contains("no handler"))
    }

    @Test func policyChange_thatDenies_stopsTheApp() throws {
      let stage = try Stage("echo ready >&9\nexec sleep 1000")
      _ = try stage.launch()
      try stage.expectAlive()
      try stage.upstream.command(["policy", "pause", Upstream.family])
      #expect(try stage.launcher.signal("SessionEnded").dropFirst().first?.text == "pause")
      try stage.expectGone()
    }
  }
}
