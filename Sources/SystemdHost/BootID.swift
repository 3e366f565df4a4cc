import CSystemd

/// The kernel's id of this boot: moments of two processes can be compared where their ids are equal.
package struct BootID: Sendable, Equatable {
  /// 32 hex digits, lower case.
  package let text: String
  /// False where the kernel's id cannot be read (a sandbox without /proc/sys); the text is then random, so that
  /// nothing of an earlier process is taken for this boot's.
  package let isKnown: Bool

  package static func read() -> BootID {
    var id = sd_id128_t()
    if unsafe sd_id128_get_boot(&id) >= 0 { return BootID(text: HexDigits.text(of: id), isKnown: true) }
    return BootID(text: HexDigits.text(of: Entropy.bytes(16)), isKnown: false)
  }
}
