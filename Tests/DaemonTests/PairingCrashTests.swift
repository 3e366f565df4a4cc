import AgentCore
import LocalAPI
import SystemdHost
import Testing

extension DaemonTests {
  /// R6: every restart enrolled anew and left a ghost device.
  struct PairingCrash {
    /// Kills in an ordinary run; `AXOLOTLY_KILLS` asks for another number.
    private static let kills = Environment.value("AXOLOTLY_KILLS").flatMap { Int($0) } ?? 8
    /// `AXOLOTLY_KILL_SEED` repeats a run that failed.
    private static let seed = Environment.value("AXOLOTLY_KILL_SEED").flatMap { UInt64($0) } ?? Entropy.seed()
    /// Boxes of one family; an upstream's family holds no more than 32.
    private static let familySize = 16

    @Test func pairing_killedAtRandomPoints_leavesOneDeviceForTheKey() throws {
      let upstream = try Upstream()
      var random = SeededRandom(seed: Self.seed)
      let whole = try Self.timeToPair(upstream)
      for kill in 0..<Self.kills {
        let family = "f_kill\(kill / Self.familySize)"
        if kill % Self.familySize == 0 { try upstream.createFamily(family) }
        let delay = random.duration(upTo: whole)
        try Self.killOnce(upstream, family: family, after: delay, "kill \(kill), seed \(Self.seed), \(delay)")
      }
    }

    /// From exec to the first authenticated requests, undisturbed: the stretch that kills are spread over.
    private static func timeToPair(_ upstream: Upstream) throws -> Duration {
      let (box, code) = (try Box(upstream: upstream.address), try upstream.pairingCode())
      let begin = Moment.now
      let launcher = try box.start()
      try launcher.pair(code: code)
      try launcher.wait(for: "the first heads") { $0.policy != nil }
      return Moment.now - begin
    }

    private static func killOnce(
      _ upstream: Upstream, family: String, after delay: Duration, _ what: String
    ) throws {
      let box = try Box(upstream: upstream.address)
      let others = Set(try upstream.devices(family: family))
      let (first, second) = (try upstream.pairingCode(family: family), try upstream.pairingCode(family: family))
      try begin(box, code: first, until: .now + delay)
      try box.kill()
      let left = box.identity
      let known = Set(try upstream.devices(family: family)).subtracting(others)
      #expect(known.count <= 1, "\(what): \(known)")

      let launcher = try box.start()
      let wasPaired = try launcher.isPaired()
      if !wasPaired { try launcher.pair(code: second) }
      #expect(try launcher.isPaired(), "\(what)\n\(box.log)")
      try launcher.wait(for: "the first authenticated request") { $0.online }
      let devices = Set(try upstream.devices(family: family)).subtracting(others)
      #expect(devices.count == 1, "\(what): \(devices)\n\(box.log)")
      #expect(known.isSubset(of: devices), "\(what): the device was \(known), now \(devices)")
      #expect(try launcher.status().device == devices.first, "\(what)")
      #expect(box.identity?.identity?.device == devices.first, "\(what)")
      if let left { #expect(box.identity?.key == left.key, "\(what): the key has changed") }
      if wasPaired { #expect(left?.identity?.device == devices.first, "\(what)") }
    }

    /// Goes as far as it comes until the moment of the kill, which may cut it anywhere.
    private static func begin(_ box: Box, code: String, until deadline: Moment) throws {
      try box.spawn()
      guard box.isReady(until: deadline), let launcher = try? box.connect() else { return }
      _ = try? launcher.device("PairWithCode", [.string(code)], until: deadline)
      while try launcher.client.nextSignal(until: deadline) != nil {}
    }
  }
}
