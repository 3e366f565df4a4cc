import Glibc
import SystemdHost
import Testing

/// What the hardware tells, from a made-up sysfs.
struct HardwareIdentityTests {
  private let directory = TemporaryDirectory()

  private func make(_ path: String, _ text: String) throws {
    var whole = directory.path
    for part in path.split(separator: "/").dropLast() {
      whole += "/\(part)"
      _ = unsafe mkdir(whole, 0o755)
    }
    try PrivateFile.replace(directory.file(path), with: Array(text.utf8))
  }

  @Test func facts_nothingReadable_areNone() { #expect(HardwareIdentity.facts(system: directory.path) == []) }

  @Test func facts_cardsOfAllKinds_areThePermanentBuiltInOnes() throws {
    for (name, kind) in [("eth0", "0"), ("wlan0", "0"), ("usb0", "0"), ("dummy0", "1")] {
      try make("class/net/\(name)/address", "02:00:00:00:00:\(name.utf8.count)\(name.utf8.first ?? 0)\n")
      try make("class/net/\(name)/addr_assign_type", "\(kind)\n")
      try make("class/net/\(name)/device/uevent", "")
    }
    try make("class/net/usb0/removable", "removable\n")
    try make("class/dmi/id/product_uuid", "abc\n")
    try make("class/dmi/id/product_serial", "\n")
    #expect(
      HardwareIdentity.facts(system: directory.path) == [
        "mac=02:00:00:00:00:4101", "mac=02:00:00:00:00:5119", "uuid=abc",
      ])
  }
}
