import AgentCore
import Testing

@testable import UpstreamClient

/// Error answers: the status always counts, the name only from a document of the right form (`spec/wire.md` §0).
struct WireAnswerProblemTests {
  private static let problemType = "application/problem+json"

  private func problem(
    _ request: UpstreamRequest, _ status: Int, _ type: String?, _ body: String, headers: [String: String] = [:]
  ) -> UpstreamAnswer.Problem? {
    let result = WireAnswerTests.read(request, status, type, body, headers: headers)
    guard case .problem(let problem) = WireAnswerTests.content(result) else { return nil }
    return problem
  }

  @Test(arguments: WireAnswerTests.kinds)
  func read_problemDocument_givesItsNameAtEveryEndpoint(kind: UpstreamRequest) {
    let body = #"{"type":"urn:axolotly:device_revoked","title":"x","status":403}"#
    #expect(
      problem(kind, 403, WireAnswerProblemTests.problemType, body)
        == UpstreamAnswer.Problem(status: 403, name: "device_revoked"))
  }

  @Test(
    arguments: [
      (UpstreamRequest.deviceToken(deviceCode: "d"), "authorization_pending"),
      (.token(device: "d"), "invalid_client"), (.deviceAuthorization, "invalid_request"),
      // Not an OAuth endpoint.
      (.claim(code: "c"), nil), (WireAnswerTests.heads, nil),
    ] as [(UpstreamRequest, String?)])
  func read_oauthError_givesItsNameAtOAuthEndpointsAlone(request: UpstreamRequest, name: String?) {
    let body = #"{"error":"\#(name ?? "invalid_client")"}"#
    #expect(problem(request, 400, "application/json", body) == UpstreamAnswer.Problem(status: 400, name: name))
  }

  @Test(
    arguments: [
      (409, #"{"type":"urn:axolotly:gap","expected":17}"#, "gap", 17, nil),
      (403, #"{"type":"urn:axolotly:outbox_fenced","epoch":4}"#, "outbox_fenced", nil, 4),
      // A member of a wrong type is as if it were absent.
      (409, #"{"type":"urn:axolotly:gap","expected":"17"}"#, "gap", nil, nil),
      (403, #"{"type":"about:blank"}"#, nil, nil, nil), (403, #"{"type":7}"#, nil, nil, nil),
      (403, "<html>", nil, nil, nil), (500, "", nil, nil, nil), (302, "", nil, nil, nil),
      (403, String(repeating: "[", count: 60_000), nil, nil, nil),
    ] as [(Int, String, String?, Int?, Int?)])
  func read_problem_takesWhatCanBeRead(status: Int, body: String, name: String?, expected: Int?, epoch: Int?) {
    #expect(
      problem(WireAnswerTests.usage, status, WireAnswerProblemTests.problemType, body)
        == UpstreamAnswer.Problem(status: status, name: name, expected: expected, epoch: epoch))
  }

  /// A portal's 403 in HTML must never look like a revocation.
  @Test(arguments: ["text/html", "application/json", nil])
  func read_errorOfAnotherType_hasNoName(type: String?) {
    let body = #"{"type":"urn:axolotly:device_revoked"}"#
    #expect(problem(WireAnswerTests.heads, 403, type, body) == UpstreamAnswer.Problem(status: 403))
  }

  @Test(
    arguments: [
      ("120", 120), ("Tue, 24 Nov 2026 20:15:00 GMT", 300), ("Tue, 24 Nov 2026 20:05:00 GMT", nil), ("-5", nil),
    ] as [(String, Int64?)])
  func read_retryAfter_isCountedFromTheAnswersDate(value: String, seconds: Int64?) {
    for status in [413, 429, 503] {
      let found = problem(WireAnswerTests.heads, status, nil, "", headers: ["retry-after": value])
      #expect(found == UpstreamAnswer.Problem(status: status, retryAfter: seconds.map { .seconds($0) }))
    }
  }
}
