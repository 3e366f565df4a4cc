import Glibc

/// What the hardware tells of itself, to tell a box from a copy of its disk (wire, Instance).
package enum HardwareIdentity {
  /// Facts such as `uuid=…`, `serial=…` and `mac=…`, sorted; none where nothing can be read (a container, or a
  /// user who may not). Serial number and UUID are for root alone on many systems; network cards that can be
  /// unplugged are left out.
  /// - Parameter system: where sysfs is mounted, `/sys`.
  package static func facts(system: String) -> [String] {
    let files = [
      ("serial", "class/dmi/id/product_serial"), ("uuid", "class/dmi/id/product_uuid"),
      ("serial", "firmware/devicetree/base/serial-number"),
    ]
    let named = files.compactMap { name, path in text("\(system)/\(path)").map { "\(name)=\($0)" } }
    return (named + addresses("\(system)/class/net").map { "mac=\($0)" }).sorted()
  }

  private static func addresses(_ network: String) -> [String] {
    names(in: network).compactMap { name in
      let card = "\(network)/\(name)"
      // 0 is NET_ADDR_PERM (linux/netdevice.h); what has no device behind it is virtual.
      guard text("\(card)/addr_assign_type") == "0", unsafe access("\(card)/device", F_OK) == 0,
        text("\(card)/device/../removable") != "removable"
      else { return nil }
      return text("\(card)/address")
    }
  }

  private static func text(_ path: String) -> String? {
    guard let bytes = try? ReadFile.bytes(path, limit: 256) else { return nil }
    let text = String(decoding: bytes.prefix { $0 >= 0x20 }, as: UTF8.self)
    return text.isEmpty ? nil : text
  }

  private static func names(in path: String) -> [String] {
    guard let directory = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) {
        unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }
}
