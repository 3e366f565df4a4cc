import AgentCore

/// Turns what the agent asks into HTTP, by `spec/wire.md` §§0–6.
package enum WireRequest {
  /// The request as HTTP.
  ///
  /// - Parameters:
  ///   - usage: the batch; needed by `usage` alone.
  ///   - blobFile: where a blob is to lie; needed by `blob` alone.
  /// - Throws: `local` where something that the request needs is missing or no JSON, `tooLarge` where its body is over
  ///   the limit of §0.
  package static func make(
    _ outgoing: OutgoingRequest, _ context: WireContext, usage: UsageBatch? = nil, blobFile: String? = nil
  ) throws(TransportFailure) -> HTTPRequest {
    let form = WireForm(of: outgoing.request)
    var request = HTTPRequest(
      method: form.method, url: outgoing.endpoint + form.target, timeout: outgoing.timeout,
      freshConnection: outgoing.freshConnection, expectedType: form.answerType, sink: .memory(limit: form.answerLimit))
    request.headers = [.init("User-Agent", context.userAgent), .init("X-Request-Id", context.requestID())]
    if form.isPrivate {
      guard let token = outgoing.token else { throw .local("a private request without a token") }
      request.headers += [.init("Authorization", "Bearer \(token)"), .init("Axolotly-Instance", context.instance)]
    }
    if let content = try content(of: outgoing, context, usage) {
      request.headers += content.headers
      request.body = content.bytes
      guard content.bytes.count <= content.limit else { throw .tooLarge(limit: content.limit) }
    }
    if case .blob(let sha256, let bytes) = outgoing.request {
      guard let blobFile else { throw .local("a blob without a file to go to") }
      request.sink = .file(path: blobFile, bytes: bytes, sha256: sha256)
    }
    return request
  }

  private struct Content {
    var headers: [HTTPRequest.Header]
    var bytes: [UInt8]
    var limit = Limits.otherBodyBytes
  }

  private static func content(
    of outgoing: OutgoingRequest, _ context: WireContext, _ usage: UsageBatch?
  ) throws(TransportFailure) -> Content? {
    switch outgoing.request {
    case .deviceAuthorization, .deviceToken, .token:
      let text = formText(of: outgoing, context)
      return Content(headers: [.init("Content-Type", "application/x-www-form-urlencoded")], bytes: Array(text.utf8))
    case .claim(let code):
      let assertion = context.assertion(nil, outgoing.endpoint)
      return Content(headers: [json], bytes: try WireBodies.claim(code: code, assertion: assertion, context))
    case .state(let report):
      return Content(headers: [json], bytes: try WireBodies.state(report, agent: context.agentVersion))
    case .request(let record):
      return Content(headers: [json], bytes: try WireBodies.request(record))
    case .usage:
      guard let usage else { throw .local("a usage request without its batch") }
      let headers = [
        HTTPRequest.Header("Content-Type", "application/x-ndjson"), .init("Content-Encoding", "gzip"),
        .init("Axolotly-Outbox", "\(usage.epoch)"),
      ]
      return Content(headers: headers, bytes: usage.gzip, limit: Limits.batchSentBytes)
    case .heads, .policy, .unpair, .manifest, .blob:
      return nil
    }
  }

  private static let json = HTTPRequest.Header("Content-Type", "application/json")

  private static func formText(of outgoing: OutgoingRequest, _ context: WireContext) -> String {
    var pairs: [(String, String)]
    var subject: String?
    switch outgoing.request {
    case .deviceAuthorization:
      pairs = [
        ("client_id", "axolotly-agent"), ("device_key", context.deviceKey), ("device_info", context.deviceInfo),
      ]
    case .deviceToken(let deviceCode):
      pairs = [
        ("client_id", "axolotly-agent"), ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", deviceCode),
      ]
    case .token(let device):
      pairs = [("grant_type", "client_credentials")]
      subject = device
    case .claim, .heads, .policy, .usage, .state, .request, .unpair, .manifest, .blob:
      preconditionFailure("only the OAuth requests of spec/wire.md §1 are forms")
    }
    pairs += [
      ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
      ("client_assertion", context.assertion(subject, outgoing.endpoint)),
    ]
    return pairs.map { "\($0)=\(percentEncoded($1))" }.joined(separator: "&")
  }
}

/// Every byte but the unreserved ones (RFC 3986 §2.3) as `%XX`; right in a query and in a form alike.
func percentEncoded(_ text: String) -> String {
  let hex = Array("0123456789ABCDEF")
  var result = ""
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      result.unicodeScalars.append(Unicode.Scalar(byte))
    default:
      result += ["%", hex[Int(byte >> 4)], hex[Int(byte & 15)]]
    }
  }
  return result
}
