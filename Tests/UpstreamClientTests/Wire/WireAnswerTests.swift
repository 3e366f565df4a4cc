import AgentCore
import Testing

@testable import UpstreamClient

/// What each status, type and body means for each kind of request.
struct WireAnswerTests {
  /// Openers that tell what they were handed: the envelope's text as a refusal's path, the trust by its bytes.
  static let openers = WireOpeners(
    openEnvelope: { .refused(PolicyRefusal(reason: .malformed, path: $0)) },
    openTrust: {
      String(decoding: $0, as: UTF8.self) == #"{"payload":"p","signatures":[{"protected":"h/"}]}"# ? .known : .refused
    },
    openManifest: { text, shelf in
      guard text == "manifest of \(shelf)" else { return .refused }
      return .opened(
        ShelfManifest(
          shelf: shelf, version: 1, issuedAt: WallTime(seconds: 0), oldest: 1, snapshot: .init(version: 1, parts: []),
          deltas: [], check: .init(titles: 0, xor64: "0")))
    })

  static let date = "Tue, 24 Nov 2026 20:10:00 GMT"

  static func read(
    _ request: UpstreamRequest, _ status: Int = 200, _ type: String? = "application/json", _ body: String = "",
    headers: [String: String] = [:], isStored: Bool = false, isAuthentic: Bool = true
  ) -> Result<UpstreamAnswer, TransportFailure> {
    var all = headers
    all["date"] = date
    all["content-type"] = type
    let response = HTTPResponse(
      status: status, headers: all, body: Array(body.utf8), isStored: isStored, isAuthentic: isAuthentic)
    return WireAnswer.read(response, for: request, openers: openers)
  }

  static func content(_ result: Result<UpstreamAnswer, TransportFailure>) -> UpstreamAnswer.Content? {
    try? result.get().content
  }

  static func failure(_ result: Result<UpstreamAnswer, TransportFailure>) -> TransportFailure? {
    if case .failure(let failure) = result { failure } else { nil }
  }

  static let usage = UpstreamRequest.usage(epoch: 1, from: 1, maxEvents: 1, maxBytes: 1)
  static let heads = UpstreamRequest.heads(after: nil, waitSeconds: 0)
  static let state = UpstreamRequest.state(WireRequestTests.report)
  static let manifest = UpstreamRequest.manifest(WireRequestTests.netflix)
  static let blob = UpstreamRequest.blob(sha256: "ab", bytes: 1)

  static let kinds: [UpstreamRequest] = [
    .deviceAuthorization, .deviceToken(deviceCode: "d"), .claim(code: "c"), .token(device: "d"), heads, .policy, usage,
    state, .unpair, manifest, blob,
  ]

  // MARK: Successes

  static let key = #"{"kty":"OKP","crv":"Ed25519","kid":"k","x":"X"}"#
  static let trust = #"{"version":1,"policy":[\#(key)],"catalogue":[],"root":\#(key)}"#
  static let paired =
    #"{"access_token":"T","token_type":"Bearer","expires_in":3600,"device":"d_1","family":"f_1","#
    + #""endpoints":["https://eu.example/","https://us.example/a"],"trust":\#(trust),"new":1}"#
  static let pairedValue = PairingSuccess(
    token: AccessToken(text: "T", expiresInSeconds: 3600), device: "d_1", family: "f_1",
    endpoints: ["https://eu.example", "https://us.example/a"],
    trust: TrustSet(
      version: 1, policy: [.init(kid: "k", x: "X")], catalogue: [], root: .init(kid: "k", x: "X")))

  @Test func read_deviceAuthorization_givesItsMembers() {
    let body =
      #"{"device_code":"D","user_code":"WDJB-MJHT","verification_uri":"https://a/","#
      + #""verification_uri_complete":"https://a/?c","expires_in":900,"interval":5}"#
    #expect(
      WireAnswerTests.content(WireAnswerTests.read(.deviceAuthorization, 200, "application/json; charset=utf-8", body))
        == .deviceAuthorization(
          DeviceAuthorization(
            deviceCode: "D", userCode: "WDJB-MJHT", verificationURI: "https://a/",
            verificationURIComplete: "https://a/?c", expiresInSeconds: 900, intervalSeconds: 5)))
  }

  @Test(arguments: [UpstreamRequest.deviceToken(deviceCode: "d"), .claim(code: "c")])
  func read_pairing_givesIdentityAndTrust(request: UpstreamRequest) {
    let result = WireAnswerTests.read(request, 200, "application/json", WireAnswerTests.paired)
    #expect(WireAnswerTests.content(result) == .paired(WireAnswerTests.pairedValue))
  }

  @Test func read_token_givesIt() {
    let body = #"{"access_token":"a.b.c","token_type":"bearer","expires_in":60}"#
    #expect(
      WireAnswerTests.content(WireAnswerTests.read(.token(device: "d"), 200, "application/json", body))
        == .token(AccessToken(text: "a.b.c", expiresInSeconds: 60)))
  }

  @Test func read_usage_givesAcknowledgement() {
    let body = #"{"acked":81,"rejected":[{"seq":80,"type":"unknown_kind"}]}"#
    #expect(
      WireAnswerTests.content(WireAnswerTests.read(WireAnswerTests.usage, 200, "application/json", body))
        == .usageAcknowledged(through: 81, rejected: [RejectedEvent(sequence: 80, type: "unknown_kind")]))
  }

  @Test func read_signedTexts_areOpened() {
    #expect(
      WireAnswerTests.content(WireAnswerTests.read(.policy, 200, "application/jose", "a.b.c"))
        == .policy(.refused(PolicyRefusal(reason: .malformed, path: "a.b.c"))))
    guard
      case .manifest(.opened(let manifest)) = WireAnswerTests.content(
        WireAnswerTests.read(WireAnswerTests.manifest, 200, "application/jose", "manifest of US/netflix"))
    else {
      Issue.record("expected an opened manifest")
      return
    }
    #expect(manifest.shelf == WireRequestTests.netflix)
  }

  @Test(arguments: [200, 206])
  func read_storedBlob_isStored(status: Int) {
    let result = WireAnswerTests.read(WireAnswerTests.blob, status, "application/octet-stream", isStored: true)
    #expect(WireAnswerTests.content(result) == .blobStored)
  }

  @Test func read_204_isUnchangedOrDoneWithoutAType() {
    #expect(WireAnswerTests.content(WireAnswerTests.read(WireAnswerTests.heads, 204, nil)) == .unchanged)
    #expect(WireAnswerTests.content(WireAnswerTests.read(WireAnswerTests.state, 204, nil)) == .done)
    #expect(WireAnswerTests.content(WireAnswerTests.read(.unpair, 204, nil)) == .done)
    for kind in WireAnswerTests.kinds {
      switch kind {
      case .heads, .state, .unpair: continue
      default:
        #expect(
          WireAnswerTests.failure(WireAnswerTests.read(kind, 204, nil))
            == .malformed("status 204 where a body is answered"))
      }
    }
  }

  @Test func read_dateAndAuthenticity_areHandedOn() throws {
    let answer = try WireAnswerTests.read(WireAnswerTests.heads, 204, nil, isAuthentic: false).get()
    #expect(answer.date == WallTime(seconds: 1_795_551_000))
    #expect(!answer.isAuthentic)
    let undated = HTTPResponse(status: 204, headers: ["date": "yesterday"], isAuthentic: true)
    let result = WireAnswer.read(undated, for: WireAnswerTests.heads, openers: WireAnswerTests.openers)
    #expect(try result.get() == UpstreamAnswer(date: nil, isAuthentic: true, content: .unchanged))
  }

  // MARK: Captive portals, limits, garbage

  @Test(arguments: kinds)
  func read_200OfAnotherType_isCaptivePortal(kind: UpstreamRequest) {
    for type in ["text/html", nil, "application/problem+json", "application/jsonp"] {
      #expect(WireAnswerTests.failure(WireAnswerTests.read(kind, 200, type, "<html>")) == .captivePortal)
    }
  }

  @Test(arguments: kinds)
  func read_otherStatusOfClass2_isMalformed(kind: UpstreamRequest) {
    for status in [201, 202, 205, 206] {
      #expect(
        WireAnswerTests.failure(WireAnswerTests.read(kind, status, nil))
          == .malformed("status \(status) where none such is answered"))
    }
  }

  @Test(arguments: [
    (WireAnswerTests.heads, 200, 256 << 10), (.policy, 200, 1_572_864), (WireAnswerTests.manifest, 200, 1 << 20),
    (.token(device: "d"), 200, 64 << 10), (.claim(code: "c"), 200, 64 << 10), (WireAnswerTests.heads, 503, 64 << 10),
  ])
  func read_bodyOverItsLimit_isTooLarge(request: UpstreamRequest, status: Int, limit: Int) {
    let body = String(repeating: " ", count: limit + 1)
    #expect(
      WireAnswerTests.failure(WireAnswerTests.read(request, status, "application/json", body))
        == .tooLarge(limit: limit))
  }

  @Test(arguments: [
    "", "{", "nonsense", "null", "[]", "{}", "\u{0}", #"{"access_token":}"#, "{\"access_token\":\"\u{1}\"",
    String(repeating: "[", count: 60_000), String(repeating: #"{"a":"#, count: 10_000),
  ])
  func read_garbage_isMalformed(body: String) {
    for kind in WireAnswerTests.kinds where WireForm(of: kind).answerType == "application/json" {
      guard
        case .malformed(let line) = WireAnswerTests.failure(WireAnswerTests.read(kind, 200, "application/json", body))
      else {
        Issue.record("\(kind) took \(body.prefix(20))")
        continue
      }
      #expect(!line.isEmpty)
    }
  }

  @Test(arguments: [
    (#"{"access_token":"T","token_type":"mac","expires_in":1}"#, "/token_type: expected Bearer"),
    (#"{"access_token":"","token_type":"Bearer","expires_in":1}"#, "/access_token: expected a token"),
    (#"{"access_token":"a\r\nX: y","token_type":"Bearer","expires_in":1}"#, "/access_token: expected a token"),
    (#"{"access_token":"T","token_type":"Bearer","expires_in":0}"#, "/expires_in: below 1"),
    (#"{"access_token":"T","token_type":"Bearer","expires_in":"1"}"#, "/expires_in: of a wrong type"),
    (#"{"access_token":"T","token_type":"Bearer"}"#, "/expires_in: absent"),
    (#"{"access_token":null,"token_type":"Bearer","expires_in":1}"#, "/access_token: of a wrong type"),
  ])
  func read_tokenThatDoesNotFit_namesTheMember(body: String, line: String) {
    #expect(
      WireAnswerTests.failure(WireAnswerTests.read(.token(device: "d"), 200, "application/json", body))
        == .malformed(line))
  }

  @Test(arguments: [
    (
      #""endpoints":["https://eu.example/","https://us.example/a"]"#, #""endpoints":[]"#,
      "/endpoints: expected addresses"
    ),
    (#"https://us.example/a"#, "ftp://a", "/endpoints: expected addresses"),
    (#""kty":"OKP""#, #""kty":"RSA""#, "/trust: expected Ed25519 keys"),
    (#""catalogue":[]"#, #""catalogue":[{}]"#, "/trust/catalogue/0/kty: absent"),
    (#""family":"f_1""#, #""family":7"#, "/family: of a wrong type"),
  ])
  func read_pairingThatDoesNotFit_namesTheMember(member: String, replacement: String, line: String) {
    let parts = WireAnswerTests.paired.components(separatedBy: member)
    let body = parts.joined(separator: replacement)
    #expect(
      WireAnswerTests.failure(WireAnswerTests.read(.claim(code: "c"), 200, "application/json", body))
        == .malformed(line))
  }

  @Test func read_trustOverItsLimit_isMalformed() {
    let keys = Array(repeating: WireAnswerTests.key, count: 400).joined(separator: ",")
    let body = WireAnswerTests.paired.components(separatedBy: #""catalogue":[]"#)
      .joined(separator: #""catalogue":[\#(keys)]"#)
    #expect(
      WireAnswerTests.failure(WireAnswerTests.read(.claim(code: "c"), 200, "application/json", body))
        == .malformed("/trust: over 16384 bytes"))
  }
}

extension String {
  /// The pieces between the occurrences of a text.
  func components(separatedBy separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
