import AgentCore
import Testing
import UpstreamClient

/// The transport against a peer that plays scripts. Time limits are short where running out of time is the point.
@Suite(.timeLimit(.minutes(1)))
struct HTTPTransportTests {
  @Test func send_get_givesStatusHeadersAndBody() async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      connection.answer(201, ["Content-Type: Text/Plain; charset=utf-8", "X-Twice: a", "x-twice:  b "], body: "hello")
    }
    let response = await transport.outcome(get(peer.base + "/a?b=c")).response
    #expect(response?.status == 201)
    #expect(response?.contentType == "text/plain")
    #expect(response?.headers["x-twice"] == "b")
    #expect(response?.body == Array("hello".utf8))
    #expect(response?.isAuthentic == true)
    #expect(response?.isStored == false)
  }

  @Test func send_post_sendsExactlyWhatWasGiven() async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { connection in
      guard let request = connection.readRequest() else { return }
      let names = request.headers.map { String($0.prefix { $0 != ":" }) }.sorted()
      connection.answer(body: "\(request.method) \(request.target) \(names) \(request.body.count)")
    }
    var request = get(peer.base + "/x", sink: .memory(limit: 1000))
    request.method = .post
    request.headers = [.init("User-Agent", "test"), .init("Content-Type", "a/b")]
    request.body = Array(repeating: 7, count: 40_000)
    let text = await transport.outcome(request).text
    #expect(text == #"POST /x ["Accept", "Content-Length", "Content-Type", "Host", "User-Agent"] 40000"#)
  }

  @Test(arguments: [
    (HTTPRequest.Method.put, "0"), (.post, "0"), (.delete, "none"), (.get, "none"),
  ])
  func send_withoutBody_sendsNone(method: HTTPRequest.Method, length: String) async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { connection in
      guard let request = connection.readRequest() else { return }
      connection.answer(body: "\(request.method) \(request.header("content-length") ?? "none")")
    }
    var request = get(peer.base)
    request.method = method
    #expect(await transport.outcome(request).text == "\(method.rawValue) \(length)")
  }

  @Test func send_interimAnswer_givesTheFinalOne() async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      connection.send("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n")
      connection.answer(204, ["X-Late: 1"])
    }
    let response = await transport.outcome(get(peer.base)).response
    #expect(response?.status == 204)
    #expect(response?.headers["x-early"] == nil)
    #expect(response?.headers["x-late"] == "1")
  }

  @Test("R16: an IPv6 address that swallows connections costs no request; each connects by IPv4 within a second")
  func send_deadIPv6_connectsByIPv4() async throws {
    let transport = try makeTransport(.init(connectTimeout: .seconds(1), proxy: .none))
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      connection.answer(204)
    }
    guard let hole = BlackHole(port: peer.port) else { try Test.cancel("this machine has no IPv6 loopback") }
    await #expect(transport.outcome(get("http://[::1]:\(peer.port)")).failure == .connect)
    for _ in 0..<3 {
      let outcome = await transport.outcome(get("http://localhost:\(peer.port)", freshConnection: true))
      #expect(outcome.response?.status == 204)
    }
    withExtendedLifetime(hole) {}
  }

  @Test func send_parked_answersWhenThePeerDoes() async throws {
    let transport = try makeTransport()
    let (isParked, release) = (Flag(), Flag())
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      isParked.raise()
      release.waitBlocking()
      connection.answer(204)
    }
    async let outcome = transport.outcome(get(peer.base))
    await isParked.wait()
    release.raise()
    #expect(await outcome.response?.status == 204)
  }

  @Test func send_manyAtOnce_areAllUnderWay() async throws {
    let transport = try makeTransport()
    let arrived = (0..<16).map { _ in Flag() }
    let release = Flag()
    let peer = ScriptedPeer { connection in
      guard let request = connection.readRequest() else { return }
      arrived[connection.index].raise()
      release.waitBlocking()
      connection.answer(body: request.target)
    }
    await withTaskGroup(of: String?.self) { group in
      for index in 0..<16 { group.addTask { await transport.outcome(get(peer.base + "/\(index)")).text } }
      for flag in arrived { await flag.wait() }
      release.raise()
      var texts: Set<String?> = []
      for await text in group { texts.insert(text) }
      #expect(texts == Set((0..<16).map { "/\($0)" }))
    }
  }

  @Test func send_moreThanAllowed_failsTheLast() async throws {
    let transport = try makeTransport(.init(proxy: .none, maxTransfers: 1))
    let isParked = Flag()
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      isParked.raise()
      connection.waitForEnd()
    }
    transport.send(get(peer.base), id: newID()) { _ in }
    await isParked.wait()
    #expect(await transport.outcome(get(peer.base)).failure == .local("more than 1 requests at once"))
  }

  @Test func cancel_parked_endsItAloneAndAtOnce() async throws {
    let transport = try makeTransport()
    let (isParked, isGone, wasTold) = (Flag(), Flag(), Flag())
    let peer = ScriptedPeer { connection in
      guard let request = connection.readRequest() else { return }
      guard request.target == "/parked" else { return connection.answer(body: "other") }
      isParked.raise()
      connection.waitForEnd()
      isGone.raise()
    }
    let id = newID()
    transport.send(get(peer.base + "/parked"), id: id) { _ in wasTold.raise() }
    await isParked.wait()
    transport.cancel(id)
    await isGone.wait()
    #expect(await transport.outcome(get(peer.base)).text == "other")
    #expect(!wasTold.isRaised)
  }

  @Test func cancel_unknownOrEnded_isNone() async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { connection in while connection.readRequest() != nil { connection.answer(body: "ok") } }
    let id = newID()
    let outcome: Outcome = await withCheckedContinuation { continuation in
      transport.send(get(peer.base), id: id) { continuation.resume(returning: $0) }
    }
    transport.cancel(id)
    transport.cancel(newID())
    #expect(outcome.text == "ok")
    #expect(await transport.outcome(get(peer.base)).text == "ok")
  }

  @Test func stop_parked_closesTheConnectionAndTellsNobody() async throws {
    let transport = try makeTransport()
    let (isParked, isGone, wasTold) = (Flag(), Flag(), Flag())
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      isParked.raise()
      connection.waitForEnd()
      isGone.raise()
    }
    transport.send(get(peer.base), id: newID()) { _ in wasTold.raise() }
    await isParked.wait()
    transport.stop()
    transport.stop()
    transport.send(get(peer.base), id: newID()) { _ in wasTold.raise() }
    transport.cancel(newID())
    await isGone.wait()
    #expect(!wasTold.isRaised)
    #expect(peer.connections == 1)
  }

  @Test func stop_withinACompletion_doesNotWaitForItself() async throws {
    let isStopped = Flag()
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      connection.answer()
    }
    let transport = try makeTransport()
    transport.send(get(peer.base), id: newID()) { _ in
      transport.stop()
      isStopped.raise()
    }
    await isStopped.wait()
  }

  // MARK: Connections

  @Test(arguments: [(false, false, 1), (true, false, 2), (false, true, 2)])
  func send_second_usesTheConnectionThatItMay(isFresh: Bool, isClosed: Bool, connections: Int) async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { connection in while connection.readRequest() != nil { connection.answer(body: "ok") } }
    #expect(await transport.outcome(get(peer.base)).text == "ok")
    if isClosed { transport.closeIdleConnections() }
    #expect(await transport.outcome(get(peer.base, freshConnection: isFresh)).text == "ok")
    #expect(peer.connections == connections)
  }

  @Test func closeIdleConnections_closesIdleAndKeepsBusyOnes() async throws {
    let transport = try makeTransport()
    let (isParked, release, isIdleGone) = (Flag(), Flag(), Flag())
    let peer = ScriptedPeer { connection in
      while let request = connection.readRequest() {
        if request.target == "/parked" {
          isParked.raise()
          release.waitBlocking()
        }
        connection.answer(body: request.target)
      }
      isIdleGone.raise()
    }
    async let parked = transport.outcome(get(peer.base + "/parked"))
    await isParked.wait()
    #expect(await transport.outcome(get(peer.base + "/before")).text == "/before")
    transport.closeIdleConnections()
    #expect(await transport.outcome(get(peer.base + "/after")).text == "/after")
    #expect(peer.connections == 3)
    release.raise()
    #expect(await parked.text == "/parked")
    // The old pool ends with its last transfer.
    await isIdleGone.wait()
  }

  // MARK: Ends without an answer

  struct BadEnd: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var failure: TransportFailure
    var settings = HTTPTransport.Settings(proxy: .none)
    var timeout: Duration = .seconds(20)
    var play: @Sendable (PeerConnection) -> Void
  }

  static let badEnds: [BadEnd] = [
    BadEnd(testDescription: "closes without a byte", failure: .interrupted) { _ in },
    BadEnd(testDescription: "resets without a byte", failure: .interrupted) { $0.reset() },
    BadEnd(testDescription: "resets within the header", failure: .interrupted) {
      $0.send("HTTP/1.1 200 OK\r\nContent-")
      $0.reset()
    },
    BadEnd(testDescription: "closes within the body", failure: .interrupted) {
      $0.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
    },
    BadEnd(testDescription: "closes within a chunk", failure: .interrupted) {
      $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")
    },
    BadEnd(testDescription: "resets within the body", failure: .interrupted) {
      $0.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
      $0.reset()
    },
    BadEnd(testDescription: "announces too long a body", failure: .tooLarge(limit: 1000)) {
      $0.send("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
      $0.waitForEnd()
    },
    BadEnd(testDescription: "sends a body without end", failure: .tooLarge(limit: 1000)) {
      $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      while $0.send(Array("10\r\n0123456789abcdef\r\n".utf8)) {}
    },
    BadEnd(testDescription: "sends an error's body without end", failure: .tooLarge(limit: 65536)) {
      $0.send("HTTP/1.1 500 Oops\r\n\r\n")
      while $0.send(Array(repeating: 0x20, count: 4096)) {}
    },
    BadEnd(testDescription: "sends headers without end", failure: .tooLarge(limit: 32768)) {
      $0.send("HTTP/1.1 200 OK\r\n")
      while $0.send(Array("X-More: 0123456789\r\n".utf8)) {}
    },
    BadEnd(testDescription: "sends one header without end", failure: .tooLarge(limit: 32768)) {
      $0.send("HTTP/1.1 200 OK\r\nX-Long: ")
      while $0.send(Array(repeating: 0x41, count: 4096)) {}
    },
    BadEnd(testDescription: "sends interim answers without end", failure: .tooLarge(limit: 32768)) {
      while $0.send(Array("HTTP/1.1 102 Processing\r\n\r\n".utf8)) {}
    },
    BadEnd(testDescription: "never answers", failure: .timedOut, timeout: .milliseconds(50)) { $0.waitForEnd() },
    BadEnd(
      testDescription: "sends a body too slowly", failure: .timedOut,
      settings: .init(slowBytesPerSecond: 100_000, slowWindow: .milliseconds(40), proxy: .none)
    ) {
      $0.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\na")
      $0.waitForEnd()
    },
  ]

  @Test(arguments: badEnds)
  func send_peerEndsBadly_namesTheCause(end: BadEnd) async throws {
    let transport = try makeTransport(end.settings)
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      end.play(connection)
    }
    #expect(await transport.outcome(get(peer.base, timeout: end.timeout)).failure == end.failure)
  }

  @Test func send_answerThatIsNoHTTP_isMalformed() async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      connection.send("SSH-2.0-OpenSSH_9.2\r\n")
    }
    guard case .malformed = await transport.outcome(get(peer.base)).failure else {
      Issue.record("expected malformed")
      return
    }
  }

  @Test func send_nobodyListens_isConnect() async throws {
    let transport = try makeTransport()
    let url = ScriptedPeer { _ in }.base
    let isFree = await transport.outcome(get(url)).failure
    // The listener's thread may still take the first connection while it ends.
    #expect(isFree == .connect || isFree == .interrupted)
    #expect(await transport.outcome(get(url)).failure == .connect)
  }

  @Test(arguments: [
    "http://example.com/", "http://10.0.0.1/", "ftp://127.0.0.1/", "https://a:b@127.0.0.1/", "nonsense", "",
  ])
  func send_addressThatMayNotBeAsked_isLocal(url: String) async throws {
    let transport = try makeTransport()
    #expect(
      await transport.outcome(get(url)).failure == .local("\(url) is neither https nor http to loopback"))
  }

  @Test func send_headerWithLineBreak_isLocal() async throws {
    let transport = try makeTransport()
    var request = get("http://127.0.0.1:1")
    request.headers = [.init("X", "a\r\nY: b")]
    #expect(
      await transport.outcome(request).failure == .local("the header X holds a character that a header may not"))
  }

  @Test func send_plainPeerForTLS_isTLS() async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { connection in
      connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
      connection.waitForEnd()
    }
    guard case .tls(let line) = await transport.outcome(get("https://127.0.0.1:\(peer.port)/")).failure else {
      Issue.record("expected tls")
      return
    }
    #expect(!line.isEmpty)
  }

  @Test(arguments: [407, 502])
  func send_proxyRefuses_isProxyWithItsStatus(status: Int) async throws {
    let peer = ScriptedPeer { connection in
      guard let request = connection.readRequest(), request.method == "CONNECT" else { return }
      connection.answer(status, ["Proxy-Authenticate: Basic realm=x"])
    }
    let transport = try makeTransport(.init(proxy: .address(peer.base)))
    #expect(await transport.outcome(get("https://upstream.example/")).failure == .proxy(status))
  }

  @Test func send_loopback_usesNoProxy() async throws {
    let peer = ScriptedPeer { connection in
      guard let request = connection.readRequest() else { return }
      connection.answer(body: request.target)
    }
    let transport = try makeTransport(.init(proxy: .address("http://127.0.0.1:1")))
    #expect(await transport.outcome(get(peer.base + "/direct")).text == "/direct")
  }

  @Test func send_200OfAnotherType_isCaptivePortal() async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      connection.answer(200, ["Content-Type: text/html"], body: String(repeating: "<p>", count: 10_000))
    }
    #expect(
      await transport.outcome(get(peer.base, expectedType: "application/json")).failure == .captivePortal)
  }
}
