import AgentCore
import Testing
import Trust

@Suite struct KeyTests {
  static let boxKey = (
    d: "e-CVM0u2YrTe591PxgOOyijAI_mG2M0wMZ5KObMt2Lc",
    json: #"{"crv":"P-256","kty":"EC","x":"tboAu_R8Gf1X1OS0QCfktTjV2y9tXYCn6PC3gnW3vlE","#
      + #""y":"UX3dNCZX5jQje9npJQfKP6fxuCyYEqW7q93QDTw5vKI"}"#,
    thumbprint: "jKwbSR4M1ao-EAs1VWq4sa87UbhYlX1K5p-2OF3tBDk"
  )

  @Test(.enabled(if: Vectors.areHere, Vectors.absence), arguments: Vectors.keys?.p256 ?? [])
  func `thumbprint, each box of the vectors, is its jkt`(_ box: Vectors.Keys.P256) throws {
    let key = try DeviceKey(rawRepresentation: try #require(Base64URL.decode(box.d)))
    #expect(key.thumbprint == box.jkt)
    #expect(key.publicKey.x == box.x)
    #expect(key.publicKey.y == box.y)
    #expect(Base64URL.encode(key.rawRepresentation) == box.d)
    #expect(try DeviceKeyJWK(json: key.publicJWK).thumbprint == box.jkt)
  }

  @Test(.enabled(if: Vectors.areHere, Vectors.absence), arguments: Vectors.keys?.ed25519 ?? [])
  func `jwk, each signing key of the vectors, is its public half`(_ vector: Vectors.Keys.Ed25519) throws {
    let key = try SigningKey(keyID: vector.kid, rawRepresentation: try #require(Base64URL.decode(vector.d)))
    #expect(key.jwk == TrustSet.PublicKey(kid: vector.kid, x: vector.x))
    #expect(Base64URL.encode(key.rawRepresentation) == vector.d)
  }

  @Test func `publicJWK and thumbprint, a known key, are the known ones`() throws {
    let key = try DeviceKey(rawRepresentation: try #require(Base64URL.decode(Self.boxKey.d)))
    #expect(key.publicJWK == Self.boxKey.json)
    #expect(key.thumbprint == Self.boxKey.thumbprint)
  }

  @Test func `generate, kept and read again, is the same key`() throws {
    let key = DeviceKey.generate()
    #expect(try DeviceKey(rawRepresentation: key.rawRepresentation).publicJWK == key.publicJWK)
    #expect(DeviceKey.generate().publicJWK != key.publicJWK)
    let signing = SigningKey.generate(keyID: "a")
    #expect(try SigningKey(keyID: "a", rawRepresentation: signing.rawRepresentation).jwk == signing.jwk)
  }

  @Test func `init, a key of unknown order or length of its members, is the same key`() throws {
    let text = Self.boxKey.json.replacing("{", with: #"{"use":"sig","d":"secret", "#)
    let key = try DeviceKeyJWK(json: text)
    #expect(key.text == Self.boxKey.json)
    #expect(key.thumbprint == Self.boxKey.thumbprint)
  }

  /// What stands in the text, and what in its place.
  static let broken: [(String, String)] = [
    ("{", "["), ("P-256", "P-384"), ("EC", "OKP"), (#""kty":"EC","#, ""), (#""x""#, #""z""#),
    ("tboAu_", "tboAu-"),  // no point of the curve
    ("W3vlE", "W3vlF"),  // bits left over
    ("tboAu_R8", ""),  // too short
    ("tboAu_R8", "AAAAtboAu_R8"),  // too long
    (#""UX3d"#, #"3,"z":"UX3d"#),
  ]

  @Test(arguments: broken) func `init, text that is no public key of P-256, throws invalid_key`(
    _ change: (String, String)
  ) {
    let error = #expect(throws: TrustError.self) {
      try DeviceKeyJWK(json: Self.boxKey.json.replacing(change.0, with: change.1))
    }
    #expect(error?.code == .invalidKey)
  }

  @Test(arguments: [0, 31, 33]) func `init, private bytes of a wrong length, throws invalid_key`(_ count: Int) {
    let bytes = [UInt8](repeating: 1, count: count)
    #expect(throws: TrustError.self) { try DeviceKey(rawRepresentation: bytes) }
    #expect(throws: TrustError.self) { try SigningKey(keyID: "a", rawRepresentation: bytes) }
    #expect(throws: TrustError.self) { try AccessTokenKey(rawRepresentation: bytes) }
  }
}
