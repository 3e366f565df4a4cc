import AgentCore
import Testing
import UpstreamClient

/// Blobs into files: whole or not at all, hashed on the way, resumed by Range.
@Suite(.timeLimit(.minutes(1)))
struct HTTPTransportFileTests {
  static let blob = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
  static let type = "Content-Type: application/octet-stream"

  let directory = TemporaryDirectory()

  private func fetch(_ transport: HTTPTransport, _ base: String, sha256: String? = nil) async -> Outcome {
    let blob = HTTPTransportFileTests.blob
    let sink = BodySink.file(path: directory.path + "/blob", bytes: blob.count, sha256: sha256 ?? testHash(blob))
    return await transport.outcome(get(base + "/blob", expectedType: "application/octet-stream", sink: sink))
  }

  /// Serves the blob as a good server does; the first connections break off after so many bytes of body.
  private static func serve(_ connection: PeerConnection, breaks: [Int] = []) {
    while let request = connection.readRequest() {
      var (status, headers, bytes) = (200, [type], blob)
      if let first = request.header("range").flatMap({ Int($0.dropFirst("bytes=".count).dropLast()) }) {
        bytes = Array(blob[first...])
        headers.append("Content-Range: bytes \(first)-\(blob.count - 1)/\(blob.count)")
        status = 206
      }
      guard connection.index < breaks.count else {
        connection.answer(status, headers, bytes: bytes)
        continue
      }
      let lines = ["HTTP/1.1 \(status) X", "Content-Length: \(bytes.count)"] + headers
      connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
      connection.send(Array(bytes.prefix(breaks[connection.index])))
      return
    }
  }

  @Test func send_wholeFile_isStored() async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { HTTPTransportFileTests.serve($0) }
    let response = await fetch(transport, peer.base).response
    #expect(response?.status == 200)
    #expect(response?.isStored == true)
    #expect(response?.body == [])
    #expect(directory.names == ["blob"])
    #expect(directory.read("blob") == HTTPTransportFileTests.blob)
  }

  @Test func send_brokenTwice_goesOnWhereItStopped() async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { HTTPTransportFileTests.serve($0, breaks: [30_000, 50_000]) }
    #expect(await fetch(transport, peer.base).failure == .interrupted)
    #expect(directory.read("blob.part")?.count == 30_000)
    #expect(await fetch(transport, peer.base).failure == .interrupted)
    #expect(directory.read("blob.part")?.count == 80_000)
    #expect(await fetch(transport, peer.base).response?.status == 206)
    #expect(directory.names == ["blob"])
    #expect(directory.read("blob") == HTTPTransportFileTests.blob)
  }

  @Test func send_resumedAndAnsweredWhole_startsAnew() async throws {
    let transport = try makeTransport()
    directory.write(Array(repeating: 9, count: 500), "blob.part")
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      connection.answer(200, [HTTPTransportFileTests.type], bytes: HTTPTransportFileTests.blob)
    }
    #expect(await fetch(transport, peer.base).response?.status == 200)
    #expect(directory.read("blob") == HTTPTransportFileTests.blob)
  }

  @Test(arguments: [500, 100_000, 200_000])
  func send_wrongBytesFromAnEarlierTry_fetchesTheWhole(count: Int) async throws {
    let transport = try makeTransport()
    directory.write(Array(repeating: 9, count: count), "blob.part")
    let peer = ScriptedPeer { HTTPTransportFileTests.serve($0) }
    #expect(await fetch(transport, peer.base).response?.status == 200)
    #expect(directory.names == ["blob"])
    #expect(directory.read("blob") == HTTPTransportFileTests.blob)
  }

  @Test func send_wrongHash_isMismatchAndLeavesNothing() async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { HTTPTransportFileTests.serve($0) }
    #expect(await fetch(transport, peer.base, sha256: String(repeating: "0", count: 64)).failure == .mismatch)
    #expect(directory.names == [])
  }

  @Test(arguments: [99_999, 100_001])
  func send_wrongLength_isMismatchAndLeavesNothing(count: Int) async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      let blob = HTTPTransportFileTests.blob
      connection.answer(200, [HTTPTransportFileTests.type], bytes: Array((blob + [0]).prefix(count)))
    }
    #expect(await fetch(transport, peer.base).failure == .mismatch)
    #expect(directory.names == [])
  }

  @Test func send_rangeOfAnotherPlace_fetchesTheWhole() async throws {
    let transport = try makeTransport()
    directory.write(Array(HTTPTransportFileTests.blob.prefix(500)), "blob.part")
    let peer = ScriptedPeer { connection in
      while let request = connection.readRequest() {
        if request.header("range") == nil {
          connection.answer(200, [HTTPTransportFileTests.type], bytes: HTTPTransportFileTests.blob)
        } else {
          connection.answer(206, [HTTPTransportFileTests.type, "Content-Range: bytes 0-9/10"], body: "0123456789")
        }
      }
    }
    #expect(await fetch(transport, peer.base).response?.status == 200)
    #expect(directory.read("blob") == HTTPTransportFileTests.blob)
  }

  @Test func send_errorAnswer_keepsWhatIsThereAndGivesItsBody() async throws {
    let transport = try makeTransport()
    directory.write(Array(HTTPTransportFileTests.blob.prefix(500)), "blob.part")
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      connection.answer(503, ["Content-Type: application/problem+json"], body: "{}")
    }
    let response = await fetch(transport, peer.base).response
    #expect(response?.status == 503)
    #expect(response?.body == Array("{}".utf8))
    #expect(response?.isStored == false)
    #expect(directory.names == ["blob.part"])
  }

  @Test func send_rangeRefused_forgetsWhatIsThere() async throws {
    let transport = try makeTransport()
    directory.write(Array(HTTPTransportFileTests.blob.prefix(500)), "blob.part")
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      connection.answer(416)
    }
    #expect(await fetch(transport, peer.base).response?.status == 416)
    #expect(directory.names == [])
  }

  @Test func send_pageInsteadOfFile_isCaptivePortal() async throws {
    let transport = try makeTransport()
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      connection.answer(200, ["Content-Type: text/html"], body: "<html>")
    }
    #expect(await fetch(transport, peer.base).failure == .captivePortal)
    #expect(directory.read("blob") == nil)
  }

  @Test func send_samePathTwice_failsTheSecond() async throws {
    let transport = try makeTransport()
    let isParked = Flag()
    let peer = ScriptedPeer { connection in
      guard connection.readRequest() != nil else { return }
      isParked.raise()
      connection.waitForEnd()
    }
    let path = directory.path + "/blob"
    let sink = BodySink.file(path: path, bytes: 10, sha256: "")
    transport.send(get(peer.base, sink: sink), id: newID()) { _ in }
    await isParked.wait()
    #expect(await transport.outcome(get(peer.base, sink: sink)).failure == .local("\(path) is being received already"))
  }

  @Test func send_directoryThatIsAbsent_isLocalWithTheCall() async throws {
    let transport = try makeTransport()
    let sink = BodySink.file(path: directory.path + "/none/blob", bytes: 10, sha256: "")
    let failure = await transport.outcome(get("http://127.0.0.1:1", sink: sink)).failure
    #expect(
      failure == .local("open \(directory.path)/none/blob.part: No such file or directory"))
  }
}
