import AgentCore
import Testing

/// What a request is for, as tests name it.
enum RequestKind: Hashable {
  case pairingCode, pairingPoll, claim, token, heads, policy, usage, state, request, unpair, manifest, blob
}

extension OutgoingRequest {
  var kind: RequestKind {
    switch request {
    case .deviceAuthorization: .pairingCode
    case .deviceToken: .pairingPoll
    case .claim: .claim
    case .token: .token
    case .heads: .heads
    case .policy: .policy
    case .usage: .usage
    case .state: .state
    case .request: .request
    case .unpair: .unpair
    case .manifest: .manifest
    case .blob: .blob
    }
  }

  /// The wait of a held request; -1 for any other.
  var waitSeconds: Int {
    if case .heads(_, let wait) = request { wait } else { -1 }
  }

  /// The cursor of a held request.
  var cursor: String? {
    if case .heads(let after, _) = request { after } else { nil }
  }

  /// The first number of a usage batch; nil for any other request.
  var firstNumber: Int? {
    if case .usage(_, let from, _, _) = request { from } else { nil }
  }
}

// A family, its policy and its heads, as small as tests need them.
extension AgentHarness {
  static let trust = TrustSet(
    version: 1, policy: [.init(kid: "p1", x: "p")], catalogue: [.init(kid: "c1", x: "c")], root: .init(kid: "r", x: "r")
  )

  static func identity(endpoints: [String] = ["https://first.example"]) -> Identity {
    Identity(device: "d_1", family: "f_1", endpoints: endpoints, trust: trust)
  }

  static let success = PairingSuccess(
    token: AccessToken(text: "first token", expiresInSeconds: 3_600), device: "d_1", family: "f_1",
    endpoints: ["https://first.example"], trust: trust)

  static let authorization = DeviceAuthorization(
    deviceCode: "device code", userCode: "WDJBMJHT", verificationURI: "https://first.example/pair",
    verificationURIComplete: "https://first.example/pair?code=WDJBMJHT", expiresInSeconds: 900, intervalSeconds: 5)

  /// A policy of one child, `mia`, in UTC, with whatever the test changes in it.
  static func policy(
    _ version: Int, issuedAt: WallTime = WallTime(seconds: noon - 60), previous: String? = nil, payload: String? = nil,
    _ change: (inout Policy) -> Void = { _ in }
  ) -> PolicyEnvelope {
    var policy = Policy(
      family: "f_1", version: version, issuedAt: issuedAt, timeZone: "UTC", region: "US", defaultProfile: "mia",
      profiles: [Profile(id: "mia", name: "Mia", kind: .child), Profile(id: "leo", name: "Leo", kind: .teen)])
    change(&policy)
    return PolicyEnvelope(
      text: "envelope \(payload ?? "sha \(version)")", payloadSHA256: payload ?? "sha \(version)",
      previousSHA256: previous ?? (version == 1 ? nil : "sha \(version - 1)"), policy: policy, zone: .utc)
  }

  /// A budget of so many minutes on every day.
  static func policy(_ version: Int, budgetMinutes: Int, grants: [Profile.Grant] = []) -> PolicyEnvelope {
    policy(version) {
      $0.profiles[0].budget = .init(days: Array(repeating: budgetMinutes, count: 7))
      $0.profiles[0].grants = grants
    }
  }

  /// The heads as the upstream has them when it knows what this box last told it.
  func heads(
    _ cursor: String, policy: PolicyEnvelope? = nil, catalogue: [Heads.ShelfHead] = [],
    ledger: [String: Heads.Elsewhere] = [:], leases: [Heads.Lease]? = nil, answers: [Heads.RequestAnswer] = [],
    commands: [Heads.UpstreamCommand] = [],
    usage: Heads.OutboxPosition? = nil, poll: Heads.PollSettings = .init(waitSeconds: 240, spreadSeconds: 10)
  ) -> Heads {
    Heads(
      cursor: cursor, policy: policy.map { .init(version: $0.policy.version, envelope: .opened($0)) },
      catalogue: catalogue, ledger: ledger, leases: leases ?? wholeDay, answers: answers, commands: commands,
      usage: usage ?? .init(epoch: agent.outbox.epoch, next: agent.outbox.firstUnacknowledged), poll: poll)
  }

  /// What the family's only box is leased, with room for every budget of a test.
  var wholeDay: [Heads.Lease] {
    let day = now.systemSeconds / 86_400
    return [
      Heads.Lease(
        profile: "mia", date: CalendarDate(daysSinceEpoch: Int(day)), throughSeconds: 86_400,
        until: WallTime(seconds: (day + 1) * 86_400))
    ]
  }

  /// A box that is paired, has a token, a policy and one held request out.
  static func paired(
    policy: PolicyEnvelope = policy(1), endpoints: [String] = ["https://first.example"], seed: UInt64 = 1,
    at systemSeconds: Int64 = noon
  ) throws -> AgentHarness {
    var journal = SimulatedJournal()
    journal.identity = identity(endpoints: endpoints)
    var box = AgentHarness(journal: journal, seed: seed, at: systemSeconds)
    box.handle(.turn)
    try box.answer(.heads, .heads(box.heads("c1", policy: policy)))
    box.advance(by: .seconds(1))
    box.advance(by: .seconds(5))
    _ = try box.outgoing(.heads)
    box.forgetEffects()
    box.forgetSent()
    return box
  }

  // MARK: What came out

  func sent(_ kind: RequestKind) -> [Sent] { sent.filter { $0.request.kind == kind } }

  var signals: [AgentSignal] {
    effects.compactMap { if case .signal(let signal) = $0 { signal } else { nil } }
  }

  var logs: [LogEntry] {
    effects.compactMap { if case .log(let entry) = $0 { entry } else { nil } }
  }

  var hasErased: Bool { effects.contains(.erase) }

  func isRaised(_ code: HealthItem.Code) -> Bool { agent.health.contains(code) }

  /// What ended, with its reason, in order.
  var endings: [SessionEndReason] {
    signals.compactMap { if case .sessionEnded(_, let reason, _) = $0 { reason } else { nil } }
  }

  var warnings: [Int64] {
    signals.compactMap { if case .sessionWarning(_, let remaining) = $0 { remaining } else { nil } }
  }

  /// Begins a session and says that it plays.
  mutating func play(profile: String = "mia", app: String? = "netflix", owner: UInt32 = 1_000) throws -> String {
    let id = command(.beginSession(profile: profile, title: nil, app: app, service: nil, owner: owner))
    guard case .session(let session, _)? = replies(to: id).first else {
      throw UnexpectedReply(replies: replies(to: id))
    }
    command(.playing(session: session, owner: owner))
    return session
  }

  /// Lets time pass while a launcher repeats its heartbeat every 5 s.
  mutating func watch(_ sessions: String..., for seconds: Int64, owner: UInt32 = 1_000) {
    var left = seconds
    while left > 0 {
      let step = min(5, left)
      advance(by: .seconds(step))
      left -= step
      for session in sessions where agent.sessions.session(session) != nil {
        command(.playing(session: session, owner: owner))
      }
    }
  }
}

struct UnexpectedReply: Error {
  var replies: [CommandReply]
}
