import AgentCore

/// One request as HTTP: all that `HTTPTransport` needs to know of it.
package struct HTTPRequest: Sendable, Equatable {
  package var method: Method
  /// Absolute; `https`, or `http` to a loopback host. No credentials in it.
  package var url: String
  /// Sent in this order; visible ASCII and blanks, anything else fails the request.
  package var headers: [Header]
  /// Nil: a request without body.
  package var body: [UInt8]?
  /// From start to complete answer, over all redirects.
  package var timeout: Duration
  /// No pooled connection is used.
  package var freshConnection: Bool
  /// The media type that an answer 200 or 206 must have; nil: any. Another one is a captive portal.
  package var expectedType: String?
  package var sink: BodySink

  package enum Method: String, Sendable { case get = "GET", post = "POST", put = "PUT", delete = "DELETE" }

  package struct Header: Sendable, Equatable {
    package var name: String
    package var value: String
    package init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
  }

  package init(
    method: Method, url: String, headers: [Header] = [], body: [UInt8]? = nil, timeout: Duration,
    freshConnection: Bool = false, expectedType: String? = nil, sink: BodySink
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
    self.freshConnection = freshConnection
    self.expectedType = expectedType
    self.sink = sink
  }
}

/// Where the body of an answer of class 2xx goes; that of any other answer is kept in memory up to `Limits.otherBodyBytes`.
package enum BodySink: Sendable, Equatable {
  /// Into the response. One byte more than `limit` ends the transfer with `tooLarge`.
  case memory(limit: Int)
  /// Into `path`, which appears whole or not at all: 200 and 206 are written to `path` + `.part`, hashed on the way,
  /// compared with `bytes` and `sha256`, made durable and renamed. What breaks off stays in `.part` and is resumed by
  /// Range. One request at a time for a path.
  case file(path: String, bytes: Int, sha256: String)
}
