import AgentCore

/// A complete answer, its body within the limits of the request.
package struct HTTPResponse: Sendable, Equatable {
  package var status: Int
  /// Names in lower case; of a repeated one the last.
  package var headers: [String: String]
  /// Empty where the body went into a file.
  package var body: [UInt8]
  /// The whole file lies at its path, its length and hash are right.
  package var isStored: Bool
  /// It came over verified TLS or from a loopback peer.
  package var isAuthentic: Bool

  package init(
    status: Int, headers: [String: String] = [:], body: [UInt8] = [], isStored: Bool = false, isAuthentic: Bool
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.isStored = isStored
    self.isAuthentic = isAuthentic
  }

  /// When the upstream says it answered; nil where it does not say, or not as HTTP does.
  package var date: WallTime? { headers["date"].flatMap(HTTPDate.read) }

  /// The media type in lower case without parameters; nil where there is none.
  package var contentType: String? { HTTPResponse.mediaType(headers["content-type"]) }

  static func mediaType(_ value: String?) -> String? {
    guard let type = value?.split(separator: ";", omittingEmptySubsequences: false).first else { return nil }
    let bare = type.filter { $0 != " " && $0 != "\t" }.lowercased()
    return bare.isEmpty ? nil : bare
  }
}
