import CSystemd

/// Bytes as lower case hex digits.
enum HexDigits {
  static func text(of id: sd_id128_t) -> String {
    unsafe withUnsafeBytes(of: id) { unsafe text(of: Array($0)) }
  }

  static func text(of bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
