import AgentCore

/// The heads of one box as they are sent (`spec/wire.md` §2); member names are the wire's, so it is coded as it stands.
package struct HeadsDocument: Sendable, Equatable, Codable {
  package var cursor: String
  package var policy: PolicyHead?
  /// A general JWS that leads to the next trust.
  package var trust: String?
  package var catalogue: [Heads.ShelfHead]
  package var ledger: [String: Elsewhere]
  package var leases: [Lease]
  package var answers: [Answer]
  package var commands: [DeviceCommand]
  package var usage: UsagePosition
  package var poll: Poll

  package struct PolicyHead: Sendable, Equatable, Codable {
    package var version: Int
    /// Nil where it is over `UpstreamLimits.inlinedEnvelopeBytes`.
    package var envelope: String?
  }

  package struct Elsewhere: Sendable, Equatable, Codable {
    package var date: CalendarDate
    package var seconds: Int64
    package var apps: [String: Int64]
    enum CodingKeys: String, CodingKey {
      case date, apps
      case seconds = "elsewhere_s"
    }
  }

  package struct Lease: Sendable, Equatable, Codable {
    package var profile: String
    package var date: CalendarDate
    package var throughSeconds: Int64
    package var until: WallTime
    enum CodingKeys: String, CodingKey {
      case profile, date, until
      case throughSeconds = "through_s"
    }
  }

  package struct Answer: Sendable, Equatable, Codable {
    package var request: String
    package var granted: Bool
    package var at: WallTime
  }

  package struct Poll: Sendable, Equatable, Codable {
    package var waitSeconds: Int
    package var spreadSeconds: Int
    enum CodingKeys: String, CodingKey {
      case waitSeconds = "wait_s"
      case spreadSeconds = "spread_s"
    }
    package init(waitSeconds: Int, spreadSeconds: Int) {
      (self.waitSeconds, self.spreadSeconds) = (waitSeconds, spreadSeconds)
    }
  }
}

extension HeadsDocument {
  /// `policy` and `trust` are written as null where there is none: all members are always there.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(cursor, forKey: .cursor)
    try container.encode(policy, forKey: .policy)
    try container.encode(trust, forKey: .trust)
    try container.encode(catalogue, forKey: .catalogue)
    try container.encode(ledger, forKey: .ledger)
    try container.encode(leases, forKey: .leases)
    try container.encode(answers, forKey: .answers)
    try container.encode(commands, forKey: .commands)
    try container.encode(usage, forKey: .usage)
    try container.encode(poll, forKey: .poll)
  }
}
