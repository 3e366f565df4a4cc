import AgentCore
import Testing

@testable import Trust

@Suite struct AssertionTests {
  /// `assertions.json`.
  struct File: Decodable, Sendable {
    var bases: [String]
    var cases: [Case]
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var subject: String
    var device_key: JSONValue
    var now: WallTime
    var used_jti: [String]
    var assertion: String
    var expect: String
    var testDescription: String { name }
  }

  static let file = Vectors.read(File.self, "assertions.json")

  @Test(.enabled(if: Vectors.areHere, Vectors.absence), arguments: file?.cases ?? [])
  func `verify, each assertion of the vectors, comes to the expected end`(_ row: Case) throws {
    let verifier = AssertionVerifier(bases: try #require(Self.file).bases)
    let result = verifier.verify(
      row.assertion, subject: row.subject, deviceKey: String(decoding: try row.device_key.text(), as: UTF8.self),
      now: row.now, isUsed: row.used_jti.contains)
    switch result {
    case .success: #expect(row.expect == "accept")
    case .failure: #expect(row.expect == "invalid_client")
    }
  }

  static let base = "https://eu.example.net"
  static let now = WallTime(seconds: 1_795_551_000)

  /// How far the upstream's clock is behind the box's, and whether the assertion still holds.
  static let clocks: [(behind: Int64, isAccepted: Bool)] = [
    (0, true), (60, true), (61, false), (-60, true), (-120, true), (-121, false),
  ]

  @Test(arguments: clocks) func `verify, an assertion of ours by another clock, holds within the skew`(
    _ row: (behind: Int64, isAccepted: Bool)
  ) throws {
    let key = DeviceKey.generate()
    let text = try key.assertion(subject: "d_1", endpoint: Self.base, at: Self.now)
    let result = verify(text, key, now: Self.now + -row.behind)
    #expect(((try? result.get()) != nil) == row.isAccepted)
    if row.isAccepted { #expect(try result.get().until == Self.now + 120) }
  }

  @Test func `assertion, made twice, has another jti of at least 22 characters`() throws {
    let key = DeviceKey.generate()
    let tokens = try (0..<2).map { _ in
      try verify(key.assertion(subject: "d_1", endpoint: Self.base, at: Self.now), key).get().jti
    }
    #expect(tokens[0] != tokens[1])
    #expect(tokens.allSatisfy { $0.count >= 22 })
  }

  @Test func `verify, an assertion that was used, is refused the second time`() throws {
    let key = DeviceKey.generate()
    let text = try key.assertion(subject: "d_1", endpoint: Self.base, at: Self.now)
    let jti = try verify(text, key).get().jti
    #expect(verify(text, key, isUsed: { $0 == jti }) == .failure(.usedToken))
  }

  @Test func `verify, another subject, base or key, is refused`() throws {
    let key = DeviceKey.generate()
    let other = try key.assertion(subject: "d_2", endpoint: Self.base, at: Self.now)
    #expect(verify(other, key) == .failure(.wrongSubject))
    let elsewhere = try key.assertion(subject: "d_1", endpoint: Self.base + "/", at: Self.now)
    #expect(verify(elsewhere, key) == .failure(.wrongAudience))
    let good = try key.assertion(subject: "d_1", endpoint: Self.base, at: Self.now)
    #expect(verify(good, DeviceKey.generate()) == .failure(.badSignature))
  }

  struct Claims: Encodable, Sendable {
    var iss = "d_1"
    var sub = "d_1"
    var aud = AssertionTests.base + "/v1/oauth/token"
    var iat = 1_795_551_000.0
    var exp = 1_795_551_060.0
    var jti = "0123456789012345678901"
  }

  /// Claims that a box with a good key may write; dates far off must neither pass nor overflow.
  static let claims: [(Claims, AssertionVerifier.InvalidClient?)] = [
    (Claims(), nil),
    (Claims(iat: 1_795_551_000.25, exp: 1_795_551_059.5), nil),
    (Claims(iat: 1e300, exp: 1e300), .outOfTime),
    (Claims(iat: -1e300, exp: 1_795_551_060), .outOfTime),
    (Claims(iat: 1_795_551_000, exp: 1e300), .outOfTime),
    (Claims(iat: 9.3e18, exp: 9.3e18), .outOfTime),
    (Claims(jti: "012345678901234567890"), .weakToken),
    (Claims(jti: String(repeating: "0", count: 257)), .weakToken),
    (Claims(aud: String(repeating: "a", count: 8 << 10)), .malformed),
  ]

  @Test(arguments: claims) func `verify, claims that a box signed, are judged one by one`(
    _ row: (claims: Claims, reason: AssertionVerifier.InvalidClient?)
  ) throws {
    let key = DeviceKey.generate()
    let result = verify(try key.sign(row.claims), key)
    switch result {
    case .success: #expect(row.reason == nil)
    case .failure(let reason): #expect(reason == row.reason)
    }
  }

  private func verify(
    _ text: String, _ key: DeviceKey, now: WallTime = now, isUsed: (String) -> Bool = { _ in false }
  ) -> Result<AssertionVerifier.Accepted, AssertionVerifier.InvalidClient> {
    AssertionVerifier(bases: [Self.base])
      .verify(text, subject: "d_1", deviceKey: key.publicJWK, now: now, isUsed: isUsed)
  }
}
