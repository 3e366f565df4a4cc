import AgentCore

extension FamilyRules {
  /// Admits a box's request in the order revoked, clone, budget, and runs it.
  static func handle(_ call: DeviceCall, _ turn: inout FamilyTurn) -> FamilyAnswer {
    guard let device = turn.family.devices[call.device] else { return .refused(.tokenInvalid) }
    switch device.state {
    case .active: break
    case .unpaired:
      // The answer to the box's own unpairing may have been lost.
      if case .unpair = call.action { return .done }
      return .refused(.deviceRevoked)
    case .revoked: return tellRevoked(device, &turn)
    }
    if !isRepetition(call, turn), let refusal = admit(call, device, &turn) { return .refused(refusal) }
    return run(call, &turn)
  }

  /// A box that hears it erases itself: what it was leased today is free again.
  private static func tellRevoked(_ device: Device, _ turn: inout FamilyTurn) -> FamilyAnswer {
    if !device.leases.isEmpty {
      turn.family.devices[device.id]?.leases = []
      turn.wakes = true
    }
    return .refused(.deviceRevoked)
  }

  private static func run(_ call: DeviceCall, _ turn: inout FamilyTurn) -> FamilyAnswer {
    let known = cursor(of: call.device, turn)
    let answer: FamilyAnswer
    switch call.action {
    case .heads(let question): return heads(question, device: call.device, &turn)
    case .policy:
      guard let policy = turn.family.policy else { return .refused(.notFound) }
      return .policy(version: policy.version, envelope: policy.envelope)
    case .unreadable: return .refused(.badRequest)
    case .unpair: return remove(call.device, as: .unpaired, &turn)
    case .replaceKey(let key):
      let isCurrent = turn.family.devices[call.device]?.key == key
      turn.family.devices[call.device]?.nextKey = isCurrent ? nil : key
      return .done
    case .usage(let batch): answer = take(batch, device: call.device, &turn)
    case .state(let report): answer = take(report, device: call.device, &turn)
    case .request(let id, let profile, let asks, let at):
      let request = ChildRequest(id: id, device: call.device, profile: profile, asks: asks, at: at)
      answer = take(request, &turn)
    }
    renewLeases(of: call.device, &turn)
    // What a box's own request changed ends no hold of its own (`spec/wire.md` §2).
    let changed = cursor(of: call.device, turn)
    turn.presence.devices[call.device]?.held?.baseline.absorb(from: known, to: changed)
    turn.presence.devices[call.device]?.held?.usage = turn.family.devices[call.device]?.usage ?? UsagePosition()
    return answer
  }

  /// The same held request looks again after a wake-up: it was counted when it came.
  private static func isRepetition(_ call: DeviceCall, _ turn: FamilyTurn) -> Bool {
    guard case .heads(let question) = call.action, let last = turn.presence.devices[call.device]?.lastHold else {
      return false
    }
    return question.hold <= last
  }

  private static func admit(_ call: DeviceCall, _ device: Device, _ turn: inout FamilyTurn) -> FamilyRefusal? {
    var presence = turn.presence.devices[device.id] ?? DevicePresence()
    let last = [presence.lastRequestAt, device.lastRequestAt].compactMap(\.self).max()
    if let instance = device.instance, instance != call.instance, let last,
      turn.now.milliseconds - last.milliseconds < UpstreamLimits.instanceSeconds * 1_000
    {
      return .clone
    }
    let waits = [
      presence.requests.secondsUntilFree(limit: UpstreamLimits.deviceRequestsPerMinute, now: turn.now),
      turn.presence.requests.secondsUntilFree(limit: UpstreamLimits.familyRequestsPerMinute, now: turn.now),
    ].compactMap(\.self)
    if let wait = waits.max() { return .slowDown(retryAfterSeconds: wait) }
    presence.requests.record(at: turn.now)
    presence.lastRequestAt = turn.now
    turn.presence.devices[device.id] = presence
    turn.presence.requests.record(at: turn.now)
    note(call, device, &turn)
    return nil
  }

  /// Keeps what has to survive a restart: the instance, the first request, and coarsely the last.
  private static func note(_ call: DeviceCall, _ device: Device, _ turn: inout FamilyTurn) {
    var device = device
    if device.firstRequestAt == nil { device.firstRequestAt = turn.now }
    let age = device.lastRequestAt.map { turn.now.milliseconds - $0.milliseconds } ?? .max
    if device.instance != call.instance || age >= UpstreamLimits.lastRequestSeconds * 1_000 {
      device.instance = call.instance
      device.lastRequestAt = turn.now
    }
    turn.family.devices[device.id] = device
  }

  /// Lets a box have a token by the key in force, or by its successor, which thereby comes into force.
  static func token(device id: String, thumbprint: String, _ turn: inout FamilyTurn) -> FamilyAnswer {
    guard var device = turn.family.devices[id] else { return .refused(.invalidClient) }
    let isKnown = device.key.thumbprint == thumbprint || device.nextKey?.thumbprint == thumbprint
    guard isKnown else { return .refused(.invalidClient) }
    guard device.state == .active else { return tellRevoked(device, &turn) }
    if let next = device.nextKey, next.thumbprint == thumbprint {
      (device.key, device.nextKey) = (next, nil)
      turn.family.devices[id] = device
    }
    return .tokenGranted(device: id)
  }

  /// One device for one key, however often its pairing is tried.
  static func pair(_ box: PairedBox, candidate: String, _ turn: inout FamilyTurn) -> FamilyAnswer {
    let same = turn.family.devices.values.filter { $0.key.thumbprint == box.key.thumbprint }.min { $0.id < $1.id }
    if var device = same {
      // Paired anew it is new to the rules of instances and leases; its id and its usage go on.
      device.info = box.info
      device.state = .active
      device.trustVersion = turn.catalogue.trustVersion
      (device.firstRequestAt, device.instance) = (nil, nil)
      turn.family.devices[device.id] = device
      return .paired(device: device.id)
    }
    let active = turn.family.devices.values.count { $0.state == .active }
    guard active < UpstreamLimits.devices, turn.family.devices[candidate] == nil else { return .refused(.full) }
    turn.family.devices[candidate] = Device(
      id: candidate, key: box.key, info: box.info, pairedAt: turn.now, trustVersion: turn.catalogue.trustVersion)
    return .paired(device: candidate)
  }

  /// Takes a device out; what it counted today stays in the ledger.
  static func remove(_ id: String, as state: Device.State, _ turn: inout FamilyTurn) -> FamilyAnswer {
    guard turn.family.devices[id] != nil else { return .refused(.notFound) }
    turn.family.devices[id]?.state = state
    turn.family.devices[id]?.nextKey = nil
    turn.family.devices[id]?.commands = []
    // A box that unpairs has erased what it was leased; a revoked one may not have heard yet.
    if state == .unpaired { turn.family.devices[id]?.leases = [] }
    turn.wakes = true
    return .done
  }

  static func take(_ report: DeviceReport, device id: String, _ turn: inout FamilyTurn) -> FamilyAnswer {
    guard var device = turn.family.devices[id] else { return .refused(.tokenInvalid) }
    let acknowledged = Set(report.commands.map(\.id))
    device.commands.removeAll { acknowledged.contains($0.id) }
    device.report = report
    device.reportedAt = turn.now
    device.trustVersion = report.trust
    turn.family.devices[id] = device
    if report.outbox.depth == 0 { confirmLeases(of: id, &turn) }
    return .done
  }

  static func take(_ request: ChildRequest, _ turn: inout FamilyTurn) -> FamilyAnswer {
    if let known = turn.family.requests[request.id] {
      var same = known
      same.answer = nil
      return same == request ? .requestKnown : .refused(.conflict)
    }
    if turn.family.requests.count >= UpstreamLimits.requests {
      let oldest = turn.family.requests.values.min { ($0.at, $0.id) < ($1.at, $1.id) }
      if let oldest { turn.family.requests[oldest.id] = nil }
    }
    turn.family.requests[request.id] = request
    return .requestCreated
  }
}
