// Pairing, unpairing and the token (`spec/wire.md` §1).
extension Agent {
  // MARK: The box shows a code

  mutating func commandPair(_ id: CommandID, at now: Now) {
    switch pairing.state {
    case .paired, .saving: effects.append(.reply(id, .refused(.alreadyPaired)))
    case .claiming: effects.append(.reply(id, .refused(.pairing("another pairing is under way"))))
    case .showingCode(let code) where code.expires - now.boot >= BoxPairing.reuseLimit:
      effects.append(.reply(id, .code(code.authorization, secondsLeft: (code.expires - now.boot).wholeSeconds)))
    case .showingCode(let code):
      if let poll = code.poll { cancel(poll) }
      requestCode(waiting: [id], at: now)
    case .requestingCode(let request, let waiting): pairing.state = .requestingCode(request, waiting: waiting + [id])
    case .waitingForNetwork(_, let waiting): requestCode(waiting: waiting + [id], at: now)
    case .unpaired: requestCode(waiting: [id], at: now)
    }
  }

  private mutating func requestCode(waiting: [CommandID], at now: Now) {
    if let until = floor(of: .pairingCode), until > now.boot {
      setPairing(.waitingForNetwork(until: until, waiting: waiting))
      return
    }
    setPairing(.requestingCode(send(.deviceAuthorization, for: .pairingCode), waiting: waiting))
  }

  mutating func show(_ authorization: DeviceAuthorization, at now: Now) {
    guard case .requestingCode(_, let waiting) = pairing.state else { return }
    pairing.backoff.succeeded(at: now.boot)
    let interval = Duration.seconds(Int64(max(1, authorization.intervalSeconds)))
    let code = BoxPairing.ShownCode(
      authorization: authorization, expires: now.boot + .seconds(Int64(authorization.expiresInSeconds)),
      interval: interval, nextPoll: now.boot + interval)
    setPairing(.showingCode(code))
    for id in waiting {
      effects.append(.reply(id, .code(authorization, secondsLeft: Int64(authorization.expiresInSeconds))))
    }
  }

  /// The request was refused for its date alone; false where its own rules say when it goes again.
  mutating func askAgain(_ purpose: Purpose, at now: Now) -> Bool {
    switch (purpose, pairing.state) {
    case (.pairingCode, .requestingCode(_, let waiting)): requestCode(waiting: waiting, at: now)
    case (.claim, .claiming(_, let command)):
      guard let code = pairing.claimed else { return false }
      pairing.state = .claiming(send(.claim(code: code), for: .claim), command)
    default: return false
    }
    log(.info, "asking again with the upstream's time")
    return true
  }

  /// Without network the commands keep waiting: the code comes when the network does.
  mutating func codeRequestFailed(_ failure: TransportFailure?, floor: Moment? = nil, at now: Now) {
    guard case .requestingCode(_, let waiting) = pairing.state else { return }
    let wait = now.boot + pairing.backoff.failed(at: now.boot, using: &random)
    if let failure { log(.info, "no pairing code yet", .init("cause", failure.line)) }
    let cause = failure?.line ?? "the upstream answered with an error; check its address"
    setPairing(.waitingForNetwork(until: max(wait, floor ?? wait), waiting: waiting), detail: cause)
  }

  /// A failed poll costs nothing: the same code is polled again after its interval.
  mutating func pollFailed(floor: Moment? = nil, at now: Now) {
    updateCode { code in
      code.poll = nil
      code.nextPoll = max(now.boot + code.interval, floor ?? now.boot)
    }
  }

  mutating func pollProblem(_ problem: UpstreamAnswer.Problem, floor: Moment?, at now: Now) {
    switch problem.name {
    case "slow_down":
      updateCode { $0.interval = $0.interval + BoxPairing.slowDown }
      pollFailed(floor: floor, at: now)
    case "access_denied":
      log(.notice, "pairing was refused by the parent")
      setPairing(.unpaired, detail: "access_denied")
    case "expired_token", "invalid_grant": replaceCode(at: now)
    default: pollFailed(floor: floor, at: now)
    }
  }

  private mutating func replaceCode(at now: Now) {
    if pairing.mayReplaceCode(at: now.boot) { requestCode(waiting: [], at: now) } else { setPairing(.unpaired) }
  }

  private mutating func updateCode(_ change: (inout BoxPairing.ShownCode) -> Void) {
    guard case .showingCode(var code) = pairing.state else { return }
    change(&code)
    pairing.state = .showingCode(code)
  }

  // MARK: The parent made a code

  mutating func commandPairWithCode(_ id: CommandID, _ code: String, at now: Now) {
    switch pairing.state {
    case .paired, .saving: effects.append(.reply(id, .refused(.alreadyPaired)))
    case .claiming: effects.append(.reply(id, .refused(.pairing("another pairing is under way"))))
    case .unpaired, .requestingCode, .waitingForNetwork, .showingCode:
      if let until = floor(of: .claim), until > now.boot {
        return effects.append(.reply(id, .refused(Self.tooManyAttempts(until - now.boot))))
      }
      let shown: BoxPairing.ShownCode?
      if case .showingCode(let code) = pairing.state { shown = code } else { shown = nil }
      abandonPairing()
      (pairing.suspended, pairing.claimed) = (shown, code)
      setPairing(.claiming(send(.claim(code: code), for: .claim), id))
    }
  }

  mutating func claimProblem(_ problem: UpstreamAnswer.Problem, at now: Now) {
    switch problem.status {
    case 429: claimFailed(Self.tooManyAttempts(problem.retryAfter ?? .seconds(60)), at: now)
    default:
      claimFailed(
        .pairing(
          problem.name ?? "the upstream answered \(problem.status); if it is no Axolotly upstream, check its address"),
        at: now)
    }
  }

  private static func tooManyAttempts(_ wait: Duration) -> CommandRefusal {
    .pairing("too many attempts; try again in \(wait.wholeSeconds + 1) s")
  }

  mutating func claimFailed(_ refusal: CommandRefusal, at now: Now) {
    guard case .claiming(_, let command) = pairing.state else { return }
    // A parent may be typing the code that was on the screen before.
    if var shown = pairing.suspended, shown.expires > now.boot {
      shown.poll = nil
      shown.nextPoll = max(shown.nextPoll, now.boot)
      setPairing(.showingCode(shown))
    } else {
      setPairing(.unpaired)
    }
    pairing.suspended = nil
    effects.append(.reply(command, .refused(refusal)))
  }

  // MARK: Success

  mutating func paired(_ success: PairingSuccess, at now: Now) {
    let command: CommandID?
    switch pairing.state {
    case .claiming(_, let id): command = id
    case .showingCode: command = nil
    case .unpaired, .requestingCode, .waitingForNetwork, .saving, .paired: return
    }
    let identity = Identity(
      device: success.device, family: success.family, endpoints: success.endpoints, trust: success.trust)
    let ticket = PersistTicket(nextNumber())
    tickets[ticket] = .pairing
    effects.append(.saveIdentity(ticket, identity))
    pairing.suspended = nil
    setPairing(.saving(ticket, identity, success.token, command))
  }

  mutating func finishPairing(at now: Now) {
    guard case .saving(_, let identity, let access, let command) = pairing.state else { return }
    setPairing(.paired(identity))
    token = TokenKeeper(at: now.boot)
    token.take(access, at: now.boot, using: &random)
    held = HeldRequest(at: now.boot)
    report.due(at: now.boot + StateReporting.urgentDelay)
    log(.notice, "paired", .init("device", identity.device), .init("family", identity.family))
    if let command { effects.append(.reply(command, .paired(device: identity.device, family: identity.family))) }
  }

  /// Not durable, so not paired: the same key gets the same answer again for 15 minutes.
  mutating func pairingNotSaved(_ cause: String, at now: Now) {
    guard case .saving(_, _, _, let command) = pairing.state else { return }
    setPairing(.unpaired, detail: "storage")
    if let command { effects.append(.reply(command, .refused(.storage(cause)))) }
  }

  mutating func commandCancelPairing(_ id: CommandID) {
    abandonPairing()
    effects.append(.reply(id, .done))
  }

  /// Ends a pairing that is under way; one that is being saved goes on.
  private mutating func abandonPairing() {
    pairing.suspended = nil
    switch pairing.state {
    case .unpaired, .paired, .saving: return
    case .requestingCode(let request, let waiting):
      cancel(request)
      for id in waiting { effects.append(.reply(id, .refused(.cancelled))) }
    case .waitingForNetwork(_, let waiting):
      for id in waiting { effects.append(.reply(id, .refused(.cancelled))) }
    case .showingCode(let code): if let poll = code.poll { cancel(poll) }
    case .claiming(let request, let id):
      cancel(request)
      effects.append(.reply(id, .refused(.cancelled)))
    }
    setPairing(.unpaired)
  }

  mutating func setPairing(_ state: BoxPairing.State, detail: String = "") {
    pairing.state = state
    effects.append(.signal(.pairingStateChanged(pairing.name, detail: detail)))
  }

  mutating func turnPairing(at now: Now, next: inout Deadline) {
    switch pairing.state {
    case .waitingForNetwork(let until, let waiting) where until <= now.boot: requestCode(waiting: waiting, at: now)
    case .showingCode(var code) where code.poll == nil && code.expires <= now.boot:
      code.poll = nil
      replaceCode(at: now)
    case .showingCode(var code) where code.poll == nil && code.nextPoll <= now.boot:
      code.poll = send(.deviceToken(deviceCode: code.authorization.deviceCode), for: .pairingPoll)
      pairing.state = .showingCode(code)
    case .unpaired, .requestingCode, .waitingForNetwork, .showingCode, .claiming, .saving, .paired: break
    }
    switch pairing.state {
    case .waitingForNetwork(let until, _): next.at(until)
    case .showingCode(let code) where code.poll == nil: next.at(min(code.nextPoll, code.expires))
    case .unpaired, .requestingCode, .showingCode, .claiming, .saving, .paired: break
    }
    if case .asked(let command) = unpairing { sendUnpair(command, at: now) }
  }

  // MARK: Unpairing

  /// How long the upstream is given to hear of it.
  static let unpairTimeout = Duration.seconds(5)

  mutating func commandUnpair(_ id: CommandID, at now: Now) {
    guard pairing.identity != nil else { return effects.append(.reply(id, .refused(.notPaired))) }
    guard unpairing == nil else { return effects.append(.reply(id, .refused(.cancelled))) }
    endAllSessions(reason: .stopped, at: now)
    unpairing = .asked(id)
  }

  private mutating func sendUnpair(_ command: CommandID?, at now: Now) {
    guard let bearer = token.text else { return eraseEverything(at: now) }
    unpairing = .out(command)
    send(.unpair, for: .unpair, token: bearer, timeout: Self.unpairTimeout)
  }

  /// Everything private goes, whether the upstream was reached or not.
  mutating func finishUnpairing(at now: Now) {
    guard case .out = unpairing else { return }
    eraseEverything(at: now)
  }

  /// Wipes the box; the shell starts the stores and the key anew. Whoever asked to unpair hears that it is done.
  mutating func eraseEverything(at now: Now) {
    let command = unpairing?.command
    for id in requests.keys.sorted(by: { $0.number < $1.number }) { cancel(id) }
    for id in syncWaiters { effects.append(.reply(id, .refused(.notPaired))) }
    for id in pinChecks.keys.sorted(by: { $0.number < $1.number }) {
      effects.append(.reply(id, .refused(.notPaired)))
    }
    for pending in tickets.sorted(by: { $0.key.number < $1.key.number }).map(\.value) {
      if case .changes(_, let continuation) = pending { refuse(continuation) }
    }
    var fresh = Agent(
      configuration: configuration, restored: Restored(), seed: random.next(), now: now)
    fresh.clock = clock
    fresh.lastNumber = lastNumber
    fresh.effects = effects
    fresh.systemBus = systemBus
    fresh.safeMode = safeMode
    self = fresh
    if safeMode != nil { _ = health.raise(.safeMode, .error, since: wall(now)) }
    if let fault = systemBus.fault { _ = health.raise(fault.code, fault.severity, since: wall(now)) }
    effects.append(.erase)
    effects.append(.signal(.pairingStateChanged(pairing.name, detail: "erased")))
    effects.append(.signal(.profileChanged(nil)))
    if let command { effects.append(.reply(command, .done)) }
    log(.notice, "erased everything private")
  }

  private mutating func refuse(_ continuation: Continuation) {
    switch continuation {
    case .nothing: break
    case .reply(let id, let reply): effects.append(.reply(id, reply))
    case .began(let id, _): effects.append(.reply(id, .refused(.notPaired)))
    case .requested(let id, _): effects.append(.reply(id, .refused(.notPaired)))
    case .suspend: effects.append(.readyToSleep)
    }
  }

  // MARK: Token

  mutating func turnToken(at now: Now, next: inout Deadline) {
    guard let identity = pairing.identity else { return }
    switch token.state {
    case .none(let notBefore):
      let at = max(notBefore, floor(of: .token) ?? notBefore)
      if at > now.boot { return next.at(at) }
      token.state = .asking(send(.token(device: identity.device), for: .token), old: nil)
    case .held(let old, let renewAt):
      let at = max(renewAt, floor(of: .token) ?? renewAt)
      if at > now.boot { return next.at(at) }
      token.state = .asking(send(.token(device: identity.device), for: .token), old: old)
    case .asking: break
    }
  }

  mutating func tokenFailed(floor: Moment?, at now: Now) {
    guard case .asking(_, let old) = token.state else { return }
    let wait = now.boot + token.backoff.failed(at: now.boot, using: &random)
    let at = max(wait, floor ?? wait)
    if let old { token.state = .held(old, renewAt: at) } else { token.state = .none(askNotBefore: at) }
    guard old == nil else { return }
    setOffline()
    refuseSync("the upstream gives no token; check the network and the upstream's address: axolotlyctl status")
  }

  /// 401 of the token endpoint: the answer's `Date` was taken already, so one more try is made at once.
  mutating func tokenProblem(_ problem: UpstreamAnswer.Problem, floor: Moment?, at now: Now) {
    guard problem.status == 401 else {
      countFailure(at: now)
      return tokenFailed(floor: floor, at: now)
    }
    token.clientRefusals += 1
    if token.clientRefusals == 1 {
      token.state = .none(askNotBefore: now.boot)
    } else {
      raise(.tokenRefused, .error, at: now)
      let isHourly = token.clientRefusals >= TokenKeeper.refusalsBeforeHourly
      tokenFailed(floor: isHourly ? now.boot + TokenKeeper.hour : floor, at: now)
    }
  }

  /// A private request was answered 401: one new token at once, then as after any failure, then hourly.
  mutating func tokenRefused(at now: Now) {
    switch token.state {
    case .none: return
    case .asking(let id, _):
      // A new one is on its way; the refused one is not used meanwhile.
      token.state = .asking(id, old: nil)
      return
    case .held: break
    }
    token.refusals += 1
    if token.refusals == 1 {
      token.state = .none(askNotBefore: now.boot)
      return
    }
    raise(.tokenRefused, .error, at: now)
    let wait = now.boot + token.backoff.failed(at: now.boot, using: &random)
    let isHourly = token.refusals >= TokenKeeper.refusalsBeforeHourly
    token.state = .none(askNotBefore: isHourly ? now.boot + TokenKeeper.hour : wait)
  }
}
