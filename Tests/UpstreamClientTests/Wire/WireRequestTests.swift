import AgentCore
import Testing

@testable import UpstreamClient

struct WireRequestTests {
  static let endpoint = "https://eu.example.net/base"
  static let context = WireContext(
    userAgent: "axolotly-agent/1.2.3 (aarch64)", agentVersion: "1.2.3", instance: String(repeating: "a1", count: 16),
    deviceKey: #"{"kty":"EC","crv":"P-256","x":"X","y":"Y"}"#, deviceInfo: #"{"model":"Box & co","agent":"1.2.3"}"#,
    assertion: { "JWS(\($0 ?? "JKT"),\($1))" }, requestID: { "request-1" })

  static func outgoing(_ request: UpstreamRequest, token: String? = "tok") -> OutgoingRequest {
    OutgoingRequest(
      id: RequestID(1), endpoint: endpoint, request: request, token: token, timeout: .seconds(30), freshConnection: true
    )
  }

  private func make(_ request: UpstreamRequest, token: String? = "tok") throws -> HTTPRequest {
    try WireRequest.make(
      WireRequestTests.outgoing(request, token: token), WireRequestTests.context,
      usage: UsageBatch(epoch: 3, gzip: [1, 2, 3]), blobFile: "/blobs/x")
  }

  static let report = StateReport(
    boot: "0a1b2c3d", upSeconds: 12.34, policy: nil, refused: nil, trust: 1, shelves: [],
    outbox: .init(epoch: 1, next: 5, depth: 0, oldestAt: nil), health: [], commands: [])

  struct Form: Sendable {
    var request: UpstreamRequest
    var method: HTTPRequest.Method
    var target: String
    var isPrivate: Bool
    var contentType: String?
    var answerType: String?
    var sink: BodySink = .memory(limit: 64 << 10)
  }

  static let forms: [Form] = [
    Form(
      request: .deviceAuthorization, method: .post, target: "/v1/oauth/device_authorization", isPrivate: false,
      contentType: "application/x-www-form-urlencoded", answerType: "application/json"),
    Form(
      request: .deviceToken(deviceCode: "d"), method: .post, target: "/v1/oauth/token", isPrivate: false,
      contentType: "application/x-www-form-urlencoded", answerType: "application/json"),
    Form(
      request: .token(device: "d_1"), method: .post, target: "/v1/oauth/token", isPrivate: false,
      contentType: "application/x-www-form-urlencoded", answerType: "application/json"),
    Form(
      request: .claim(code: "WDJB-MJHT"), method: .post, target: "/v1/pairing/claims", isPrivate: false,
      contentType: "application/json", answerType: "application/json"),
    Form(
      request: .heads(after: nil, waitSeconds: 0), method: .get, target: "/v1/device/heads?wait=0", isPrivate: true,
      answerType: "application/json", sink: .memory(limit: 256 << 10)),
    Form(
      request: .heads(after: "a+b/c=&é", waitSeconds: 240), method: .get,
      target: "/v1/device/heads?after=a%2Bb%2Fc%3D%26%C3%A9&wait=240", isPrivate: true,
      answerType: "application/json", sink: .memory(limit: 256 << 10)),
    Form(
      request: .policy, method: .get, target: "/v1/device/policy", isPrivate: true, answerType: "application/jose",
      sink: .memory(limit: 1_572_864)),
    Form(
      request: .usage(epoch: 3, from: 1, maxEvents: 512, maxBytes: 1000), method: .post, target: "/v1/device/usage",
      isPrivate: true, contentType: "application/x-ndjson", answerType: "application/json"),
    Form(
      request: .state(report), method: .put, target: "/v1/device/state", isPrivate: true,
      contentType: "application/json"),
    Form(request: .unpair, method: .delete, target: "/v1/device", isPrivate: true),
    Form(
      request: .manifest(netflix), method: .get, target: "/c/v1/shelves/US/netflix/head",
      isPrivate: false, answerType: "application/jose", sink: .memory(limit: 1 << 20)),
    Form(
      request: .blob(sha256: "ab12", bytes: 77), method: .get, target: "/c/v1/blobs/ab12", isPrivate: false,
      answerType: "application/octet-stream", sink: .file(path: "/blobs/x", bytes: 77, sha256: "ab12")),
  ]

  @Test(arguments: forms)
  func make_everyKind_hasItsForm(form: Form) throws {
    let request = try make(form.request)
    #expect(request.method == form.method)
    #expect(request.url == WireRequestTests.endpoint + form.target)
    #expect(request.expectedType == form.answerType)
    #expect(request.sink == form.sink)
    #expect(request.timeout == .seconds(30))
    #expect(request.freshConnection)
    var headers = ["User-Agent: axolotly-agent/1.2.3 (aarch64)", "X-Request-Id: request-1"]
    if form.isPrivate {
      headers += ["Authorization: Bearer tok", "Axolotly-Instance: \(WireRequestTests.context.instance)"]
    }
    if let type = form.contentType { headers.append("Content-Type: \(type)") }
    if form.contentType == "application/x-ndjson" { headers += ["Content-Encoding: gzip", "Axolotly-Outbox: 3"] }
    #expect(request.headers.map { "\($0.name): \($0.value)" } == headers)
    #expect((request.body == nil) == (form.contentType == nil))
  }

  static let key = "%7B%22kty%22%3A%22EC%22%2C%22crv%22%3A%22P-256%22%2C%22x%22%3A%22X%22%2C%22y%22%3A%22Y%22%7D"
  static let info = "%7B%22model%22%3A%22Box%20%26%20co%22%2C%22agent%22%3A%221.2.3%22%7D"
  static let type = "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
  static let assertion = "client_assertion=JWS%28JKT%2Chttps%3A%2F%2Feu.example.net%2Fbase%29"
  static let deviceAssertion = "client_assertion=JWS%28d_1%2Chttps%3A%2F%2Feu.example.net%2Fbase%29"

  static let deviceTokenForm = """
    client_id=axolotly-agent&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code\
    &device_code=a%20b%26c&\(type)&\(assertion)
    """
  static let claimBody = #"""
    {"client_assertion":"JWS(JKT,https://eu.example.net/base)","code":"WDJB-MJHT",\#
    "device_info":{"agent":"1.2.3","model":"Box & co"},\#
    "device_key":{"crv":"P-256","kty":"EC","x":"X","y":"Y"}}
    """#
  static let stateBody = #"""
    {"agent":"1.2.3","boot":"0a1b2c3d","commands":[],"health":[],"metrics":{},\#
    "outbox":{"depth":0,"epoch":1,"next":5,"oldest_at":null},"policy":null,"refused":null,"shelves":[],\#
    "trust":1,"up_s":12.3}
    """#

  static let bodies: [(UpstreamRequest, String)] = [
    (.deviceAuthorization, "client_id=axolotly-agent&device_key=\(key)&device_info=\(info)&\(type)&\(assertion)"),
    (.deviceToken(deviceCode: "a b&c"), deviceTokenForm),
    (.token(device: "d_1"), "grant_type=client_credentials&\(type)&\(deviceAssertion)"),
    (.claim(code: "WDJB-MJHT"), claimBody),
    (.state(report), stateBody),
  ]

  @Test(arguments: bodies)
  func make_kindWithText_hasExactlyThisBody(request: UpstreamRequest, body: String) throws {
    #expect(String(decoding: try make(request).body ?? [], as: UTF8.self) == body)
  }

  @Test func make_fullStateReport_hasEveryMember() throws {
    var report = WireRequestTests.report
    let at = WallTime(seconds: 1_795_551_000)
    report.policy = .init(version: 42, appliedAt: at)
    report.refused = .init(version: 43, reason: "invalid", path: "/profiles/0")
    report.shelves = [.init(shelf: WireRequestTests.netflix, version: 9, titles: 8)]
    report.outbox.oldestAt = at
    report.health = [HealthItem(code: .clone, severity: .error, since: at)]
    report.commands = [.init(id: "c1", result: "done")]
    let body = String(decoding: try make(.state(report)).body ?? [], as: UTF8.self)
    #expect(
      body == #"""
        {"agent":"1.2.3","boot":"0a1b2c3d","commands":[{"id":"c1","result":"done"}],\#
        "health":[{"code":"clone","severity":"error","since":"2026-11-24T20:10:00Z"}],"metrics":{},\#
        "outbox":{"depth":0,"epoch":1,"next":5,"oldest_at":"2026-11-24T20:10:00Z"},\#
        "policy":{"applied_at":"2026-11-24T20:10:00Z","version":42},\#
        "refused":{"path":"/profiles/0","reason":"invalid","version":43},\#
        "shelves":[{"shelf":"US/netflix","titles":8,"version":9}],"trust":1,"up_s":12.3}
        """#)
  }

  @Test func make_usage_sendsTheBatchAsItIs() throws {
    #expect(try make(.usage(epoch: 3, from: 1, maxEvents: 1, maxBytes: 1)).body == [1, 2, 3])
  }

  @Test func make_somethingMissing_isLocal() {
    func failure(
      _ request: UpstreamRequest, token: String? = "t", context: WireContext = WireRequestTests.context
    ) -> TransportFailure? {
      do throws(TransportFailure) {
        _ = try WireRequest.make(WireRequestTests.outgoing(request, token: token), context)
        return nil
      } catch { return error }
    }
    var context = WireRequestTests.context
    context.deviceKey = "[]"
    #expect(failure(.policy, token: nil) == .local("a private request without a token"))
    #expect(
      failure(.usage(epoch: 1, from: 1, maxEvents: 1, maxBytes: 1)) == .local("a usage request without its batch"))
    #expect(failure(.blob(sha256: "a", bytes: 1)) == .local("a blob without a file to go to"))
    #expect(failure(.claim(code: "c"), context: context) == .local("device_key is no JSON object"))
  }

  @Test func make_bodyOverItsLimit_isTooLarge() {
    let batch = UsageBatch(epoch: 1, gzip: Array(repeating: 0, count: (64 << 10) + 1))
    #expect(throws: TransportFailure.tooLarge(limit: 64 << 10)) {
      try WireRequest.make(
        WireRequestTests.outgoing(.usage(epoch: 1, from: 1, maxEvents: 1, maxBytes: 1)), WireRequestTests.context,
        usage: batch)
    }
  }

  static let netflix: ShelfName = {
    guard let name = ShelfName("US/netflix") else { preconditionFailure("US/netflix is a shelf's name") }
    return name
  }()
}
