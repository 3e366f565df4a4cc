import AgentCore

/// Reads what came back into what the agent understands, by `spec/wire.md` §§0–6.
package enum WireAnswer {
  /// The answer, checked for form: limits, media type, members and their types.
  ///
  /// Errors: `captivePortal` for a 200 of another type than the named one, `tooLarge` for a body over its limit,
  /// `malformed` with the path of the member (or what else does not fit) for the rest.
  package static func read(
    _ response: HTTPResponse, for request: UpstreamRequest, openers: WireOpeners
  ) -> Result<UpstreamAnswer, TransportFailure> {
    do throws(TransportFailure) {
      let date = response.headers["date"].flatMap(HTTPDate.read)
      let content = try content(of: response, for: request, openers, date)
      return .success(UpstreamAnswer(date: date, isAuthentic: response.isAuthentic, content: content))
    } catch {
      return .failure(error)
    }
  }

  private static func content(
    of response: HTTPResponse, for request: UpstreamRequest, _ openers: WireOpeners, _ date: WallTime?
  ) throws(TransportFailure) -> UpstreamAnswer.Content {
    let form = WireForm(of: request)
    let isSuccess = (200..<300).contains(response.status)
    let limit = isSuccess ? form.answerLimit : Limits.otherBodyBytes
    guard response.body.count <= limit else { throw .tooLarge(limit: limit) }
    guard isSuccess else { return .problem(problem(in: response, isOAuth: form.isOAuth, date)) }
    switch response.status {
    case 204:
      return try emptyContent(for: request)
    case 201 where isRequest(request), 206 where response.isStored, 200:
      guard let type = form.answerType, response.contentType == type else { throw .captivePortal }
      return try content(response, for: request, openers)
    default:
      throw .malformed("status \(response.status) where none such is answered")
    }
  }

  private static func emptyContent(for request: UpstreamRequest) throws(TransportFailure) -> UpstreamAnswer.Content {
    switch request {
    case .heads: return .unchanged
    case .state, .unpair: return .done
    case .deviceAuthorization, .deviceToken, .claim, .token, .policy, .usage, .request, .manifest, .blob:
      throw .malformed("status 204 where a body is answered")
    }
  }

  private static func content(
    _ response: HTTPResponse, for request: UpstreamRequest, _ openers: WireOpeners
  ) throws(TransportFailure) -> UpstreamAnswer.Content {
    switch request {
    case .deviceAuthorization:
      return .deviceAuthorization(try WireJSON.decode(DeviceAuthorizationDocument.self, response.body).value)
    case .deviceToken, .claim:
      return .paired(try pairingSuccess(response.body))
    case .token:
      return .token(try WireJSON.decode(TokenDocument.self, response.body).value)
    case .heads:
      return .heads(try heads(response.body, openers))
    case .policy:
      return .policy(openers.openEnvelope(String(decoding: response.body, as: UTF8.self)))
    case .usage:
      let document = try WireJSON.decode(AcknowledgementDocument.self, response.body)
      return .usageAcknowledged(
        through: document.acked, rejected: document.rejected.map { RejectedEvent(sequence: $0.seq, type: $0.type) })
    case .request:
      _ = try WireJSON.decode([String: JSONValue].self, response.body)
      return .done
    case .manifest(let shelf):
      return .manifest(openers.openManifest(String(decoding: response.body, as: UTF8.self), shelf))
    case .blob:
      guard response.isStored else { throw .local("a blob that went into no file") }
      return .blobStored
    case .state, .unpair:
      preconditionFailure("their answer has no type, so a 200 was refused before")
    }
  }

  private static func isRequest(_ request: UpstreamRequest) -> Bool {
    if case .request = request { true } else { false }
  }

  private static func pairingSuccess(_ body: [UInt8]) throws(TransportFailure) -> PairingSuccess {
    let document = try WireJSON.decode(PairingDocument.self, body)
    guard try WireJSON.encode(document.trust).count <= Limits.trustBytes else {
      throw .malformed("/trust: over \(Limits.trustBytes) bytes")
    }
    return document.value
  }
}
