import CSystemd
import Glibc

/// Users and groups of the system, as far as access to the bus depends on them.
package enum Groups {
  private static let bufferBytes = 16 << 10

  /// The user that this process runs as.
  package static var ownUser: UInt32 { geteuid() }

  /// The number of a group; nil where the system has none of that name. It is looked up each time: groups may be added.
  package static func identifier(_ name: String) -> UInt32? {
    var entry = unsafe group()
    var buffer = [CChar](repeating: 0, count: bufferBytes)
    var found: UnsafeMutablePointer<group>?
    let result = unsafe buffer.withUnsafeMutableBufferPointer {
      unsafe getgrnam_r(name, &entry, $0.baseAddress, $0.count, &found)
    }
    guard result == 0, unsafe found != nil else { return nil }
    return unsafe entry.gr_gid
  }
}
