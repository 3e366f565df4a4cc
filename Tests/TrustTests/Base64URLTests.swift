import Testing
import Trust

@Suite struct Base64URLTests {
  /// RFC 4648 §10 without its padding, and bytes whose digits differ between base64 and base64url.
  static let table: [(bytes: [UInt8], text: String)] = [
    ([], ""), (Array("f".utf8), "Zg"), (Array("fo".utf8), "Zm8"), (Array("foo".utf8), "Zm9v"),
    (Array("foob".utf8), "Zm9vYg"), (Array("fooba".utf8), "Zm9vYmE"), (Array("foobar".utf8), "Zm9vYmFy"),
    ([0xfb, 0xff, 0xfe], "-__-"), ([0], "AA"), ([0xff], "_w"),
  ]

  @Test(arguments: table) func `encode and decode, known bytes, are each other's reverse`(
    _ row: (bytes: [UInt8], text: String)
  ) {
    #expect(Base64URL.encode(row.bytes) == row.text)
    #expect(Base64URL.decode(row.text) == row.bytes)
  }

  @Test func `decode, what was encoded at any length, gives the bytes`() {
    for count in 0...80 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count &* 11) }
      #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
    }
  }

  /// A text that only nearly is base64url would let two texts stand for one signed document.
  @Test(arguments: [
    "Zg==", "Zm8=", "=", "A", "Zm9vY", "Zh", "Zm9", "_x", "+//+", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v.", "Zm9vé", "Zg\0",
  ])
  func `decode, text that is not strictly base64url, refuses`(_ text: String) {
    #expect(Base64URL.decode(text) == nil)
  }
}
