import AgentCore
import UpstreamCore

/// An upstream in memory around the real rules: what the reference upstream's shell does with SQLite and HTTP.
struct SimulatedUpstream {
  struct Hold {
    var number: HoldNumber
    var box: Int
    var request: RequestID
    var family: String
    var call: DeviceCall
  }

  /// What becomes of a request that arrived.
  enum Reply {
    case now(UpstreamAnswer.Content)
    case parked(HoldNumber, until: UpstreamInstant)
  }

  static let family = "f_sim"
  static let tokenSeconds: Int64 = 3_600

  var families: [String: Family] = [:]
  var presence: [String: FamilyPresence] = [:]
  var pairings: [String: Pairing] = [:]
  var usage: [UsageRow] = []
  var catalogue = SimulatedCatalogue()
  var spreadSeconds = 10
  var waitSeconds = 240
  /// Policies by the text of their envelope.
  var envelopes: [String: PolicyEnvelope] = [:]
  var holds: [HoldNumber: Hold] = [:]
  /// What boxes hear of leases allows everything: a promise broken on purpose.
  var leasesAreEndless = false
  /// Holds that have to look again.
  var woken: Set<String> = []
  private var lastHold: UInt64 = 0
  private var lastDevice = 0
  private var lastCode: UInt64 = 0

  static let trust = TrustSet(version: 1, policy: [], catalogue: [], root: .init(kid: "root", x: ""))

  var heads: CatalogueHeads {
    CatalogueHeads(
      shelves: catalogue.versions.mapValues(\.count), trustVersion: 1,
      poll: .init(waitSeconds: waitSeconds, spreadSeconds: spreadSeconds))
  }

  /// Zones of whole hours, by names such as `+11`; the world's first midnight comes early in some of them.
  static func zone(_ name: String) -> TimeZoneRules {
    Int(name).flatMap { try? TimeZoneRules(posix: "<\(name)>\(-$0)") } ?? .utc
  }

  /// The family's days, by the zone of its policy.
  private var calendar: FamilyCalendar {
    let zone = Self.zone(families[Self.family]?.policy?.facts.timeZone ?? "UTC")
    return FamilyCalendar { LocalDay(date: zone.localDate(at: $0), endsAt: zone.nextMidnight(after: $0)) }
  }

  // MARK: The parent

  mutating func perform(_ action: ParentAction, at now: UpstreamInstant) {
    _ = handle(.parent(action), family: Self.family, at: now)
  }

  /// Signs and sets the next policy; its envelope is a name.
  mutating func setPolicy(at now: UpstreamInstant, _ change: (inout Policy) -> Void) {
    guard let family = families[Self.family] else { return }
    let draft = FamilyRules.policyDraft(of: family, now: now)
    var policy = family.policy.flatMap { envelopes[$0.envelope]?.policy } ?? Self.firstPolicy
    change(&policy)
    (policy.version, policy.issuedAt) = (draft.version, draft.issuedAt)
    let text = "policy-\(draft.version)"
    envelopes[text] = PolicyEnvelope(
      text: text, payloadSHA256: "sha-\(draft.version)", previousSHA256: draft.previousSHA256, policy: policy,
      zone: Self.zone(policy.timeZone))
    perform(
      .setPolicy(
        SignedPolicy(
          version: draft.version, payload: text, sha256: "sha-\(draft.version)", previousSHA256: draft.previousSHA256,
          envelope: text, facts: PolicyFacts(policy))), at: now)
  }

  static var firstPolicy: Policy {
    var mia = Profile(id: "mia", name: "Mia", kind: .child)
    mia.budget = Profile.Budget(days: Array(repeating: 60, count: 7))
    return Policy(
      family: family, version: 1, issuedAt: WallTime(seconds: 0), timeZone: "UTC", region: "US",
      defaultProfile: "mia", offlineMinutes: 5, services: ["netflix", "disney"],
      profiles: [mia, Profile(id: "anna", name: "Anna", kind: .adult)])
  }

  /// A parent types the code that a box shows.
  mutating func approve(code letters: String, at now: UpstreamInstant) {
    guard let pairing = pairings[letters], case .asks(let box) = ask(.inspect, pairing, now) else { return }
    lastDevice += 1
    let outcome = handle(.pair(box, candidate: "d_\(lastDevice)"), family: Self.family, at: now)
    guard case .paired(let device) = outcome else { return }
    _ = ask(.approve(family: Self.family, device: device), pairing, now)
  }

  // MARK: The box

  mutating func arrive(
    _ outgoing: OutgoingRequest, box: Int, key: String, instance: String, lines: [UsageLine], at now: UpstreamInstant
  ) -> Reply {
    switch outgoing.request {
    case .deviceAuthorization: return .now(showCode(key: key, at: now))
    case .deviceToken(let deviceCode): return .now(poll(deviceCode: deviceCode, key: key, at: now))
    case .claim: return .now(.problem(.init(status: 404, name: "unknown_code")))
    case .token(let device): return .now(token(device: device, key: key, at: now))
    case .manifest(let shelf):
      return .now(
        catalogue.manifest(shelf, at: now.wallTime).map { .manifest(.opened($0)) } ?? .problem(.init(status: 404)))
    case .blob(let name, _): return .now(catalogue.blobs[name] == nil ? .problem(.init(status: 404)) : .blobStored)
    case .heads, .policy, .usage, .state, .request, .unpair:
      guard let device = admitted(outgoing.token, at: now) else {
        return .now(.problem(.init(status: 401, name: "token_invalid")))
      }
      return privateCall(outgoing, device: device, box: box, instance: instance, lines: lines, at: now)
    }
  }

  private mutating func privateCall(
    _ outgoing: OutgoingRequest, device: String, box: Int, instance: String, lines: [UsageLine],
    at now: UpstreamInstant
  ) -> Reply {
    let action: DeviceCall.Action
    switch outgoing.request {
    case .heads(let after, let wait):
      lastHold += 1
      action = .heads(
        HeadsQuestion(after: after, hold: HoldNumber(lastHold), arrivedAt: now, waitSeconds: Int64(wait)))
    case .policy: action = .policy
    case .usage(let epoch, _, _, _): action = .usage(UsageBatch(epoch: epoch, lines: lines))
    case .state(let report): action = .state(DeviceReport(report, agent: "simulated"))
    case .request(let record):
      let asks: ChildRequest.Asks =
        switch record.asks {
        case .title(let title): .title(title)
        case .time(let minutes): .time(minutes: minutes)
        }
      action = .request(id: record.id, profile: record.profile, asks: asks, at: record.at)
    case .unpair: action = .unpair
    case .deviceAuthorization, .deviceToken, .claim, .token, .manifest, .blob: action = .unreadable
    }
    let call = DeviceCall(device: device, instance: instance, action: action)
    let answer = handle(.device(call), family: Self.family, at: now)
    if case .park(let until) = answer, case .heads(let question) = action {
      holds[question.hold] = Hold(
        number: question.hold, box: box, request: outgoing.id, family: Self.family, call: call)
      return .parked(question.hold, until: until)
    }
    return .now(content(of: answer))
  }

  /// A hold looks again; nil where it is gone.
  mutating func recheck(_ number: HoldNumber, at now: UpstreamInstant) -> (Hold, Reply)? {
    guard let hold = holds[number] else { return nil }
    let answer = handle(.device(hold.call), family: hold.family, at: now)
    if case .park(let until) = answer { return (hold, .parked(number, until: until)) }
    holds[number] = nil
    return (hold, .now(content(of: answer)))
  }

  private mutating func handle(_ request: FamilyRequest, family id: String, at now: UpstreamInstant) -> FamilyAnswer {
    let outcome = FamilyRules.handle(
      request, family: families[id], presence: presence[id] ?? FamilyPresence(), catalogue: heads, calendar: calendar,
      now: now)
    if let family = outcome.family { families[id] = family }
    presence[id] = outcome.presence
    usage += outcome.usage
    woken.formUnion(outcome.wakeUps)
    return outcome.answer
  }

  private func content(of answer: FamilyAnswer) -> UpstreamAnswer.Content {
    switch answer {
    case .heads(let document): return .heads(heads(document))
    case .unchanged: return .unchanged
    case .policy(_, let envelope):
      return .policy(envelopes[envelope].map { .opened($0) } ?? .refused(.init(reason: .malformed)))
    case .usage(let acked, let rejected): return .usageAcknowledged(through: acked, rejected: rejected)
    case .done, .requestCreated, .requestKnown, .park, .tokenGranted, .paired: return .done
    case .refused(let refusal): return .problem(Self.problem(refusal))
    }
  }

  private func heads(_ document: HeadsDocument) -> Heads {
    Heads(
      cursor: document.cursor,
      policy: document.policy.map { head in
        .init(version: head.version, envelope: head.envelope.flatMap { envelopes[$0] }.map { .opened($0) })
      },
      catalogue: document.catalogue,
      ledger: document.ledger.mapValues { .init(date: $0.date, seconds: $0.seconds, apps: $0.apps) },
      leases: document.leases.map {
        .init(
          profile: $0.profile, date: $0.date, throughSeconds: leasesAreEndless ? 86_400 : $0.throughSeconds,
          until: $0.until)
      },
      answers: document.answers.map { .init(request: $0.request, granted: $0.granted, at: $0.at) },
      commands: document.commands.map { .init(id: $0.id, name: $0.name) },
      usage: .init(epoch: document.usage.epoch, next: document.usage.next),
      poll: .init(waitSeconds: document.poll.waitSeconds, spreadSeconds: document.poll.spreadSeconds))
  }

  static func problem(_ refusal: FamilyRefusal) -> UpstreamAnswer.Problem {
    switch refusal {
    case .badRequest: .init(status: 400, name: "bad_request")
    case .badCursor: .init(status: 400, name: "bad_cursor")
    case .tokenInvalid: .init(status: 401, name: "token_invalid")
    case .invalidClient: .init(status: 401, name: "invalid_client")
    case .deviceRevoked: .init(status: 403, name: "device_revoked")
    case .clone: .init(status: 409, name: "clone")
    case .slowDown(let seconds): .init(status: 429, name: "slow_down", retryAfter: .seconds(Int64(seconds)))
    case .fenced(let epoch): .init(status: 403, name: "outbox_fenced", epoch: epoch)
    case .gap(let expected): .init(status: 409, name: "gap", expected: expected)
    case .conflict: .init(status: 409, name: "conflict")
    case .notFound: .init(status: 404)
    case .full: .init(status: 503, name: "unavailable")
    }
  }

  // MARK: Pairing and tokens

  private mutating func ask(
    _ request: PairingRequest, _ pairing: Pairing?, _ now: UpstreamInstant
  ) -> PairingAnswer {
    let outcome = PairingRules.handle(request, pairing: pairing, now: now)
    if let changed = outcome.pairing { pairings[changed.code.letters] = changed }
    return outcome.answer
  }

  private mutating func showCode(key: String, at now: UpstreamInstant) -> UpstreamAnswer.Content {
    lastCode += 1
    var random = SeededRandom(seed: lastCode)
    let bytes = (0..<64).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    guard let code = PairingCode(randomBytes: bytes) else { return .problem(.init(status: 503)) }
    let box = PairedBox(
      key: BoxKey(thumbprint: key, jwk: key), info: .init(model: "", agent: "", host: "", arch: ""))
    let answer = ask(.show(code: code, deviceCode: code.letters, box: box), pairings[code.letters], now)
    guard case .made(let made) = answer else { return .problem(.init(status: 503)) }
    return .deviceAuthorization(
      DeviceAuthorization(
        deviceCode: made.code.letters, userCode: made.code.description, verificationURI: "https://sim/pair",
        verificationURIComplete: "https://sim/pair?code=\(made.code.letters)", expiresInSeconds: 900, intervalSeconds: 5
      ))
  }

  private mutating func poll(deviceCode: String, key: String, at now: UpstreamInstant) -> UpstreamAnswer.Content {
    func oauth(_ name: String) -> UpstreamAnswer.Content { .problem(.init(status: 400, name: name)) }
    let pairing = pairings[deviceCode]
    switch ask(.poll(keyThumbprint: key, hasAsked: hasAsked(pairing)), pairing, now) {
    case .pending: return oauth("authorization_pending")
    case .slowDown: return oauth("slow_down")
    case .denied: return oauth("access_denied")
    case .expired: return oauth("expired_token")
    case .success(let family, let device):
      return .paired(
        PairingSuccess(
          token: accessToken(device: device, at: now), device: device, family: family, endpoints: ["https://sim"],
          trust: Self.trust))
    case .made, .invalidGrant, .asks, .claimable, .unknownCode, .expiredCode, .usedCode, .taken:
      return oauth("invalid_grant")
    }
  }

  private func hasAsked(_ pairing: Pairing?) -> Bool {
    guard case .granted(let grant) = pairing?.state else { return false }
    return families[grant.family]?.devices[grant.device]?.firstRequestAt != nil
  }

  private mutating func token(device: String, key: String, at now: UpstreamInstant) -> UpstreamAnswer.Content {
    switch handle(.token(device: device, keyThumbprint: key), family: Self.family, at: now) {
    case .tokenGranted: .token(accessToken(device: device, at: now))
    case .refused(let refusal): .problem(Self.problem(refusal))
    default: .problem(.init(status: 500))
    }
  }

  private func accessToken(device: String, at now: UpstreamInstant) -> AccessToken {
    AccessToken(
      text: "\(device) \(now.wallTime.seconds + Self.tokenSeconds)", expiresInSeconds: Int(Self.tokenSeconds))
  }

  /// The device of a token that is still good.
  private func admitted(_ token: String?, at now: UpstreamInstant) -> String? {
    guard let parts = token?.split(separator: " "), parts.count == 2, let expires = Int64(parts[1]),
      now.wallTime.seconds < expires
    else { return nil }
    return String(parts[0])
  }
}
