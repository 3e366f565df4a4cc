import AgentCore
import Testing
import Trust

@Suite struct AccessTokenKeyTests {
  static let claims = AccessTokenClaims(
    device: "d_1", family: "f_1", issuedAt: WallTime(seconds: 1_000), expiresAt: WallTime(seconds: 4_600),
    thumbprint: "jKwbSR4M1ao-EAs1VWq4sa87UbhYlX1K5p-2OF3tBDk")

  @Test func `verify, a token that the key issued, gives its claims until it expires`() throws {
    let key = AccessTokenKey.generate()
    let token = try key.issue(Self.claims)
    let same = try AccessTokenKey(rawRepresentation: key.rawRepresentation)
    #expect(same.verify(token, now: WallTime(seconds: 4_599)) == .success(Self.claims))
    #expect(same.verify(token, now: WallTime(seconds: 4_600)) == .failure(.expired))
  }

  @Test func `verify, another key's token, is refused`() throws {
    let token = try AccessTokenKey.generate().issue(Self.claims)
    #expect(AccessTokenKey.generate().verify(token, now: WallTime(seconds: 1_000)) == .failure(.badSignature))
  }

  @Test func `verify, a token with any character changed, is refused`() throws {
    let key = try AccessTokenKey(rawRepresentation: [UInt8](repeating: 7, count: 32))
    let token = Array(try key.issue(Self.claims).utf8)
    for index in token.indices {
      var changed = token
      changed[index] = token[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      let result = key.verify(String(decoding: changed, as: UTF8.self), now: WallTime(seconds: 1_000))
      #expect((try? result.get()) == nil)
    }
  }

  @Test(arguments: ["", ".", "..", "e30.e30.", "e30.e30.e30", "x", String(repeating: "e", count: 10_000)])
  func `verify, text that is no token, is malformed`(_ text: String) {
    #expect(AccessTokenKey.generate().verify(text, now: WallTime(seconds: 0)) == .failure(.malformed))
  }

  /// An assertion is signed by a key that the box chose: it must never pass as a token.
  @Test func `verify, another document's signature, is malformed`() throws {
    let assertion = try DeviceKey.generate().assertion(subject: "d_1", endpoint: "https://a", at: WallTime(seconds: 0))
    #expect(AccessTokenKey.generate().verify(assertion, now: WallTime(seconds: 0)) == .failure(.malformed))
  }
}
