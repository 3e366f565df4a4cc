/// The rules of pairing, one code at a time: functions of values that may be run again.
package enum PairingRules {
  /// `pairing` is nil where the store has none for the code.
  package static func handle(_ request: PairingRequest, pairing: Pairing?, now: UpstreamInstant) -> PairingOutcome {
    switch request {
    case .show(let code, let deviceCode, let box):
      let shown = Pairing.ShownCode(
        deviceCode: deviceCode, box: box.key, info: box.info, intervalSeconds: UpstreamLimits.pollIntervalSeconds)
      return make(code, .box(shown), in: pairing, now)
    case .offer(let code, let family): return make(code, .parent(family: family), in: pairing, now)
    case .poll(let thumbprint, let hasAsked): return poll(pairing, thumbprint, hasAsked: hasAsked, now)
    case .inspect: return inspect(pairing, now)
    case .approve(let family, let device): return approve(pairing, family: family, device: device, now)
    case .deny: return deny(pairing, now)
    case .claim(let thumbprint, let hasAsked): return claim(pairing, thumbprint, hasAsked: hasAsked, now)
    case .claimed(let device, let thumbprint): return claimed(pairing, device: device, thumbprint, now)
    }
  }

  private static func make(
    _ code: PairingCode, _ origin: Pairing.Origin, in held: Pairing?, _ now: UpstreamInstant
  ) -> PairingOutcome {
    // A code is free again once nobody may be given its success any more.
    if let held, now < held.expiresAt.adding(seconds: UpstreamLimits.successLifeSeconds) {
      return PairingOutcome(answer: .taken)
    }
    let pairing = Pairing(
      code: code, origin: origin, createdAt: now, expiresAt: now.adding(seconds: UpstreamLimits.codeLifeSeconds))
    return PairingOutcome(pairing: pairing, answer: .made(pairing))
  }

  private static func poll(
    _ pairing: Pairing?, _ thumbprint: String, hasAsked: Bool, _ now: UpstreamInstant
  ) -> PairingOutcome {
    guard var pairing, case .box(var shown) = pairing.origin, shown.box.thumbprint == thumbprint else {
      return PairingOutcome(answer: .invalidGrant)
    }
    switch pairing.state {
    case .granted(let grant):
      // The parent's decision stands, however long the box was silent, as long as the code lived when it came.
      if grant.givenAt == nil, now >= pairing.expiresAt.adding(seconds: UpstreamLimits.successLifeSeconds) {
        return PairingOutcome(answer: .expired)
      }
      return give(grant, of: pairing, hasAsked: hasAsked, now) ?? PairingOutcome(answer: .invalidGrant)
    case .denied: return PairingOutcome(answer: .denied)
    case .open: break
    }
    guard now < pairing.expiresAt else { return PairingOutcome(answer: .expired) }
    let earliest = shown.answeredAt.map {
      $0.milliseconds + shown.intervalSeconds * 1_000 - UpstreamLimits.pollForgivenessMilliseconds
    }
    let isEarly = earliest.map { now.milliseconds < $0 } ?? false
    if isEarly { shown.intervalSeconds += UpstreamLimits.slowDownSeconds }
    shown.answeredAt = now
    pairing.origin = .box(shown)
    return PairingOutcome(pairing: pairing, answer: isEarly ? .slowDown : .pending)
  }

  /// The success, word for word again for 15 minutes or until the box's first private request; nil: used up.
  private static func give(
    _ grant: Pairing.Grant, of pairing: Pairing, hasAsked: Bool, _ now: UpstreamInstant
  ) -> PairingOutcome? {
    let success = PairingAnswer.success(family: grant.family, device: grant.device)
    guard let given = grant.givenAt else {
      var pairing = pairing
      var grant = grant
      grant.givenAt = now
      pairing.state = .granted(grant)
      return PairingOutcome(pairing: pairing, answer: success)
    }
    guard !hasAsked, now < given.adding(seconds: UpstreamLimits.successLifeSeconds) else { return nil }
    return PairingOutcome(answer: success)
  }

  private static func inspect(_ pairing: Pairing?, _ now: UpstreamInstant) -> PairingOutcome {
    guard let pairing, case .box(let shown) = pairing.origin else { return PairingOutcome(answer: .unknownCode) }
    switch pairing.state {
    case .granted, .denied: return PairingOutcome(answer: .usedCode)
    case .open:
      guard now < pairing.expiresAt else { return PairingOutcome(answer: .expiredCode) }
      return PairingOutcome(answer: .asks(PairedBox(key: shown.box, info: shown.info)))
    }
  }

  private static func approve(
    _ pairing: Pairing?, family: String, device: String, _ now: UpstreamInstant
  ) -> PairingOutcome {
    guard var pairing, case .box(let shown) = pairing.origin else { return PairingOutcome(answer: .unknownCode) }
    switch pairing.state {
    case .granted(let grant):
      guard grant.family == family, grant.device == device else { return PairingOutcome(answer: .usedCode) }
      return PairingOutcome(answer: .success(family: family, device: device))
    case .denied: return PairingOutcome(answer: .usedCode)
    case .open: break
    }
    guard now < pairing.expiresAt else { return PairingOutcome(answer: .expiredCode) }
    pairing.state = .granted(
      Pairing.Grant(family: family, device: device, keyThumbprint: shown.box.thumbprint, at: now))
    return PairingOutcome(pairing: pairing, answer: .success(family: family, device: device))
  }

  private static func deny(_ pairing: Pairing?, _ now: UpstreamInstant) -> PairingOutcome {
    guard var pairing, case .box = pairing.origin else { return PairingOutcome(answer: .unknownCode) }
    switch pairing.state {
    case .denied: return PairingOutcome(answer: .denied)
    case .granted: return PairingOutcome(answer: .usedCode)
    case .open: break
    }
    guard now < pairing.expiresAt else { return PairingOutcome(answer: .expiredCode) }
    pairing.state = .denied
    return PairingOutcome(pairing: pairing, answer: .denied)
  }

  private static func claim(
    _ pairing: Pairing?, _ thumbprint: String, hasAsked: Bool, _ now: UpstreamInstant
  ) -> PairingOutcome {
    guard let pairing, case .parent(let family) = pairing.origin else { return PairingOutcome(answer: .unknownCode) }
    switch pairing.state {
    case .granted(let grant):
      guard grant.keyThumbprint == thumbprint else { return PairingOutcome(answer: .usedCode) }
      return give(grant, of: pairing, hasAsked: hasAsked, now) ?? PairingOutcome(answer: .usedCode)
    case .denied: return PairingOutcome(answer: .usedCode)
    case .open:
      guard now < pairing.expiresAt else { return PairingOutcome(answer: .expiredCode) }
      return PairingOutcome(answer: .claimable(family: family))
    }
  }

  /// Two boxes may have been found worthy of the same code; the first to come here has it.
  private static func claimed(
    _ pairing: Pairing?, device: String, _ thumbprint: String, _ now: UpstreamInstant
  ) -> PairingOutcome {
    guard var pairing, case .parent(let family) = pairing.origin else { return PairingOutcome(answer: .unknownCode) }
    switch pairing.state {
    case .granted(let grant):
      guard grant.keyThumbprint == thumbprint else { return PairingOutcome(answer: .usedCode) }
      return PairingOutcome(answer: .success(family: grant.family, device: grant.device))
    case .denied: return PairingOutcome(answer: .usedCode)
    case .open: break
    }
    pairing.state = .granted(
      Pairing.Grant(family: family, device: device, keyThumbprint: thumbprint, at: now, givenAt: now))
    return PairingOutcome(pairing: pairing, answer: .success(family: family, device: device))
  }
}
