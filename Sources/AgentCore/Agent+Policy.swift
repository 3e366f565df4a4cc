// A policy on its way from the wire into force (`spec/wire.md` §3).
extension Agent {
  mutating func considerHead(_ head: Heads.PolicyHead, at now: Now) {
    if head.version == policy.active?.version { policy.confirmedAt = now.boot }
    if let envelope = head.envelope { return consider(envelope, headsVersion: head.version, heard: now.boot, at: now) }
    guard head.version != policy.active?.version else { return }
    if policy.fetch == .notNeeded { policy.fetch = .wanted(notBefore: now.boot) }
  }

  mutating func consider(_ opened: OpenedEnvelope, headsVersion: Int?, heard: Moment, at now: Now) {
    switch opened {
    case .refused(let refusal):
      refuse(
        PolicyRefusal(reason: refusal.reason, path: refusal.path, version: refusal.version ?? headsVersion), at: now)
    case .opened(let envelope):
      if let active = policy.active, active.payloadSHA256 == envelope.payloadSHA256 { return policyIsCurrent(at: now) }
      if policy.saving?.payloadSHA256 == envelope.payloadSHA256 { return }
      if let refusal = PolicyAcceptance.refusal(of: envelope, highest: policy.highestKnown, now: wall(now)) {
        policy.deferred = refusal.reason == .issuedInFuture ? envelope : nil
        return refuse(refusal, at: now)
      }
      save(envelope, heard: heard, at: now)
    }
  }

  private mutating func policyIsCurrent(at now: Now) {
    guard policy.refused != nil else { return }
    policy.refused = nil
    clear(.policyRefused, at: now)
    report.due(at: now.boot + StateReporting.urgentDelay)
  }

  /// The old policy stays; the parent sees why.
  private mutating func refuse(_ refusal: PolicyRefusal, at now: Now) {
    guard policy.refused != refusal else { return }
    policy.refused = refusal
    log(
      .warning, "a policy was refused", .init("reason", refusal.reason.rawValue), .init("path", refusal.path ?? ""),
      .init("version", refusal.version.map(String.init) ?? ""))
    raise(.policyRefused, .error, at: now)
    report.due(at: now.boot + StateReporting.urgentDelay)
  }

  /// The journal first: nothing is enforced that a restart would not know.
  private mutating func save(_ envelope: PolicyEnvelope, heard: Moment, at now: Now) {
    guard let identity = pairing.identity else { return }
    policy.saving = envelope
    policy.deferred = nil
    let ticket = PersistTicket(nextNumber())
    tickets[ticket] = .policy(envelope, heard: heard)
    effects.append(
      .persist(
        ticket,
        [
          .policy(
            envelope: envelope.text, version: envelope.policy.version, payloadSHA256: envelope.payloadSHA256,
            trust: identity.trust, appliedAt: wall(now))
        ]))
  }

  /// The policy is durable: from here on every decision is its.
  mutating func activate(_ envelope: PolicyEnvelope, heard: Moment, at now: Now) {
    if policy.saving?.payloadSHA256 == envelope.payloadSHA256 { policy.saving = nil }
    guard envelope.policy.version >= policy.highest.version else { return }
    let old = compiled
    let answers = watchedAnswers(at: now)
    policy.active = PolicyKeeper.Active(
      compiled: CompiledPolicy(envelope.policy, zone: envelope.zone), envelope: envelope.text,
      payloadSHA256: envelope.payloadSHA256,
      appliedAt: wall(now))
    policy.highest = .init(version: envelope.policy.version, payloadSHA256: envelope.payloadSHA256)
    policy.confirmedAt = now.boot
    policy.refused = nil
    clear(.policyRefused, at: now)
    if case .paired(var identity) = pairing.state {
      identity.highestPolicyVersion = envelope.policy.version
      identity.highestPolicySHA256 = envelope.payloadSHA256
      pairing.state = .paired(identity)
      saveIdentity()
    }
    effects.append(.signal(.policyChanged(version: envelope.policy.version)))
    log(.notice, "policy in force", .init("version", String(envelope.policy.version)))
    keepActiveProfile(at: now)
    forgetReplacedPINs(of: old)
    compareWatches(with: answers, at: now)
    let after = (now.boot - heard).wholeMilliseconds
    record([.policyApplied(version: envelope.policy.version, afterMilliseconds: after)], profile: nil, at: now)
    report.due(at: now.boot + StateReporting.urgentDelay)
  }

  /// The same policy by other rules of its zone; answers that change are announced.
  mutating func handleZoneChanged(_ zone: TimeZoneRules, at now: Now) {
    guard let active = policy.active, active.compiled.zone != zone else { return }
    log(.notice, "the rules of the policy's time zone changed")
    let before = watchedAnswers(at: now)
    policy.active?.compiled = CompiledPolicy(active.compiled.policy, zone: zone)
    compareWatches(with: before, at: now)
  }

  /// A policy that nobody has confirmed for so long is a fault to be named, whether or not it restricts.
  mutating func turnStaleness(at now: Now, next: inout Deadline) {
    guard let policy = compiled?.policy else { return clear(.policyStale, at: now) }
    let left = policy.staleAfterSeconds - self.policy.ageSeconds(at: now.boot)
    guard left < 0 else {
      if left < Self.stalenessHorizon { next.at(now.boot + .seconds(left + 1)) }
      return clear(.policyStale, at: now)
    }
    raise(.policyStale, policy.whenStale == .restrict ? .error : .warning, at: now)
  }

  /// What is further away is looked at again with whatever wakes the box before. Seconds.
  private static let stalenessHorizon: Int64 = 86_400

  /// At start the policy's default profile is active, else none.
  mutating func activateDefaultProfile() {
    activeProfile = selectableDefault()
  }

  func selectableDefault() -> String? {
    guard let compiled = policy.active?.compiled, let id = compiled.policy.defaultProfile,
      let profile = compiled.policy.profiles.first(where: { $0.id == id }), profile.pin == nil
    else { return nil }
    return id
  }

  /// After a change of policy: a profile that is gone is active no more; the first policy brings its default.
  private mutating func keepActiveProfile(at now: Now) {
    let isKnown = activeProfile.map { id in policy.active?.compiled.policy.profiles.contains { $0.id == id } ?? false }
    guard isKnown != true, !isInStandby else { return }
    setActiveProfile(selectableDefault(), at: now)
  }

  mutating func setActiveProfile(_ profile: String?, at now: Now) {
    guard profile != activeProfile else { return }
    activeProfile = profile
    if profile != nil { isInStandby = false }
    watches.keep(profile: profile)
    cancelLaunches()
    for session in sessions.open where session.profile != profile { end(session.id, reason: .closed, at: now) }
    effects.append(.signal(.profileChanged(profile)))
  }

  mutating func turnPolicy(at now: Now, next: inout Deadline) {
    judgeDeferred(at: now, next: &next)
    guard case .wanted(let notBefore) = policy.fetch, !health.contains(.clone), let bearer = token.text else { return }
    let at = max(notBefore, floor(of: .policy) ?? notBefore)
    if at > now.boot { return next.at(at) }
    if let free = budget.take(at: now.boot, isUrgent: true) { return next.at(free) }
    policy.fetch = .out(send(.policy, for: .policy, token: bearer))
  }

  /// A policy that was dated ahead is judged again from the kept bytes when its time has come.
  private mutating func judgeDeferred(at now: Now, next: inout Deadline) {
    guard let envelope = policy.deferred else { return }
    let acceptable = clock.moment(of: envelope.policy.issuedAt + -PolicyAcceptance.futureToleranceSeconds)
    if acceptable > now.boot { return next.at(acceptable) }
    policy.deferred = nil
    consider(.opened(envelope), headsVersion: nil, heard: now.boot, at: now)
  }

  mutating func policyFetchFailed(floor: Moment?, at now: Now) {
    let at = now.boot + policy.backoff.failed(at: now.boot, using: &random)
    policy.fetch = .wanted(notBefore: max(at, floor ?? at))
  }
}
