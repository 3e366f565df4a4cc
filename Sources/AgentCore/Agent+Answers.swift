// What came back from the upstream, sorted by what it was for.
extension Agent {
  mutating func handleAnswer(_ id: RequestID, _ answer: UpstreamAnswer, at now: Now) {
    guard let purpose = requests.removeValue(forKey: id) else { return }
    let before = wall(now)
    let isFresh = sentBeforeSleep.remove(id) == nil && purpose.tellsTime
    if isFresh, answer.isAuthentic, let date = answer.date { hear(date, at: now) }
    if case .problem(let problem) = answer.content {
      // A box that has heard no time dates its assertions wrongly: with the answer's time it tries once more.
      if problem.name == "invalid_client", wall(now) != before, askAgain(purpose, at: now) { return }
      handleProblem(purpose, id, problem, isAuthentic: answer.isAuthentic, at: now)
      return
    }
    reached(at: now)
    switch (purpose, answer.content) {
    case (.pairingCode, .deviceAuthorization(let authorization)): show(authorization, at: now)
    case (.pairingPoll, .paired(let success)), (.claim, .paired(let success)): paired(success, at: now)
    case (.token, .token(let text)):
      token.backoff.succeeded(at: now.boot)
      token.clientRefusals = 0
      token.take(text, at: now.boot, using: &random)
      if token.refusals == 0 { clear(.tokenRefused, at: now) }
    case (.heads, .heads(let heads)): handleHeads(heads, at: now)
    case (.heads, .unchanged): handleUnchanged(at: now)
    case (.policy, .policy(let envelope)):
      policy.fetch = .notNeeded
      policy.backoff.succeeded(at: now.boot)
      consider(envelope, headsVersion: nil, heard: now.boot, at: now)
    case (.usage, .usageAcknowledged(let through, let rejected)): handleAcknowledged(through, rejected, at: now)
    case (.state, .done): handleReported(at: now)
    case (.request, .done): handleRequestTaken(at: now)
    case (.unpair, .done): finishUnpairing(at: now)
    case (.manifest(let shelf), .manifest(let manifest)): handleManifest(shelf, manifest, at: now)
    case (.part(let job, let index), .blobStored): handlePartStored(job, index, request: id, at: now)
    default: handleLost(purpose, id, .malformed("an answer of another kind"), at: now)
    }
  }

  mutating func handleFailure(_ id: RequestID, _ failure: TransportFailure, at now: Now) {
    guard let purpose = requests.removeValue(forKey: id) else { return }
    handleLost(purpose, id, failure, at: now)
  }

  /// The request brought nothing usable.
  private mutating func handleLost(_ purpose: Purpose, _ id: RequestID, _ failure: TransportFailure, at now: Now) {
    switch purpose {
    case .heads: headsFailed(failure, wait: nil, at: now)
    case .pairingCode: codeRequestFailed(failure, at: now)
    case .pairingPoll: pollFailed(at: now)
    case .claim: claimFailed(.unreachable(failure.line), at: now)
    case .token:
      countFailure(at: now)
      tokenFailed(floor: nil, at: now)
    case .policy: policyFetchFailed(floor: nil, at: now)
    case .usage: uploadFailed(floor: nil, at: now)
    case .state: reportFailed(floor: nil, at: now)
    case .request: requestFailed(floor: nil, at: now)
    case .unpair: finishUnpairing(at: now)
    case .manifest(let shelf): manifestFailed(shelf, failure, floor: nil, at: now)
    case .part(let job, let index): partFailed(job, index, request: id, failure, floor: nil, at: now)
    }
    noteCause(failure, of: purpose, at: now)
  }

  /// An error answer: what its status and name mean for the whole box first, then for the request.
  private mutating func handleProblem(
    _ purpose: Purpose, _ id: RequestID, _ problem: UpstreamAnswer.Problem, isAuthentic: Bool, at now: Now
  ) {
    if problem.status == 403, problem.name == "device_revoked", purpose.mayRevoke, pairing.identity != nil {
      guard isAuthentic else {
        return handleLost(purpose, id, .malformed("a revocation without authenticity"), at: now)
      }
      if unpairing == nil { log(.warning, "the upstream revoked this device") }
      return eraseEverything(at: now)
    }
    log(
      .info, "the upstream answered with a problem", .init("request", purpose.name),
      .init("status", String(problem.status)), .init("name", problem.name ?? "none"))
    let floor = obey(problem.retryAfter, of: purpose, at: now)
    if problem.status == 401, purpose.isPrivate { tokenRefused(at: now) }
    if problem.status == 409, problem.name == "clone" { raise(.clone, .error, at: now) }
    switch purpose {
    case .heads: headsProblem(problem, floor: floor, at: now)
    case .pairingCode: codeRequestFailed(nil, floor: floor, at: now)
    case .pairingPoll: pollProblem(problem, floor: floor, at: now)
    case .claim: claimProblem(problem, at: now)
    case .token: tokenProblem(problem, floor: floor, at: now)
    case .policy: policyFetchFailed(floor: floor, at: now)
    case .usage: uploadProblem(problem, floor: floor, at: now)
    case .state: reportFailed(floor: floor, at: now)
    case .request: requestProblem(problem, floor: floor, at: now)
    case .unpair: finishUnpairing(at: now)
    case .manifest(let shelf): manifestFailed(shelf, nil, floor: floor, at: now)
    case .part(let job, let index):
      partFailed(job, index, request: id, problem.status == 404 ? .mismatch : nil, floor: floor, at: now)
    }
    if problem.status >= 500 { raise(.upstreamError, .warning, at: now) }
  }

  /// The longest `Retry-After` that is obeyed, and the share of it that is added as jitter at most.
  static let retryAfterLimit = Duration.seconds(3_600)
  static let retryAfterJitter = 4

  /// Remembers a `Retry-After` for its endpoint, in the journal too; returns the floor for the next request.
  private mutating func obey(_ wait: Duration?, of purpose: Purpose, at now: Now) -> Moment? {
    guard let wait else { return nil }
    let clamped = min(max(wait, .zero), Self.retryAfterLimit)
    let until = now.boot + clamped + random.duration(upTo: clamped / Self.retryAfterJitter)
    retryAfter[purpose.name] = until
    persist([.retryAfter(endpoint: purpose.name, until: clock.time(at: until) + 1)])
    return until
  }

  /// The moment before which the endpoint may not be asked.
  func floor(of purpose: Purpose) -> Moment? { retryAfter[purpose.name] }

  private mutating func hear(_ date: WallTime, at now: Now) {
    let before = clock
    clock.hear(date, at: now.boot)
    if clock != before { highWaterDue = now.boot }
  }

  /// The upstream itself answered: what kept it out of reach is over.
  private mutating func reached(at now: Now) {
    for code in Self.reachCodes { clear(code, at: now) }
  }

  private static let reachCodes: [HealthItem.Code] = [
    .upstreamUnreachable, .upstreamError, .dnsFailed, .tlsFailed, .captivePortal, .proxyRefused,
  ]

  /// Names the cause of a failed request in the health. A hold that merely ended early is no fault yet.
  private mutating func noteCause(_ failure: TransportFailure, of purpose: Purpose, at now: Now) {
    switch failure {
    case .nameResolution: raise(.dnsFailed, .error, at: now)
    case .connect, .timedOut: raise(.upstreamUnreachable, .error, at: now)
    case .interrupted:
      if purpose != .heads || held.failuresInARow > 1 { raise(.upstreamUnreachable, .error, at: now) }
    case .tls: raise(.tlsFailed, .error, at: now)
    case .proxy: raise(.proxyRefused, .error, at: now)
    case .captivePortal: raise(.captivePortal, .error, at: now)
    case .tooLarge, .malformed: raise(.upstreamError, .error, at: now)
    case .mismatch, .local: break
    }
  }
}

extension Agent.Purpose {
  /// The endpoint's name, under which `Retry-After` is kept.
  var name: String {
    switch self {
    case .pairingCode, .claim: "pairing"
    case .pairingPoll, .token: "token"
    case .heads: "heads"
    case .policy: "policy"
    case .usage: "usage"
    case .state: "state"
    case .request: "requests"
    case .unpair: "device"
    case .manifest: "shelves"
    case .part: "blobs"
    }
  }

  /// Its endpoint knows the device; public ones are served by caches that do not.
  var mayRevoke: Bool { isPrivate || self == .token }

  /// Its answer is made for this request: public ones come out of caches, and a blob's `Date` is as old as its transfer is long.
  var tellsTime: Bool {
    switch self {
    case .manifest, .part: false
    case .pairingCode, .pairingPoll, .claim, .token, .heads, .policy, .usage, .state, .request, .unpair: true
    }
  }

  /// It carries the bearer token.
  var isPrivate: Bool {
    switch self {
    case .heads, .policy, .usage, .state, .request, .unpair: true
    case .pairingCode, .pairingPoll, .claim, .token, .manifest, .part: false
    }
  }
}

extension TransportFailure {
  /// One line for a person.
  package var line: String {
    switch self {
    case .nameResolution: "the upstream's name cannot be resolved; check the network's name server"
    case .connect: "no connection to the upstream; check the network and the upstream's address"
    case .tls(let cause): "the upstream's certificate or TLS was not accepted (\(cause)); check the box's clock"
    case .timedOut: "the upstream did not answer in time"
    case .interrupted: "the connection ended before the answer was complete"
    case .proxy(let status): "the proxy refused the connection (\(status)); check its settings"
    case .captivePortal: "something else answered in the upstream's place; the network wants a sign-in"
    case .tooLarge(let limit): "the answer is over \(limit) bytes; it was refused"
    case .malformed(let what): "the answer is not what the protocol says: \(what)"
    case .mismatch: "the bytes are not the ones that were announced"
    case .local(let what): what
    }
  }
}
