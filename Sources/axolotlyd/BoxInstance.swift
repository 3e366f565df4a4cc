import SystemdHost
import Trust

/// What tells this box from another with a copy of its state (`spec/wire.md` §1, Instance).
enum BoxInstance {
  /// 32 hex digits over the device id or key, machine-id and what the hardware tells of itself; where that is nothing, the boot id.
  static func hash(subject: String) -> String {
    let hardware = HardwareIdentity.facts(system: "/sys")
    let parts = [subject, MachineID.read() ?? ""] + (hardware.isEmpty ? [BootID.read().text] : hardware)
    return String(SHA256Digest.hex(of: Array(parts.joined(separator: "\n").utf8)).prefix(32))
  }
}
