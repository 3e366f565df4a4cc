internal import AgentCore
import CSystemd

/// Who calls, as the kernel knew it when the connection was made (SO_PEERCRED, SO_PEERGROUPS).
package struct BusCaller: Sendable, Equatable {
  package var uid: UInt32
  package var gid: UInt32
  /// The supplementary groups, without `gid`'s guarantee of being among them.
  package var groups: [UInt32]
  package var pid: Int32

  package init(uid: UInt32, gid: UInt32, groups: [UInt32], pid: Int32) {
    (self.uid, self.gid, self.groups, self.pid) = (uid, gid, groups, pid)
  }

  package var isRoot: Bool { uid == 0 }

  /// Whether `group` is the caller's own or a supplementary one.
  package func belongs(toGroup group: UInt32) -> Bool { gid == group || groups.contains(group) }

  /// Reads the credentials of a connected socket; a kernel that cannot tell the groups gives none.
  package static func peer(of socket: Int32) throws -> BusCaller {
    var peer = axolotly_peer()
    let result = unsafe axolotly_peer_credentials(socket, &peer)
    guard result >= 0 else { throw HostError.failed("getsockopt", result, "the caller's credentials cannot be read") }
    return BusCaller(uid: peer.uid, gid: peer.gid, groups: peerGroups(of: socket), pid: peer.pid)
  }

  private static func peerGroups(of socket: Int32) -> [UInt32] {
    var groups = [UInt32](repeating: 0, count: Limits.busCallerGroups)
    let capacity = groups.count
    let count = unsafe groups.withUnsafeMutableBufferPointer { buffer in
      unsafe axolotly_peer_groups(socket, buffer.baseAddress, capacity)
    }
    return count > 0 ? Array(groups.prefix(Int(count))) : []
  }
}
