import Testing
import Trust

@Suite struct SecretTests {
  @Test(arguments: 0...40) func `bytes, any count, gives so many`(_ count: Int) {
    #expect(SecureRandom.bytes(count: count).count == count)
  }

  @Test func `token, made twice, differs and has 22 characters`() {
    let tokens = [SecureRandom.token(), SecureRandom.token()]
    #expect(tokens[0] != tokens[1])
    #expect(tokens.allSatisfy { $0.count == 22 })
  }

  static let pairs: [(String, String, Bool)] = [
    ("WDJBMJHT", "WDJBMJHT", true), ("WDJBMJHT", "WDJBMJHX", false), ("WDJBMJHT", "XDJBMJHT", false),
    ("WDJBMJHT", "WDJBMJH", false), ("", "", true), ("", "W", false),
    ("é", "e\u{301}", false),  // equal to a reader, but not the same bytes
  ]

  @Test(arguments: pairs) func `areEqual, two codes, is true for the same bytes`(
    _ row: (a: String, b: String, areEqual: Bool)
  ) {
    #expect(SecretComparison.areEqual(row.a, row.b) == row.areEqual)
  }
}
