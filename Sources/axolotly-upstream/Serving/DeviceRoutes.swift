import AgentCore
import Foundation
import NIOCore
import Trust
import UpstreamCore

/// Private requests of boxes, save the heads (`spec/wire.md` §1, §3, §5, §6).
struct DeviceRoutes {
  let services: UpstreamServices

  func answer(_ call: Call) async throws -> Answer {
    let route = call.path.dropFirst(2).joined(separator: "/")
    switch (route, call.method) {
    case ("", "DELETE"): return try await perform(.unpair, call)
    case ("key", "PUT"): return try await replaceKey(call)
    case ("policy", "GET"): return try await perform(.policy, call)
    case ("usage", "POST"): return try await usage(call)
    case ("state", "PUT"): return try await state(call)
    case ("requests", "POST"): return try await request(call)
    case ("", _): throw Problem.methodNotAllowed("DELETE")
    case ("key", _), ("state", _): throw Problem.methodNotAllowed("PUT")
    case ("policy", _), ("heads", _): throw Problem.methodNotAllowed("GET")
    case ("usage", _), ("requests", _): throw Problem.methodNotAllowed("POST")
    default: throw Problem.notFound
    }
  }

  private func perform(_ action: DeviceCall.Action, _ call: Call) async throws -> Answer {
    let (claims, instance) = try caller(call)
    let answer = try await services.families.perform { store in
      try store.handle(
        .device(DeviceCall(device: claims.device, instance: instance, action: action)), family: claims.family,
        now: UpstreamClock.now())
    }
    return try DeviceRoutes.answer(answer)
  }

  private func caller(_ call: Call) throws -> (claims: AccessTokenClaims, instance: String) {
    try services.caller(authorization: call.bearer, instance: call.headers["axolotly-instance"])
  }

  /// What a box is told of a rule's answer.
  static func answer(_ answer: FamilyAnswer) throws -> Answer {
    switch answer {
    case .heads(let document): return try .json(document)
    case .unchanged, .done, .park: return .noContent
    case .policy(_, let envelope):
      return Answer(
        status: 200, headers: [("Content-Type", "application/jose")], body: ByteBuffer(string: envelope))
    case .usage(let acked, let rejected):
      let lines = rejected.map { UsageDocument.Rejected(seq: $0.sequence, type: $0.type) }
      return try .json(UsageDocument(acked: acked, rejected: lines))
    case .requestCreated: return try .json(JSONValue.object([:]), status: 201)
    case .requestKnown: return try .json(JSONValue.object([:]))
    case .refused(let refusal): throw refusal.problem
    case .tokenGranted, .paired: throw Problem(503, "unavailable", "A rule answered another question.")
    }
  }

  private struct UsageDocument: Encodable {
    struct Rejected: Encodable {
      var seq: Int
      var type: String
    }
    var acked: Int
    var rejected: [Rejected]
  }

  /// A body that cannot be read still counts against the budget, and a revoked box hears that first.
  private func refuse(_ problem: Problem, _ call: Call) async throws -> Answer {
    do { return try await perform(.unreadable, call) } catch let refusal as Problem where refusal.status == 400 {
      throw problem
    }
  }

  // MARK: Key, state, requests

  private struct KeyDocument: Decodable {
    var device_key: JSONValue
    var client_assertion: String
  }

  private func replaceKey(_ call: Call) async throws -> Answer {
    let (claims, _) = try caller(call)
    let document: KeyDocument
    let key: DeviceKeyJWK
    do {
      document = try await call.jsonBody(KeyDocument.self)
      guard let read = try? DeviceKeyJWK(json: try JSON.text(document.device_key)) else {
        throw Problem(400, "bad_request", "device_key has to be a public JWK on P-256.")
      }
      key = read
    } catch let problem as Problem { return try await refuse(problem, call) }
    try await services.useAssertion(document.client_assertion, subject: claims.device, key: key, isOAuth: false)
    return try await perform(.replaceKey(BoxKey(thumbprint: key.thumbprint, jwk: key.text)), call)
  }

  private func state(_ call: Call) async throws -> Answer {
    do {
      let report = try await call.jsonBody(ReceivedState.self)
      return try await perform(.state(report.report), call)
    } catch let problem as Problem where problem.status == 400 || problem.status == 413 || problem.status == 415 {
      return try await refuse(problem, call)
    }
  }

  private struct RequestDocument: Decodable {
    var id: String
    var profile: String
    var asks: String
    var title: TitleReference?
    var minutes: Int?
    var at: WallTime
  }

  private func request(_ call: Call) async throws -> Answer {
    let document: RequestDocument
    let asks: ChildRequest.Asks
    do {
      document = try await call.jsonBody(RequestDocument.self)
      switch (document.asks, document.title, document.minutes) {
      case ("title", let title?, _): asks = .title(title)
      case ("time", _, let minutes?) where (1...1_440).contains(minutes): asks = .time(minutes: minutes)
      default: throw Problem(400, "bad_request", "asks has to be title with title, or time with minutes 1 to 1440.")
      }
    } catch let problem as Problem { return try await refuse(problem, call) }
    return try await perform(
      .request(id: document.id, profile: document.profile, asks: asks, at: document.at), call)
  }

  // MARK: Usage

  private func usage(_ call: Call) async throws -> Answer {
    _ = try caller(call)
    let batch: UsageBatch
    do { batch = try await readBatch(call) } catch let problem as Problem { return try await refuse(problem, call) }
    return try await perform(.usage(batch), call)
  }

  private func readBatch(_ call: Call) async throws -> UsageBatch {
    guard call.contentType == "application/x-ndjson" else {
      throw Problem(415, "unsupported_media_type", "Send application/x-ndjson.")
    }
    guard let epoch = call.headers["axolotly-outbox"].flatMap({ Int($0) }), epoch >= 1 else {
      throw Problem(400, "bad_request", "Axolotly-Outbox has to be a number from 1 on.")
    }
    let sent = Array((try await call.body(Limits.batchSentBytes)).readableBytesView)
    var text = sent
    switch call.headers["content-encoding"]?.lowercased() {
    case "gzip": text = try DeviceRoutes.unpacked(sent)
    case nil, "identity": break
    default: throw Problem(415, "unsupported_media_type", "Send gzip or no Content-Encoding.")
    }
    guard text.count <= Limits.batchBytes else { throw Problem.tooLarge }
    let lines = text.split(separator: UInt8(ascii: "\n"))
    guard lines.count <= Limits.batchEvents else { throw Problem.tooLarge }
    let decoder = JSONDecoder()
    return UsageBatch(
      epoch: epoch,
      lines: try lines.map { line in
        guard let read = UsageLine(received: Array(line), decoder: decoder) else {
          throw Problem(400, "bad_request", "A line is no JSON object with seq and kind.")
        }
        return read
      })
  }

  private static func unpacked(_ bytes: [UInt8]) throws -> [UInt8] {
    var text: [UInt8] = []
    let reader = try GzipReader()
    do {
      try reader.read(bytes) { piece in
        text += piece
        return text.count <= Limits.batchBytes
      }
    } catch is GzipError { throw Problem(400, "bad_request", "The body is no gzip.") }
    guard text.count > Limits.batchBytes || reader.isAtEnd else {
      throw Problem(400, "bad_request", "The body is cut short.")
    }
    return text
  }
}
