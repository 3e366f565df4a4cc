import AgentCore
import Testing

@testable import Trust

@Suite struct PolicyEnvelopeReaderTests {
  /// `envelopes.json`.
  struct File: Decodable, Sendable {
    var family: String
    var trust: TrustSet
    var cases: [Case]
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var highest: Int
    var highest_sha256: String?
    var now: WallTime
    var envelope: String?
    var envelope_pieces: [Piece]?
    var expect: String
    var path: String?

    var text: String {
      envelope ?? (envelope_pieces ?? []).map { String(repeating: $0.text, count: $0.times) }.joined()
    }
    var testDescription: String { name }
  }

  struct Piece: Decodable, Sendable {
    var text: String
    var times: Int
    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      (text, times) = (try container.decode(String.self), try container.decode(Int.self))
    }
  }

  static let file = Vectors.read(File.self, "envelopes.json")

  @Test(.enabled(if: Vectors.areHere, Vectors.absence), arguments: file?.cases ?? [])
  func `open and acceptance, each envelope of the vectors, come to the expected end`(_ row: Case) throws {
    let file = try #require(Self.file)
    let opened = PolicyEnvelopeReader.open(row.text, trust: file.trust, family: file.family, zone: Fixtures.zone)
    let refusal: PolicyRefusal?
    switch opened {
    case .refused(let reason): refusal = reason
    case .opened(let envelope):
      #expect(envelope.text == row.text)
      refusal = PolicyAcceptance.refusal(
        of: envelope, highest: .init(version: row.highest, payloadSHA256: row.highest_sha256), now: row.now)
    }
    #expect((refusal?.reason.rawValue ?? "accept") == row.expect)
    #expect(refusal?.path == row.path)
  }

  @Test func `open, a policy that we signed, gives its parts`() throws {
    let hash = String(repeating: "0a", count: 32)
    let payload = Array(Fixtures.policy((#""prev":null"#, #""prev":"\#(hash)""#)).utf8)
    let text = try Fixtures.secondPolicyKey().signCompact(payload: payload, typ: .policy)
    guard case .opened(let envelope) = Fixtures.open(text, trust: try Fixtures.trust()) else {
      Issue.record("refused")
      return
    }
    #expect(envelope.text == text)
    #expect(envelope.payloadSHA256 == SHA256Digest.hex(of: payload))
    #expect(envelope.previousSHA256 == hash)
    #expect(envelope.policy.version == 7)
    #expect(envelope.zone == .utc)
  }

  /// What stands in the policy, what in its place, and the refusal that follows.
  static let payloads: [(change: (String, String), refusal: PolicyRefusal?)] = [
    (("", ""), nil),
    (("}]}", "}]} "), nil),
    (("}]}", "}]}x"), PolicyRefusal(reason: .malformed)),
    (("{\"schema", "\u{feff}{\"schema"), PolicyRefusal(reason: .malformed)),
    (("}]}", "}]"), PolicyRefusal(reason: .malformed)),
    ((#""aud":"f_one""#, #""aud":["f_one"]"#), PolicyRefusal(reason: .wrongFamily, version: 7)),
    ((#""family":"f_one","#, ""), PolicyRefusal(reason: .wrongFamily, version: 7)),
    ((#""schema":1,"#, #""schema":1.0,"#), nil),
    ((#""schema":1,"#, #""schema":0,"#), PolicyRefusal(reason: .unsupportedSchema, version: 7)),
    (
      (#""schema":1,"#, #""schema":99999999999999999999,"#),
      PolicyRefusal(reason: .unsupportedSchema, version: 7)
    ),
    ((#""schema":1,"#, #""schema":1.5,"#), PolicyRefusal(reason: .invalid, path: "/schema", version: 7)),
    ((#""schema":1,"#, #""schema":null,"#), PolicyRefusal(reason: .invalid, path: "/schema", version: 7)),
    ((#""schema":1,"#, #""schema":true,"#), PolicyRefusal(reason: .invalid, path: "/schema", version: 7)),
    ((#""prev":null,"#, ""), PolicyRefusal(reason: .invalid, path: "/prev", version: 7)),
    ((#""prev":null"#, #""prev":7"#), PolicyRefusal(reason: .invalid, path: "/prev", version: 7)),
    ((#""prev":null"#, #""prev":"ab""#), PolicyRefusal(reason: .invalid, path: "/prev", version: 7)),
    ((#""version":7"#, #""version":"7""#), PolicyRefusal(reason: .invalid, path: "/version")),
    ((#""region":"US""#, #""region":null"#), PolicyRefusal(reason: .invalid, path: "/region", version: 7)),
    ((#""kind":"child","#, ""), PolicyRefusal(reason: .invalid, path: "/profiles/0/kind", version: 7)),
    (
      (#""youtube":30"#, #""a/b~c":"x""#),
      PolicyRefusal(reason: .invalid, path: "/profiles/0/apps/limits/a~1b~0c", version: 7)
    ),
    ((#""youtube":30"#, #""07":"x""#), PolicyRefusal(reason: .invalid, path: "/profiles/0/apps/limits/07", version: 7)),
    (("America/New_York", "Mars/Olympus"), PolicyRefusal(reason: .invalid, path: "/time_zone", version: 7)),
    ((#"America/New_York""#, #"Mars/Olympus","time_zone_rule":"EST5""#), nil),
  ]

  @Test(arguments: payloads) func `open, a payload that we changed and signed, is judged by the member`(
    _ row: (change: (String, String), refusal: PolicyRefusal?)
  ) throws {
    let payload = row.change.0.isEmpty ? Fixtures.policy() : Fixtures.policy(row.change)
    let text = try Fixtures.policyKey().signCompact(payload: Array(payload.utf8), typ: .policy)
    expect(Fixtures.open(text, trust: try Fixtures.trust()), row.refusal)
  }

  /// The decoder beneath takes UTF-16 by itself; a signature over other bytes than we mean must not pass.
  @Test func `open, a payload in UTF-16, is malformed`() throws {
    let payload = Fixtures.policy().utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    let text = try Fixtures.policyKey().signCompact(payload: payload, typ: .policy)
    expect(Fixtures.open(text, trust: try Fixtures.trust()), PolicyRefusal(reason: .malformed))
  }

  /// Headers that our own key signed well, and the reason that follows.
  static let headers: [(header: String, reason: PolicyRefusal.Reason?)] = [
    (#"{"alg":"EdDSA","kid":"policy-a","typ":"axolotly-policy+jws"}"#, nil),
    (#"{"jku":"https://evil.example","alg":"EdDSA","kid":"policy-a","typ":"axolotly-policy+jws"}"#, nil),
    (#"{"alg":"EdDSA","typ":"axolotly-policy+jws"}"#, .unknownKey),
    (#"{"alg":"EdDSA","kid":"catalogue-a","typ":"axolotly-policy+jws"}"#, .unknownKey),
    (#"{"alg":"EdDSA","kid":"policy-b","typ":"axolotly-policy+jws"}"#, .badSignature),
    (#"{"alg":"EdDSA","kid":7,"typ":"axolotly-policy+jws"}"#, .malformed),
    (#"{"alg":"EdDSA","kid":"policy-a","typ":"JWT"}"#, .malformed),
    (#"{"alg":"EdDSA","kid":"policy-a"}"#, .malformed),
    (#"{"alg":"Ed25519","kid":"policy-a","typ":"axolotly-policy+jws"}"#, .malformed),
    (#"{"alg":"EdDSA","kid":"policy-a","typ":"axolotly-policy+jws","crit":null}"#, .malformed),
    (#"["EdDSA"]"#, .malformed),
    ("", .malformed),
  ]

  @Test(arguments: headers) func `open, a header that was signed, is judged in the order of the checks`(
    _ row: (header: String, reason: PolicyRefusal.Reason?)
  ) throws {
    let header = Base64URL.encode(row.header.utf8)
    let payload = Base64URL.encode(Fixtures.policy().utf8)
    let signature = try Fixtures.policyKey().signature(of: header, payload)
    let opened = Fixtures.open("\(header).\(payload).\(signature)", trust: try Fixtures.trust())
    expect(opened, row.reason.map { PolicyRefusal(reason: $0) })
  }

  @Test func `open, a signature that is cut off, is a bad signature`() throws {
    let text = try Fixtures.policyKey().signCompact(payload: Array(Fixtures.policy().utf8), typ: .policy)
    let start = try #require(text.lastIndex(of: "."))
    let signature = try #require(Base64URL.decode(text[text.index(after: start)...]))
    let cut = text[...start] + Base64URL.encode(signature.dropLast())
    expect(Fixtures.open(String(cut), trust: try Fixtures.trust()), PolicyRefusal(reason: .badSignature))
  }

  @Test func `open, sizes around the limits, are too large beyond them alone`() throws {
    let trust = try Fixtures.trust()
    let segment = String(repeating: "A", count: Limits.policyPayloadBytes / 3 * 4 + 2)
    expect(Fixtures.open("e30." + segment + ".", trust: trust), PolicyRefusal(reason: .malformed))
    expect(Fixtures.open("e30." + segment + "A.", trust: trust), PolicyRefusal(reason: .tooLarge))
    let text = String(repeating: "A", count: Limits.envelopeBytes)
    expect(Fixtures.open(text, trust: trust), PolicyRefusal(reason: .malformed))
    expect(Fixtures.open(text + "A", trust: trust), PolicyRefusal(reason: .tooLarge))
  }

  private func expect(
    _ opened: OpenedEnvelope, _ refusal: PolicyRefusal?, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    switch opened {
    case .opened: #expect(refusal == nil, sourceLocation: sourceLocation)
    case .refused(let reason): #expect(reason == refusal, sourceLocation: sourceLocation)
    }
  }
}
