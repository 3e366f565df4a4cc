// PINs: the core says whether one may be tried, the shell verifies it, the core says what follows.
extension Agent {
  /// A PIN that is being verified.
  struct PINCheck: Sendable, Equatable {
    var profile: String
    /// What it is verified against; a policy that came meanwhile may have another one.
    var verifier: Profile.PINVerifier
    var purpose: Purpose

    enum Purpose: Sendable, Equatable { case select, unpair }
  }

  mutating func commandSelect(_ id: CommandID, _ profile: String, at now: Now) {
    if let refusal = readiness { return effects.append(.reply(id, .refused(refusal))) }
    guard let known = profileInForce(profile) else {
      return effects.append(.reply(id, .refused(.unknownProfile)))
    }
    guard let verifier = known.pin else { return select(id, profile, at: now) }
    verify(id, PINCheck(profile: profile, verifier: verifier, purpose: .select), at: now)
  }

  /// Whoever holds an adult's PIN may take the box out of its family.
  mutating func commandUnpairWithPIN(_ id: CommandID, adult profile: String, at now: Now) {
    if let refusal = readiness { return effects.append(.reply(id, .refused(refusal))) }
    guard let known = profileInForce(profile), known.kind == .adult, let verifier = known.pin else {
      return effects.append(.reply(id, .refused(.noAdultPIN)))
    }
    verify(id, PINCheck(profile: profile, verifier: verifier, purpose: .unpair), at: now)
  }

  private func profileInForce(_ id: String) -> Profile? {
    policy.active?.compiled.policy.profiles.first { $0.id == id }
  }

  private mutating func verify(_ id: CommandID, _ check: PINCheck, at now: Now) {
    if let wait = pins.begin(check.profile, at: now.boot) {
      return effects.append(.reply(id, .refused(.pinLocked(seconds: max(1, wait.wholeSecondsRoundedUp)))))
    }
    pinChecks[id] = check
    effects.append(.verifyPIN(id, check.verifier))
  }

  mutating func handlePINVerified(_ id: CommandID, matches: Bool, at now: Now) {
    guard let check = pinChecks.removeValue(forKey: id) else { return }
    guard profileInForce(check.profile)?.pin == check.verifier else {
      pins.withdraw(check.profile)
      return effects.append(.reply(id, .refused(.wrongPIN(waitSeconds: 0))))
    }
    let isChanged = pins.ended(check.profile, matches: matches, at: now.boot)
    guard matches else { return refuseWrongPIN(id, check, isChanged, at: now) }
    if isChanged { persist([.pinAttempts(pins.row(check.profile))]) }
    switch check.purpose {
    case .select: select(id, check.profile, at: now)
    case .unpair: commandUnpair(id, at: now)
    }
  }

  /// The answer follows when the count is durable: cutting the power gives no further tries.
  private mutating func refuseWrongPIN(_ id: CommandID, _ check: PINCheck, _ isChanged: Bool, at now: Now) {
    let wait = pins.remaining(check.profile, at: now.boot).wholeSecondsRoundedUp
    if wait > 0 { log(.warning, "a PIN was wrong too often", .init("wait_s", String(wait))) }
    let reply = CommandReply.refused(.wrongPIN(waitSeconds: wait))
    guard isChanged else { return effects.append(.reply(id, reply)) }
    persist([.pinAttempts(pins.row(check.profile))], then: .reply(id, reply))
  }

  private mutating func select(_ id: CommandID, _ profile: String, at now: Now) {
    setActiveProfile(profile, at: now)
    effects.append(.reply(id, .done))
  }

  /// Tries against a PIN that `old` had and the policy in force has no more are forgotten.
  mutating func forgetReplacedPINs(of old: CompiledPolicy?) {
    for profile in old?.policy.profiles ?? [] where profile.pin != nil {
      guard profileInForce(profile.id)?.pin != profile.pin, pins.forget(profile.id) else { continue }
      persist([.pinAttempts(pins.row(profile.id))])
    }
  }

  /// What remains of each wait becomes durable; it starts again with the next start.
  mutating func savePINWaits(at now: Now) {
    let rows = pins.waiting(at: now.boot)
    if !rows.isEmpty { persist(rows.map { .pinAttempts($0) }) }
  }
}
