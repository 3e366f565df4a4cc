import LocalAPI
import SystemdHost
import Testing

/// The table of design, The local bus, for every method there is.
struct BusAccessTests {
  private static let pairing = ["Pair", "PairWithCode", "CancelPairing"]

  @Test func allows_everyMethod_asTheTableSays() {
    for isPaired in [false, true] {
      for interface in [Agent1.launcher, Agent1.device] {
        for member in interface.methods.map(\.name) + ["Get"] {
          func allows(_ standing: BusAccess.Standing) -> Bool {
            BusAccess.allows(standing, interface: interface.name, member: member, isPaired: isPaired)
          }
          let isOpened = member == "Unpair" || (!isPaired && Self.pairing.contains(member))
          #expect(allows(.administrator))
          #expect(allows(.launcher) == (interface.name == Agent1.launcher.name || isOpened), "\(member) \(isPaired)")
          #expect(!allows(.stranger))
        }
      }
    }
  }

  @Test(arguments: [
    ("unix:path=/run/dbus/system_bus_socket", ["/run/dbus/system_bus_socket"]),
    ("unix:path=/a,guid=1;unix:guid=2,path=/b%20c%25", ["/a", "/b c%"]),
  ])
  func busAddress_ofSockets_namesThem(row: (text: String, paths: [String])) {
    #expect(BusAddress(row.text)?.paths == row.paths)
  }

  @Test(arguments: [
    "", "/run/bus", "unix:", "unix:path=", "unix:path=bus", "unix:abstract=/a", "tcp:host=localhost", "unix:path=/%2",
    "unix:path=/%00", "unix:path=/%zz", "unix:path=/a;tcp:host=b", "unix:path=/" + String(repeating: "x", count: 2_000),
  ])
  func busAddress_ofAnythingElse_isNone(text: String) {
    #expect(BusAddress(text) == nil)
  }
}
