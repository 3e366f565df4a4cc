/// What children asked for on this box: what `Requests` answers, and `axolotlyctl requests --json` prints.
package struct RequestsDocument: Codable, Sendable, Equatable {
  /// The oldest first.
  package var requests: [Request]

  package struct Request: Codable, Sendable, Equatable {
    package var request: String
    package var profile: String
    /// `title` or `time`.
    package var asks: String
    package var title: String?
    package var minutes: Int?
    package var at: String
    /// `waiting` (the upstream lacks it), `sent`, `granted`, `refused`.
    package var state: String
    package var answeredAt: String?

    enum CodingKeys: String, CodingKey {
      case request, profile, asks, title, minutes, at, state
      case answeredAt = "answered_at"
    }

    package init(request: String, profile: String, asks: String, at: String, state: String) {
      (self.request, self.profile, self.asks, self.at, self.state) = (request, profile, asks, at, state)
    }
  }

  package init(requests: [Request]) { self.requests = requests }
}
