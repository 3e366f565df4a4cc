/// A request to the upstream as the agent means it; the edge turns it into HTTP (`spec/wire.md`).
package enum UpstreamRequest: Sendable, Equatable {
  case deviceAuthorization
  case deviceToken(deviceCode: String)
  case claim(code: String)
  /// A token for a paired device (`client_credentials`).
  case token(device: String)
  case heads(after: String?, waitSeconds: Int)
  case policy
  /// The batch's lines are read from the outbox by the shell: at most so many events and bytes from `from` on.
  case usage(epoch: Int, from: Int, maxEvents: Int, maxBytes: Int)
  case state(StateReport)
  /// What a child asks a parent for.
  case request(RequestRecord)
  case unpair
  case manifest(ShelfName)
  /// A blob, kept as a file of the shell's; see `Effect.fetchPart`.
  case blob(sha256: String, bytes: Int)
}

/// Names one request from effect to answer; never used twice in a life of the process.
package struct RequestID: Hashable, Sendable {
  package var number: UInt64
  package init(_ number: UInt64) { self.number = number }
}

/// A request with all that it needs to be sent.
package struct OutgoingRequest: Sendable, Equatable {
  package var id: RequestID
  /// A base of the upstream without slash at the end.
  package var endpoint: String
  package var request: UpstreamRequest
  /// Bearer token of private requests; nil for those of §1 and for public ones.
  package var token: String?
  /// From send to complete answer.
  package var timeout: Duration
  /// No pooled connection is used (after a network change).
  package var freshConnection: Bool

  package init(
    id: RequestID, endpoint: String, request: UpstreamRequest, token: String? = nil, timeout: Duration,
    freshConnection: Bool = false
  ) {
    self.id = id
    self.endpoint = endpoint
    self.request = request
    self.token = token
    self.timeout = timeout
    self.freshConnection = freshConnection
  }
}

/// A state report (`spec/wire.md` §6); the shell adds `agent`.
package struct StateReport: Sendable, Equatable, Codable {
  package var boot: String
  package var upSeconds: Double
  package var policy: Policy?
  package var refused: Refused?
  package var trust: Int
  package var shelves: [Shelf]
  package var outbox: Outbox
  package var health: [HealthItem]
  package var commands: [CommandResult]

  package struct Policy: Sendable, Equatable, Codable {
    package var version: Int
    package var appliedAt: WallTime
    enum CodingKeys: String, CodingKey {
      case version
      case appliedAt = "applied_at"
    }
    package init(version: Int, appliedAt: WallTime) { (self.version, self.appliedAt) = (version, appliedAt) }
  }
  package struct Refused: Sendable, Equatable, Codable {
    package var version: Int
    package var reason: String
    package var path: String?
    package init(version: Int, reason: String, path: String?) {
      (self.version, self.reason, self.path) = (version, reason, path)
    }
  }
  package struct Shelf: Sendable, Equatable, Codable {
    package var shelf: ShelfName
    package var version: Int
    package var titles: Int
    package init(shelf: ShelfName, version: Int, titles: Int) {
      (self.shelf, self.version, self.titles) = (shelf, version, titles)
    }
  }
  package struct Outbox: Sendable, Equatable, Codable {
    package var epoch: Int
    package var next: Int
    package var depth: Int
    package var oldestAt: WallTime?
    enum CodingKeys: String, CodingKey {
      case epoch, next, depth
      case oldestAt = "oldest_at"
    }
    package init(epoch: Int, next: Int, depth: Int, oldestAt: WallTime?) {
      (self.epoch, self.next, self.depth, self.oldestAt) = (epoch, next, depth, oldestAt)
    }
  }
  package struct CommandResult: Sendable, Equatable, Codable {
    package var id: String
    package var result: String
    package init(id: String, result: String) { (self.id, self.result) = (id, result) }
  }
  enum CodingKeys: String, CodingKey {
    case boot, policy, refused, trust, shelves, outbox, health, commands
    case upSeconds = "up_s"
  }
  package init(
    boot: String, upSeconds: Double, policy: Policy?, refused: Refused?, trust: Int, shelves: [Shelf], outbox: Outbox,
    health: [HealthItem], commands: [CommandResult]
  ) {
    self.boot = boot
    self.upSeconds = upSeconds
    self.policy = policy
    self.refused = refused
    self.trust = trust
    self.shelves = shelves
    self.outbox = outbox
    self.health = health
    self.commands = commands
  }
}

/// A fault that the box knows of; codes as in `spec/wire.md` §6.
package struct HealthItem: Sendable, Equatable, Codable {
  package var code: Code
  package var severity: Severity
  package var since: WallTime

  package init(code: Code, severity: Severity, since: WallTime) {
    (self.code, self.severity, self.since) = (code, severity, since)
  }

  package enum Severity: String, Sendable, Codable { case warning, error }
  package enum Code: String, Sendable, Codable, CaseIterable {
    case upstreamUnreachable = "upstream_unreachable"
    case upstreamError = "upstream_error"
    case dnsFailed = "dns_failed"
    case tlsFailed = "tls_failed"
    case captivePortal = "captive_portal"
    case proxyRefused = "proxy_refused"
    case tokenRefused = "token_refused"
    case clone
    case clockUntrusted = "clock_untrusted"
    case clockStepped = "clock_stepped"
    case policyRefused = "policy_refused"
    case trustRefused = "trust_refused"
    case policyStale = "policy_stale"
    case shelfRefused = "shelf_refused"
    case shelfMissing = "shelf_missing"
    case replicaDamaged = "replica_damaged"
    case journalDamaged = "journal_damaged"
    case storageFull = "storage_full"
    case storageFailed = "storage_failed"
    case usageRejected = "usage_rejected"
    case handlerMissing = "handler_missing"
    case safeMode = "safe_mode"
    case launchUnavailable = "launch_unavailable"
    case busUnreachable = "bus_unreachable"
    case busNameRefused = "bus_name_refused"
    case busNameTaken = "bus_name_taken"
  }
}
