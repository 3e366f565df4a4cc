import AgentCore
import Testing
import UpstreamClient

/// Redirects by `spec/wire.md` §0: three at most, within the origin, by the statuses of each method.
@Suite(.timeLimit(.minutes(1)))
struct HTTPTransportRedirectTests {
  @Test(arguments: [301, 302, 303, 307, 308], [HTTPRequest.Method.get, .post, .put, .delete])
  func send_redirectWithinOrigin_isFollowedByItsStatus(status: Int, method: HTTPRequest.Method) async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { connection in
      while let request = connection.readRequest() {
        if request.target == "/start" {
          connection.answer(status, ["Location: /next?x=1"], body: "moved")
        } else {
          connection.answer(body: "\(request.method) \(request.target) \(request.body.count)")
        }
      }
    }
    var request = get(peer.base + "/start")
    request.method = method
    if method != .get { request.body = [1, 2, 3] }
    let response = await transport.outcome(request).response
    let isFollowed = status >= 307 || (method == .get && status <= 302)
    #expect(response?.status == (isFollowed ? 200 : status))
    let length = method == .get ? 0 : 3
    #expect(
      response?.body == Array((isFollowed ? "\(method.rawValue) /next?x=1 \(length)" : "moved").utf8))
  }

  @Test(arguments: [
    "http://localhost:PORT/", "https://127.0.0.1:PORT/", "http://127.0.0.1:1/", "http://portal.example/",
  ])
  func send_redirectToAnotherOrigin_isCaptivePortal(location: String) async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { connection in
      guard let request = connection.readRequest() else { return }
      let port = request.header("host")?.split(separator: ":").last.map(String.init) ?? ""
      let parts = location.split(separator: "PORT", omittingEmptySubsequences: false).map(String.init)
      connection.answer(302, ["Location: " + parts.joined(separator: port)])
    }
    for method in [HTTPRequest.Method.get, .post] {
      var request = get(peer.base)
      request.method = method
      #expect(await transport.outcome(request).failure == .captivePortal)
    }
    #expect(peer.connections >= 1)
  }

  @Test(arguments: [(3, true), (4, false)])
  func send_manyRedirects_areFollowedUpToThree(count: Int, isAnswered: Bool) async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { connection in
      while let request = connection.readRequest() {
        let step = Int(request.target.dropFirst()) ?? 0
        if step < count { connection.answer(307, ["Location: /\(step + 1)"]) } else { connection.answer(body: "end") }
      }
    }
    let outcome = await transport.outcome(get(peer.base + "/0"))
    #expect(outcome.text == (isAnswered ? "end" : nil))
    #expect(outcome.failure == (isAnswered ? nil : .malformed("more than 3 redirects")))
    #expect(peer.connections == 1)
  }

  @Test func send_redirectWithoutLocation_isAnAnswer() async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      connection.answer(302)
    }
    #expect(await transport.outcome(get(peer.base)).response?.status == 302)
  }
}
