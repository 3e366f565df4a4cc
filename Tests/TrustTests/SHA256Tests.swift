import Testing
import Trust

@Suite struct SHA256Tests {
  /// FIPS 180-4's examples.
  static let table: [(text: String, hash: String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ]

  @Test(arguments: table) func `hex, known text in every form of bytes, is the known hash`(
    _ row: (text: String, hash: String)
  ) {
    let bytes = Array(row.text.utf8)
    #expect(SHA256Digest.hex(of: bytes) == row.hash)
    #expect(SHA256Digest.hex(of: bytes[...]) == row.hash)
    #expect(SHA256Digest.hex(of: row.text.utf8) == row.hash)
    #expect(SHA256Digest.hex(of: bytes.span) == row.hash)
  }

  @Test func `first8, known text, is the hash's beginning with the first byte highest`() {
    let bytes = Array("abc".utf8)
    #expect(SHA256Digest.first8(of: bytes) == 0xba78_16bf_8f01_cfea)
    #expect(SHA256Digest.first8(of: bytes.span) == 0xba78_16bf_8f01_cfea)
  }

  @Test func `finishHex, the same bytes in pieces, is the hash of the whole`() {
    let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0) }
    for size in [1, 7, 64, 999, 1_000] {
      var stream = SHA256Stream()
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = Array(rest.prefix(size))
        if rest.count % 3 == 0 {
          stream.update(piece.span)
        } else if rest.count % 3 == 1 {
          unsafe piece.withUnsafeBytes { unsafe stream.update($0) }
        } else {
          stream.update(piece)
        }
        rest = rest.dropFirst(size)
      }
      #expect(stream.finishHex() == SHA256Digest.hex(of: bytes))
    }
  }

  @Test func `finishHex, before the end, leaves the stream as it was`() {
    var stream = SHA256Stream()
    stream.update(Array("a".utf8))
    _ = stream.finishHex()
    stream.update(Array("bc".utf8))
    #expect(stream.finishHex() == SHA256Digest.hex(of: "abc".utf8))
  }
}
