/// A hash by FNV-1a over 64 bits, to tell whether something changed; it proves nothing against malice.
struct ChangeDigest: Sendable {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ text: String) {
    for byte in text.utf8 { mix(byte) }
    mix(0xff)
  }

  mutating func add(_ number: Int64) { add(String(number)) }

  private mutating func mix(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
}
