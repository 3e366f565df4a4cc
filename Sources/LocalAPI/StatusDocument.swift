/// What `Status` answers, and `axolotlyctl status --json` prints.
package struct StatusDocument: Codable, Sendable, Equatable {
  package var agent: String
  package var paired: Bool
  package var online: Bool
  /// `unpaired`, `waiting_for_network`, `showing_code`, `claiming` or `paired`.
  package var pairing: String
  package var userCode: String?
  package var verificationURI: String?
  package var device: String?
  package var family: String?
  package var upstream: String
  /// Seconds since the upstream last answered; nil: not in this life of the process.
  package var heardSecondsAgo: Int64?
  package var policy: Policy?
  package var refused: Refused?
  package var activeProfile: String?
  package var shelves: [Shelf]
  package var outbox: Outbox
  package var sessions: [Session]
  package var health: [Health]
  package var time: Time

  package struct Policy: Codable, Sendable, Equatable {
    package var version: Int
    package var appliedAt: String
    package var ageSeconds: Int64
    enum CodingKeys: String, CodingKey {
      case version
      case appliedAt = "applied_at"
      case ageSeconds = "age_s"
    }
    package init(version: Int, appliedAt: String, ageSeconds: Int64) {
      (self.version, self.appliedAt, self.ageSeconds) = (version, appliedAt, ageSeconds)
    }
  }
  package struct Refused: Codable, Sendable, Equatable {
    package var version: Int
    package var reason: String
    package var path: String?
    package init(version: Int, reason: String, path: String?) {
      (self.version, self.reason, self.path) = (version, reason, path)
    }
  }
  package struct Shelf: Codable, Sendable, Equatable {
    package var shelf: String
    package var wantedVersion: Int
    package var version: Int?
    package var titles: Int?
    enum CodingKeys: String, CodingKey {
      case shelf, version, titles
      case wantedVersion = "wanted_version"
    }
    package init(shelf: String, wantedVersion: Int, version: Int?, titles: Int?) {
      (self.shelf, self.wantedVersion, self.version, self.titles) = (shelf, wantedVersion, version, titles)
    }
  }
  package struct Outbox: Codable, Sendable, Equatable {
    package var epoch: Int
    package var next: Int
    package var depth: Int
    package init(epoch: Int, next: Int, depth: Int) { (self.epoch, self.next, self.depth) = (epoch, next, depth) }
  }
  package struct Session: Codable, Sendable, Equatable {
    package var id: String
    package var profile: String
    package var title: String?
    package var app: String?
    package var state: String
    package var playedSeconds: Int64
    enum CodingKeys: String, CodingKey {
      case id, profile, title, app, state
      case playedSeconds = "played_s"
    }
    package init(id: String, profile: String, title: String?, app: String?, state: String, playedSeconds: Int64) {
      self.id = id
      self.profile = profile
      self.title = title
      self.app = app
      self.state = state
      self.playedSeconds = playedSeconds
    }
  }
  package struct Health: Codable, Sendable, Equatable {
    package var code: String
    package var severity: String
    package var since: String
    package var remedy: String
    package init(code: String, severity: String, since: String, remedy: String) {
      (self.code, self.severity, self.since, self.remedy) = (code, severity, since, remedy)
    }
  }
  package struct Time: Codable, Sendable, Equatable {
    package var now: String
    package var trusted: Bool
    package var reason: String
    package init(now: String, trusted: Bool, reason: String) {
      (self.now, self.trusted, self.reason) = (now, trusted, reason)
    }
  }

  package init(
    agent: String, paired: Bool, online: Bool, pairing: String, userCode: String?, verificationURI: String?,
    device: String?, family: String?, upstream: String, heardSecondsAgo: Int64?, policy: Policy?, refused: Refused?,
    activeProfile: String?, shelves: [Shelf], outbox: Outbox, sessions: [Session], health: [Health], time: Time
  ) {
    self.agent = agent
    self.paired = paired
    self.online = online
    self.pairing = pairing
    self.userCode = userCode
    self.verificationURI = verificationURI
    self.device = device
    self.family = family
    self.upstream = upstream
    self.heardSecondsAgo = heardSecondsAgo
    self.policy = policy
    self.refused = refused
    self.activeProfile = activeProfile
    self.shelves = shelves
    self.outbox = outbox
    self.sessions = sessions
    self.health = health
    self.time = time
  }

  enum CodingKeys: String, CodingKey {
    case agent, paired, online, pairing, device, family, upstream, policy, refused, shelves, outbox, sessions, health,
      time
    case userCode = "user_code"
    case verificationURI = "verification_uri"
    case heardSecondsAgo = "heard_s_ago"
    case activeProfile = "active_profile"
  }
}
