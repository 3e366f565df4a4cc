import Crypto

/// SHA-256 of bytes that come piece by piece, for a blob that is checked while it streams (`spec/wire.md` §4).
package struct SHA256Stream: Sendable {
  private var hash = SHA256()

  package init() {}

  /// Takes the next piece; the pointer is not kept.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) { unsafe hash.update(bufferPointer: bytes) }

  /// Takes the next piece.
  package mutating func update(_ bytes: [UInt8]) { hash.update(data: bytes) }

  /// Takes the next piece.
  package mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
  }

  /// The hash of all pieces so far as 64 digits of lower-case hex; the stream may go on afterwards.
  package func finishHex() -> String { Hex.text(of: hash.finalize()) }
}
