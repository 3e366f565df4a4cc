import AgentCore
import Testing
import UpstreamClient

/// Whom the transport trusts. Skipped, visibly, where there is no openssl program to be the other end.
@Suite(
  .enabled(if: OpenSSLServer.isInstalled, "needs /usr/bin/openssl as the other end"), .timeLimit(.minutes(1)),
  .serialized)
struct HTTPTransportTLSTests {
  private func ask(
    _ server: OpenSSLServer, host: String = "127.0.0.1", trusting file: String? = nil
  ) async throws -> Outcome {
    let transport = try makeTransport(.init(extraCAFile: file, proxy: .none))
    return await transport.outcome(get("https://\(host):\(server.port)/", sink: .memory(limit: 65536)))
  }

  @Test func send_certificateOfTheExtraFile_isAuthentic() async throws {
    let server = OpenSSLServer()
    let response = try await ask(server, trusting: server.certificateFile).response
    #expect(response?.status == 200)
    #expect(response?.isAuthentic == true)
  }

  @Test(arguments: [
    // Nobody vouches for it.
    (host: "127.0.0.1", isTrusted: false, options: [String]()),
    // It is for another name.
    (host: "localhost", isTrusted: true, options: []),
    // It offers nothing newer than TLS 1.1.
    (host: "127.0.0.1", isTrusted: true, options: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]),
  ])
  func send_peerThatMayNotBeTrusted_isTLSWithALine(host: String, isTrusted: Bool, options: [String]) async throws {
    let server = OpenSSLServer(options: options)
    let outcome = try await ask(server, host: host, trusting: isTrusted ? server.certificateFile : nil)
    guard case .tls(let line) = outcome.failure else {
      Issue.record("expected tls, found \(outcome)")
      return
    }
    #expect(!line.isEmpty)
  }

  @Test func send_extraFileThatIsAbsent_isTLSWithItsName() async throws {
    let server = OpenSSLServer()
    guard case .tls(let line) = try await ask(server, trusting: "/nonexistent.pem").failure else {
      Issue.record("expected tls")
      return
    }
    #expect(line.hasSuffix("/nonexistent.pem"))
  }
}
