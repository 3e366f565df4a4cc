/// Binary as text: base64url without padding (RFC 4648 §5), the form of `spec/wire.md` §0.
package enum Base64URL {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  private static let noDigit: UInt8 = 0xff

  /// The value of each byte as a digit, or `noDigit`.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: noDigit, count: 256)
    for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
    return values
  }()

  /// The text of some bytes; empty for none.
  package static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.underestimatedCount * 4 / 3 + 2)
    var (bits, count): (UInt32, UInt32) = (0, 0)
    for byte in bytes {
      (bits, count) = (bits << 8 | UInt32(byte), count + 8)
      while count >= 6 {
        count -= 6
        text.append(alphabet[Int(bits >> count & 0x3f)])
      }
      bits &= (1 << count) - 1
    }
    if count > 0 { text.append(alphabet[Int(bits << (6 - count) & 0x3f)]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of a text; nil for padding, any byte outside the alphabet, a length that no bytes have, or bits left
  /// over that are not zero, so that two texts never stand for the same bytes.
  package static func decode(_ text: some StringProtocol) -> [UInt8]? {
    decode(utf8: Array(text.utf8)[...])
  }

  /// As `decode`, of text that is at hand as its UTF-8.
  static func decode(utf8 text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.count % 4 != 1 else { return nil }
    let values = self.values
    var bytes: [UInt8] = []
    bytes.reserveCapacity(decodedCount(ofLength: text.count))
    var (bits, count): (UInt32, UInt32) = (0, 0)
    for byte in text {
      let value = values[Int(byte)]
      guard value != noDigit else { return nil }
      (bits, count) = (bits << 6 | UInt32(value), count + 6)
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(bits >> count))
        bits &= (1 << count) - 1
      }
    }
    return bits == 0 ? bytes : nil
  }

  /// How many bytes a text of so many digits stands for; it tells the size before anything is decoded.
  static func decodedCount(ofLength length: Int) -> Int { length / 4 * 3 + max(0, length % 4 - 1) }
}
