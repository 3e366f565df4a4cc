/// Lower-case hex, the form of every hash in `spec/wire.md` §0.
enum Hex {
  private static let digits = Array("0123456789abcdef".utf8)

  static func text(of bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 0x0f)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Whether a text is exactly so many digits of lower-case hex.
  static func isText(_ text: String, ofLength length: Int) -> Bool {
    text.utf8.count == length && text.utf8.allSatisfy { digits.contains($0) }
  }
}
