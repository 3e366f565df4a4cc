import AgentCore
import SystemdHost
import Testing

extension DaemonTests {
  /// `axolotlyctl doctor` against real processes; what it concludes is in `DiagnosisTests`.
  struct Doctor {
    private static func doctor(_ box: Box) throws -> (result: CommandResult, firstID: String) {
      let result = try box.control(["doctor", "--json", "--state", box.state])
      let schema = try SchemaCheck(Files.text(Repository.file("packaging/dbus/doctor.schema.json")))
      let violations = try schema.violations(ofText: result.output)
      #expect(violations.isEmpty, "\(violations)")
      let first = result.output.firstRange(of: "\"id\":\"").map {
        result.output[$0.upperBound...].prefix { $0 != "\"" }
      }
      return (result, String(first ?? ""))
    }

    /// R14: the upstream is gone, and the doctor is not satisfied.
    @Test func doctor_upstreamGone_namesItFirst() throws {
      let upstream = try Upstream(withCatalogue: true)
      let box = try Box(upstream: upstream.address)
      let launcher = try box.start()
      try launcher.pair(code: upstream.pairingCode())
      try launcher.wait(for: "the catalogue", status: \.isReplicaWhole)
      let well = try Self.doctor(box)
      #expect(well.result.status != .code(2), "\(well.result.output)")
      try upstream.stop()
      let gone = try Self.doctor(box)
      #expect(gone.result.status == .code(2))
      #expect(gone.firstID == "upstream")
    }

    @Test func doctor_daemonDead_saysSoFirst() throws {
      let upstream = try Upstream(withCatalogue: true)
      let box = try Box(upstream: upstream.address)
      try box.start().pair(code: upstream.pairingCode())
      try box.stop()
      let dead = try Self.doctor(box)
      #expect(dead.result.status == .code(2))
      #expect(dead.firstID == "private-socket")
    }
  }
}
