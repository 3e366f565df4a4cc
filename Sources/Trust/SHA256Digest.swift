import Crypto

/// SHA-256 (FIPS 180-4) of bytes that are at hand whole.
package enum SHA256Digest {
  /// The hash as 64 digits of lower-case hex.
  package static func hex(of bytes: some Collection<UInt8>) -> String { Hex.text(of: digest(of: bytes)) }

  /// The hash as 64 digits of lower-case hex.
  package static func hex(of bytes: Span<UInt8>) -> String { Hex.text(of: digest(of: bytes)) }

  /// The hash's first 8 bytes as a number, the first byte highest: what a shelf's `xor64` is made of
  /// (`spec/wire.md` §4).
  package static func first8(of bytes: some Collection<UInt8>) -> UInt64 { first8(digest(of: bytes)) }

  /// The hash's first 8 bytes as a number, the first byte highest.
  package static func first8(of bytes: Span<UInt8>) -> UInt64 { first8(digest(of: bytes)) }

  static func digest(of bytes: some Collection<UInt8>) -> SHA256.Digest {
    SHA256.hash(data: (bytes as? [UInt8]) ?? Array(bytes))
  }

  private static func digest(of bytes: Span<UInt8>) -> SHA256.Digest {
    var hash = SHA256()
    unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
    return hash.finalize()
  }

  private static func first8(_ digest: SHA256.Digest) -> UInt64 {
    digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
