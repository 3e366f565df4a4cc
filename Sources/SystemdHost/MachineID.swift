import CSystemd

/// The id of the installed system (/etc/machine-id).
package enum MachineID {
  /// 32 hex digits that only this machine and this program give, by HMAC, since the id itself is confidential
  /// (machine-id(5)); nil where the system has none yet.
  package static func read() -> String? {
    var id = sd_id128_t()
    guard unsafe sd_id128_get_machine_app_specific(application, &id) >= 0 else { return nil }
    return HexDigits.text(of: id)
  }

  /// Names this program; it never changes.
  private static let application = sd_id128_t(
    bytes: (
      0x6f, 0x3c, 0x52, 0x1e, 0x9b, 0x7d, 0x4a, 0x08, 0xa4, 0x61, 0xd5, 0x2b, 0xe9, 0x13, 0x7c, 0xf0
    ))
}
