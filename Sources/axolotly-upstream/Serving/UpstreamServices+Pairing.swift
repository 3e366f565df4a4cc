import AgentCore
import Trust
import UpstreamCore

extension UpstreamServices {
  /// Verifies an assertion and uses up its `jti`; throws 401 `invalid_client`.
  func useAssertion(_ assertion: String, subject: String, key: DeviceKeyJWK, isOAuth: Bool) async throws {
    let now = UpstreamClock.now()
    func refuse(_ reason: String) -> Problem {
      let detail = "The assertion is refused: \(reason)."
      return isOAuth ? .oauth(401, "invalid_client", detail) : Problem(401, "invalid_client", detail)
    }
    let verdict = verifier.verify(assertion, subject: subject, deviceKey: key, now: now.wallTime) { _ in false }
    switch verdict {
    case .failure(let reason): throw refuse(reason.rawValue)
    case .success(let accepted):
      let isFresh = try await families.perform { store in
        if try store.isUsed(accepted.jti) { return false }
        try store.use(accepted.jti, until: accepted.until, now: now)
        return true
      }
      if !isFresh { throw refuse(AssertionVerifier.InvalidClient.usedToken.rawValue) }
    }
  }

  /// Makes a code that is free; nil-like `taken` only where ten in a row were not.
  func makeCode(_ request: @escaping @Sendable (PairingCode) -> PairingRequest) async throws -> PairingAnswer {
    try await families.perform { store in
      var answer = PairingAnswer.taken
      for _ in 0..<10 where answer == .taken {
        guard let code = PairingCode(randomBytes: SecureRandom.bytes(count: 64)) else { continue }
        answer = try store.handle(request(code), .code(code), now: UpstreamClock.now())
      }
      return answer
    }
  }

  /// The saga of a parent's code: the device's row first, then the code.
  func claim(_ code: PairingCode?, box: PairedBox) async throws -> PairingAnswer {
    guard let code else { return .unknownCode }
    return try await families.perform { store in
      let now = UpstreamClock.now()
      let thumbprint = box.key.thumbprint
      let hasAsked = try store.pairing(.code(code)).map(store.hasAsked) ?? false
      let answer = try store.handle(.claim(keyThumbprint: thumbprint, hasAsked: hasAsked), .code(code), now: now)
      guard case .claimable(let family) = answer else { return answer }
      guard let device = try store.admit(box, to: family, now: now) else { return .unknownCode }
      return try store.handle(.claimed(device: device, keyThumbprint: thumbprint), .code(code), now: now)
    }
  }

  /// The saga of a shown code: the device's row first, then the code.
  func approve(_ code: PairingCode, family: String) async throws -> PairingAnswer {
    try await families.perform { store in
      let now = UpstreamClock.now()
      let asked = try store.handle(.inspect, .code(code), now: now)
      switch asked {
      case .asks(let box):
        guard let device = try store.admit(box, to: family, now: now) else { return .unknownCode }
        return try store.handle(.approve(family: family, device: device), .code(code), now: now)
      case .usedCode:
        // The same approval again is the same success.
        guard case .granted(let grant)? = try store.pairing(.code(code))?.state else { return asked }
        return try store.handle(.approve(family: family, device: grant.device), .code(code), now: now)
      default: return asked
      }
    }
  }
}

extension FamilyStore {
  /// Whether the device that a code was granted to has made a private request since.
  func hasAsked(_ pairing: Pairing) throws -> Bool {
    guard case .granted(let grant) = pairing.state else { return false }
    return try family(grant.family)?.devices[grant.device]?.firstRequestAt != nil
  }

  /// The device's row of a box in a family; other families lose it. Nil where there is no such family or no room.
  func admit(_ box: PairedBox, to family: String, now: UpstreamInstant) throws -> String? {
    let candidate = "d_" + SecureRandom.token()
    guard case .paired(let device) = try handle(.pair(box, candidate: candidate), family: family, now: now) else {
      return nil
    }
    for other in try otherFamilies(thumbprint: box.key.thumbprint, than: family) {
      _ = try handle(.parent(.revoke(device: other.device)), family: other.family, now: now)
    }
    return device
  }
}
