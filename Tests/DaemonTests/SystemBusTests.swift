import AgentCore
import Glibc
import LocalAPI
import SystemdHost
import Testing

extension DaemonTests {
  /// The name on the system bus comes and goes with the broker; the private socket is served throughout.
  @Suite(.enabled(if: Broker.isInstalled, "\(Broker.reason)")) struct SystemBusPresence {
    private static func box(_ broker: Broker) throws -> Box {
      try Box(
        upstream: "http://127.0.0.1:9",
        environment: ["DBUS_SYSTEM_BUS_ADDRESS": broker.address, "AXOLOTLY_SYSTEM_BUS": "system"])
    }

    private static func codes(_ launcher: Launcher) throws -> [String] { try launcher.status().health.map(\.code) }

    @Test func broker_missingThenWithoutPolicyThenWhole_isSaidAndCleared() throws {
      let broker = Broker()
      let box = try Self.box(broker)
      let launcher = try box.start()
      try launcher.wait(for: "bus_unreachable") { try Self.codes(launcher) == ["bus_unreachable"] }
      try broker.start()
      try launcher.wait(for: "bus_name_refused") { try Self.codes(launcher) == ["bus_name_refused"] }
      let remedy = try launcher.status().health.first?.remedy ?? ""
      #expect(remedy.contains("com.axolotly.Agent1.conf"), "\(remedy)")
      broker.allowEverything()
      broker.reload()
      try launcher.wait(for: "the name") { try Self.codes(launcher).isEmpty }
      #expect(try broker.hasAgent())
      for said in ["no broker listens", "is not allowed to own", "the name on the system bus is held"] {
        #expect(box.log.split(separator: "\n").count { $0.contains(said) } == 1, "\(said): \(box.log)")
      }
    }

    @Test func broker_restarted_getsTheNameBackAndNoPrivateCallIsLost() throws {
      let broker = Broker()
      broker.allowEverything()
      try broker.start()
      let box = try Self.box(broker)
      let launcher = try box.start()
      try launcher.wait(for: "the name") { try broker.hasAgent() }
      for _ in 0..<2 {
        try broker.kill()
        // Each call is answered: one that is not throws.
        try launcher.wait(for: "the loss to be seen") { try Self.codes(launcher) == ["bus_unreachable"] }
        try broker.start()
        try launcher.wait(for: "the name to come back") { try Self.codes(launcher).isEmpty }
        #expect(try broker.hasAgent())
      }
      try box.stop()
      #expect(try !broker.hasAgent())
    }

    @Test func broker_nameOfAnother_isSaid() throws {
      let broker = Broker()
      broker.allowEverything()
      try broker.start()
      let first = try Self.box(broker)
      let launcher = try first.start()
      try launcher.wait(for: "the name") { try broker.hasAgent() }
      let second = try Self.box(broker)
      let other = try second.start()
      try other.wait(for: "bus_name_taken") { try Self.codes(other) == ["bus_name_taken"] }
      try first.stop()
      try other.wait(for: "the name") { try Self.codes(other).isEmpty }
      #expect(try broker.hasAgent())
    }

    /// A broker that accepts and never answers: the loop waits for nothing.
    @Test func broker_thatSaysNothing_holdsNothingUp() throws {
      let directory = TemporaryDirectory()
      let path = directory.file("system_bus_socket")
      let listener = try #require(Descriptors.listen(at: path))
      let box = try Box(upstream: "http://127.0.0.1:9", environment: ["AXOLOTLY_SYSTEM_BUS": "unix:path=\(path)"])
      let launcher = try box.start()
      for _ in 0..<100 { #expect(try launcher.status().health.isEmpty) }
      try box.stop()
      close(listener)
    }

    /// Its sender gets no answer; the connection and everybody else's calls go on.
    @Test func call_tooLarge_isPassedOverAlone() throws {
      let broker = Broker()
      broker.allowEverything()
      try broker.start()
      let box = try Self.box(broker)
      let launcher = try box.start()
      try launcher.wait(for: "the name") { try broker.hasAgent() }
      let text = "string:" + String(repeating: "x", count: 100_000)
      let call = BusCommand(bus: "--bus=\(broker.address)", timeoutMilliseconds: 500)
      let large = try call.run("com.axolotly.Launcher1.Decide", [text, text, text])
      #expect(large.errors.contains("org.freedesktop.DBus.Error.NoReply"), "\(large.errors)")
      #expect(box.log.contains("A message over the limit is passed over"))
      let usual = try BusCommand(bus: "--bus=\(broker.address)").run("com.axolotly.Device1.Status", [])
      #expect(usual.output.contains("paired"), "\(usual)")
      #expect(try Self.codes(launcher).isEmpty)
    }
  }
}

/// A call of the agent by `dbus-send`, as any program makes it.
struct BusCommand {
  /// `--bus=ADDRESS` or `--peer=ADDRESS`.
  var bus: String
  var timeoutMilliseconds = 10_000

  func arguments(_ method: String, _ arguments: [String]) -> [String] {
    [
      bus, "--print-reply=literal", "--reply-timeout=\(timeoutMilliseconds)", "--dest=\(Agent1.busName)",
      Agent1.objectPath, method,
    ] + arguments
  }

  func run(_ method: String, _ given: [String]) throws -> CommandResult {
    try CommandResult.of("/usr/bin/dbus-send", arguments(method, given))
  }
}
