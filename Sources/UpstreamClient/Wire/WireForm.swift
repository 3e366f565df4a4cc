import AgentCore

/// The outward form of a kind of request and of its answer: `spec/wire.md` §0 and the section of each.
struct WireForm {
  var method: HTTPRequest.Method
  /// Path and query after the endpoint.
  var target: String
  /// It carries the bearer token and the instance.
  var isPrivate = false
  /// An OAuth endpoint of §1: its errors are those of RFC 6749 §5.2.
  var isOAuth = false
  /// The media type of an answer 200; nil where there is none.
  var answerType: String?
  /// Bytes of an answer of class 2xx.
  var answerLimit = Limits.otherBodyBytes

  init(of request: UpstreamRequest) {
    switch request {
    case .deviceAuthorization:
      self.init(.post, "/v1/oauth/device_authorization", type: .json, isOAuth: true)
    case .deviceToken, .token:
      self.init(.post, "/v1/oauth/token", type: .json, isOAuth: true)
    case .claim:
      self.init(.post, "/v1/pairing/claims", type: .json)
    case .heads(let after, let waitSeconds):
      let cursor = after.map { "after=\(percentEncoded($0))&" } ?? ""
      self.init(
        .get, "/v1/device/heads?\(cursor)wait=\(waitSeconds)", type: .json, isPrivate: true, limit: Limits.headsBytes)
    case .policy:
      self.init(.get, "/v1/device/policy", type: .jose, isPrivate: true, limit: Limits.envelopeBytes)
    case .usage:
      self.init(.post, "/v1/device/usage", type: .json, isPrivate: true)
    case .state:
      self.init(.put, "/v1/device/state", type: nil, isPrivate: true)
    case .request:
      self.init(.post, "/v1/device/requests", type: .json, isPrivate: true)
    case .unpair:
      self.init(.delete, "/v1/device", type: nil, isPrivate: true)
    case .manifest(let shelf):
      self.init(.get, "/c/v1/shelves/\(shelf)/head", type: .jose, limit: Limits.manifestBytes)
    case .blob(let sha256, _):
      self.init(.get, "/c/v1/blobs/\(percentEncoded(sha256))", type: .bytes, limit: Limits.blobBytes)
    }
  }

  private enum MediaType: String {
    case json = "application/json"
    case jose = "application/jose"
    case bytes = "application/octet-stream"
  }

  private init(
    _ method: HTTPRequest.Method, _ target: String, type: MediaType?, isPrivate: Bool = false, isOAuth: Bool = false,
    limit: Int = Limits.otherBodyBytes
  ) {
    self.method = method
    self.target = target
    self.isPrivate = isPrivate
    self.isOAuth = isOAuth
    answerType = type?.rawValue
    answerLimit = limit
  }
}
