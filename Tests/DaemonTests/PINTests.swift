import AgentCore
import Glibc
import LocalAPI
import Testing

extension DaemonTests {
  /// Promise 11: a profile with a PIN is not selected without it, and its tries are limited, through restarts too.
  struct PIN {
    @Test func select_wrongFiveTimes_isLockedThroughRestarts() throws {
      let upstream = try Upstream()
      try upstream.giveAnnaAPIN()
      let box = try Box(upstream: upstream.address)
      var launcher = try box.start()
      try launcher.pair(code: upstream.pairingCode())
      try launcher.wait(for: "the policy") { $0.policy?.version == 2 }
      #expect(try Self.select(launcher, "") == Agent1.ErrorName.wrongPIN, "it counts as no try")
      for pin in ["0000", "1111", "2222", "3333"] {
        #expect(try Self.select(launcher, pin) == Agent1.ErrorName.wrongPIN)
      }
      // Cutting the power gives no further tries.
      try box.kill()
      launcher = try box.start()
      #expect(try Self.select(launcher, "4444") == Agent1.ErrorName.wrongPIN)
      #expect(try Self.select(launcher, "2468") == Agent1.ErrorName.pinLocked)
      try box.kill()
      launcher = try box.start()
      #expect(try Self.select(launcher, "2468") == Agent1.ErrorName.pinLocked)
      try box.stop()
      launcher = try box.start()
      #expect(try Self.select(launcher, "2468") == Agent1.ErrorName.pinLocked)
      #expect(try launcher.status().activeProfile == "mia")
      let said = try box.control(["select", "anna", "--pin", "2468"])
      #expect(said.status == .code(1) && said.isOneLine && said.errors.contains(" s"), "\(said)")
      // The other profiles are as before.
      #expect(try launcher.errorName { try launcher.launcher("SelectProfile", [.string("leo"), .string("")]) } == nil)
    }

    @Test func select_rightPIN_isDone() throws {
      let upstream = try Upstream()
      try upstream.giveAnnaAPIN()
      let box = try Box(upstream: upstream.address)
      let launcher = try box.start()
      try launcher.pair(code: upstream.pairingCode())
      try launcher.wait(for: "the policy") { $0.policy?.version == 2 }
      for (pin, says) in [("0000", "the PIN is not right"), ("", "takes the profile's PIN")] {
        let said = try box.control(["select", "anna", "--pin", pin])
        #expect(said.status == .code(1) && said.isOneLine && said.errors.contains(says), "\(said)")
      }
      for pin in ["1111", "2222", "3333"] { _ = try Self.select(launcher, pin) }
      #expect(try Self.select(launcher, "2468") == nil)
      #expect(try launcher.status().activeProfile == "anna")
      for pin in ["0000", "1111", "2222", "3333"] {
        #expect(try Self.select(launcher, pin) == Agent1.ErrorName.wrongPIN, "the count began anew")
      }
      #expect(try Self.select(launcher, "2468") == nil)
    }

    private static func select(_ launcher: Launcher, _ pin: String) throws -> String? {
      try launcher.errorName { try launcher.launcher("SelectProfile", [.string("anna"), .string(pin)]) }
    }
  }
}

extension Upstream {
  /// The demo's policy, with the PIN 2468 for its adult.
  func giveAnnaAPIN() throws {
    let directory = TemporaryDirectory()
    let pin =
      #""pin": {"n": 1024, "r": 8, "p": 1, "salt": "YXhvbG90bHkgdGVzdCAxNg", "#
      + #""hash": "l8SZsc9acZQKcl3pWUeeUg3CVk_opzf04tMlU-Q6RQU"}, "kind": "adult""#
    let policy = Files.text(Repository.file("packaging/demo/policy.json"))
    let file = directory.write(policy.replacing("\"kind\": \"adult\"", with: pin), to: "policy.json")
    try command(["policy", "set", Upstream.family, file])
  }
}
