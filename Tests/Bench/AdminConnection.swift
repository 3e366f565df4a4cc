import AgentCore
import Synchronization
import UpstreamClient

/// The upstream's administration over a connection that is kept alive, as a parent's app has one.
final class AdminConnection {
  private let transport: HTTPTransport
  private let base: String
  private let token: String
  private var sent: UInt64 = 0

  private static let answerBytes = 64 << 10

  init(base: String, token: String) throws {
    self.base = base
    self.token = token
    // No request of this program receives a file, so nothing is ever hashed.
    transport = try HTTPTransport(settings: .init(proxy: .none)) { StreamHasher(update: { _ in }, finishHex: { "" }) }
  }

  func stop() { transport.stop() }

  /// Each sends a request and returns at once.
  func get(_ path: String) -> PendingAnswer { send(.get, path, body: nil) }
  func post(_ path: String, body: String) -> PendingAnswer { send(.post, path, body: body) }

  private func send(_ method: HTTPRequest.Method, _ path: String, body: String?) -> PendingAnswer {
    var headers = [HTTPRequest.Header("Authorization", "Bearer " + token)]
    if body != nil { headers.append(.init("Content-Type", "application/json")) }
    let request = HTTPRequest(
      method: method, url: base + "/v1/admin/" + path, headers: headers, body: body.map { Array($0.utf8) },
      timeout: .seconds(30), expectedType: "application/json", sink: .memory(limit: Self.answerBytes))
    sent += 1
    let pending = PendingAnswer()
    transport.send(request, id: RequestID(sent)) { pending.set($0) }
    return pending
  }
}

/// An answer that is on its way, with the moment at which it was complete.
final class PendingAnswer: Sendable {
  struct Answer: Sendable {
    var body: [UInt8]
    /// CLOCK_MONOTONIC on the transport's thread.
    var at: SuspendingClock.Instant
  }
  private let state = Mutex<Result<Answer, BenchError>?>(nil)

  func set(_ result: Result<HTTPResponse, TransportFailure>) {
    let now = SuspendingClock.now
    let answer = result.mapError { BenchError("the upstream's administration does not answer: \($0)") }.flatMap {
      (200..<300).contains($0.status)
        ? .success(Answer(body: $0.body, at: now))
        : .failure(BenchError("the upstream answers \($0.status): \(String(decoding: $0.body, as: UTF8.self))"))
    }
    state.withLock { $0 = answer }
  }

  /// Nil while it is on its way.
  func take() throws -> Answer? { try state.withLock { try $0?.get() } }
}
