import AgentCore
import LocalAPI
import SystemdHost
import Testing

extension DaemonTests {
  /// R14, its second half: a box that was taken out of its family holds nothing of it any more.
  struct Revocation {
    /// A title of the sample catalogue that the demo's policy allows by name.
    private static let title = "tmdb:movie:10378"

    @Test func revoke_pairedBox_erasesEverythingPrivate() throws {
      let upstream = try Upstream(withCatalogue: true)
      let box = try Box(upstream: upstream.address)
      let launcher = try box.start()
      let device = try Self.fill(box, launcher, upstream)
      let key = box.identity?.key

      try upstream.command(["device", "revoke", Upstream.family, device])
      _ = try launcher.signal("PairingStateChanged") { $0.first?.text == "unpaired" }
      #expect(try !launcher.isPaired())
      try Self.expectErased(box, launcher, device)
      #expect(box.identity?.key != key)

      let again = try launcher.pair(code: upstream.pairingCode())
      #expect(again != device)
      try launcher.wait(for: "the policy and the catalogue again") { $0.policy != nil && $0.isReplicaWhole }
    }

    @Test func revoke_killedWhileErasing_isErasedInTheEnd() throws {
      let upstream = try Upstream(withCatalogue: true)
      let box = try Box(upstream: upstream.address)
      var launcher = try box.start()
      let device = try Self.fill(box, launcher, upstream)
      try upstream.command(["device", "revoke", Upstream.family, device])
      _ = try launcher.signal("PairingStateChanged") { $0.first?.text == "unpaired" }
      try box.kill()

      launcher = try box.start()
      try launcher.wait(for: "the box to be unpaired") { !$0.paired }
      try Self.expectErased(box, launcher, device)
    }

    @Test func start_markOfAnErasureLeft_finishesItWithoutItsUpstream() throws {
      let upstream = try Upstream(withCatalogue: true)
      let box = try Box(upstream: upstream.address)
      var launcher = try box.start()
      let device = try Self.fill(box, launcher, upstream)
      try box.stop()
      try upstream.stop()
      box.directory.write("", to: "state/erase")

      launcher = try box.start()
      #expect(try !launcher.isPaired())
      try Self.expectErased(box, launcher, device)
    }

    /// A box whose identity was lost handed the old family's sessions to the next family that it was paired with.
    @Test func start_identityLost_erasesWhatItLeftBehind() throws {
      let upstream = try Upstream(withCatalogue: true)
      let box = try Box(upstream: upstream.address)
      var launcher = try box.start()
      let device = try Self.fill(box, launcher, upstream)
      try box.stop()
      box.directory.write("{ no identity", to: "state/identity.json")

      launcher = try box.start()
      #expect(try !launcher.isPaired())
      try Self.expectErased(box, launcher, device)
      _ = try launcher.pair(code: upstream.pairingCode())
      try launcher.wait(for: "the policy and the catalogue again") { $0.policy != nil && $0.isReplicaWhole }
    }

    /// Pairs the box and gives it all that a family's box has, a database that was damaged once too; returns its id.
    private static func fill(_ box: Box, _ launcher: Launcher, _ upstream: Upstream) throws -> String {
      let device = try launcher.pair(code: upstream.pairingCode())
      try launcher.wait(for: "the catalogue", status: \.isReplicaWhole)
      _ = try launcher.endSession(launcher.beginSession(title))
      #expect(box.databaseFiles.filter { Files.holds($0, title) }.count >= 2, "both databases hold the title before")
      for name in ["journal.db", "replica.db", "identity.json"] {
        box.directory.write("\(device) \(Upstream.family) \(title)", to: "state/\(name).damaged")
      }
      return device
    }

    /// No file of the state holds the device's id, the family's or the title; the mark of the erasure goes last.
    private static func expectErased(_ box: Box, _ launcher: Launcher, _ device: String) throws {
      try launcher.wait(for: "the erasure's end") { try !names(box).contains("erase") && traces(box, device).isEmpty }
      #expect(try Set(["identity.json", "journal.db", "replica.db"]).isSubset(of: names(box)))
      let left = box.identity
      #expect(left != nil && left?.identity == nil)
      let status = try launcher.status()
      #expect(!status.paired && status.policy == nil && status.shelves.isEmpty && status.outbox.depth == 0)
    }

    private static func names(_ box: Box) throws -> [String] { try DirectoryListing.names(box.state) }

    /// What of the family is left in which file.
    private static func traces(_ box: Box, _ device: String) throws -> [String] {
      try names(box).flatMap { name in
        [device, Upstream.family, title].filter { Files.holds("\(box.state)/\(name)", $0) }.map { "\(name): \($0)" }
      }
    }
  }
}
