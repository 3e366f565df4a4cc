/// Bytes that nobody can guess, from the kernel's generator (getrandom(2)).
package enum SecureRandom {
  /// So many random bytes.
  package static func bytes(count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 7)
    while bytes.count < count {
      var word: UInt64 = generator.next()
      for _ in 0..<8 {
        bytes.append(UInt8(truncatingIfNeeded: word))
        word >>= 8
      }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// A name that cannot be guessed: base64url of 16 random bytes, 22 characters, such as a `jti` (`spec/wire.md` §1).
  package static func token() -> String { Base64URL.encode(bytes(count: 16)) }
}
