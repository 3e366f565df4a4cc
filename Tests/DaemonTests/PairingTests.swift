import AgentCore
import LocalAPI
import Testing

extension DaemonTests {
  /// A code that a parent made, handed in on the command line.
  struct PairingByCode {
    @Test func pair_codeOfAParent_pairsOneBoxAndNoOther() throws {
      let upstream = try Upstream()
      let (first, second) = (try Box(upstream: upstream.address), try Box(upstream: upstream.address))
      let launcher = try first.start()
      _ = try second.start()
      let code = try upstream.pairingCode()

      let made = try first.control(["pair", "--code", code.lowercased()])
      try made.expect(.code(0), "the box to be paired", log: first.log)
      let devices = try upstream.devices()
      #expect(devices.count == 1)
      #expect(made.output.contains(devices.first ?? "no device"))
      #expect(made.output.contains(Upstream.family))
      #expect(try launcher.status().device == devices.first)

      let table: [(box: Box, code: String, status: Int32, says: String)] = [
        (second, code, 1, "this code was used for another box; a parent makes a new one"),
        (second, "BBBB-BBBB", 1, "the upstream does not know this code; check it with the parent"),
        (second, "no-code", 64, "is no pairing code"),
        (first, code, 1, "this box belongs to a family already"),
      ]
      for row in table {
        let refused = try row.box.control(["pair", "--code", row.code])
        #expect(refused.status == .code(row.status), "\(row.code): \(refused)")
        #expect(refused.isOneLine && refused.errors.contains(row.says), "\(row.code): \(refused.errors)")
        #expect(refused.output.isEmpty)
      }
      #expect(try upstream.devices() == devices)
      #expect(try second.control(["pair", "--code", upstream.pairingCode()]).status == .code(0))
      #expect(try upstream.devices().count == 2)
    }
  }
}
