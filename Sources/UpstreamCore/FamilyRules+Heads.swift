import AgentCore

extension FamilyRules {
  /// Answers a held request, or says until when it is parked.
  static func heads(_ question: HeadsQuestion, device id: String, _ turn: inout FamilyTurn) -> FamilyAnswer {
    let seen = question.after.map(HeadsCursor.init)
    if let seen, seen == nil { return .refused(.badCursor) }
    if let answer = take(question.hold, device: id, &turn) { return answer }
    if let cursor = seen ?? nil { noteSeenLeases(cursor, device: id, &turn) }
    renewLeases(of: id, &turn)
    let current = cursor(of: id, turn)
    guard let after = seen ?? nil else { return answer(current, device: id, &turn) }
    var presence = turn.presence.devices[id] ?? DevicePresence()
    let position = turn.family.devices[id]?.usage ?? UsagePosition()
    let held = presence.held ?? DevicePresence.Held(baseline: after, usage: position)
    presence.held = held
    turn.presence.devices[id] = presence

    var wakeAt = [question.deadline]
    if position.epoch == held.usage.epoch, position.next < held.usage.next {
      return answer(current, device: id, &turn)
    }
    switch held.baseline.difference(from: current) {
    case .something: return answer(current, device: id, &turn)
    case .openLedger:
      turn.presence.devices[id]?.ledgerAnsweredAt = turn.now
      return answer(current, device: id, &turn)
    case .nothing: break
    case .idleLedger:
      let free = presence.ledgerAnsweredAt?.adding(seconds: UpstreamLimits.ledgerOnlySeconds)
      guard let free, turn.now < free else {
        turn.presence.devices[id]?.ledgerAnsweredAt = turn.now
        return answer(current, device: id, &turn)
      }
      wakeAt.append(free)
    }
    if turn.now >= question.deadline {
      turn.presence.devices[id]?.held = nil
      return .unchanged
    }
    if let renewal = nextLeaseRenewal(of: id, turn) { wakeAt.append(renewal) }
    return .park(until: wakeAt.min() ?? question.deadline)
  }

  /// A newer hold ends an older one of the same device.
  private static func take(_ hold: HoldNumber, device id: String, _ turn: inout FamilyTurn) -> FamilyAnswer? {
    var presence = turn.presence.devices[id] ?? DevicePresence()
    if let last = presence.lastHold {
      if hold < last { return .unchanged }
      if hold == last { return nil }
      if presence.held != nil { turn.wakes = true }
    }
    presence.lastHold = hold
    presence.held = nil
    turn.presence.devices[id] = presence
    return nil
  }

  private static func answer(_ current: HeadsCursor, device id: String, _ turn: inout FamilyTurn) -> FamilyAnswer {
    turn.presence.devices[id]?.held = nil
    return .heads(document(current, device: id, turn))
  }

  private static func document(_ cursor: HeadsCursor, device id: String, _ turn: FamilyTurn) -> HeadsDocument {
    let device = turn.family.devices[id]
    let policy = turn.family.policy.map { policy in
      let isInlined = policy.envelope.utf8.count <= UpstreamLimits.inlinedEnvelopeBytes
      return HeadsDocument.PolicyHead(version: policy.version, envelope: isInlined ? policy.envelope : nil)
    }
    return HeadsDocument(
      cursor: cursor.text, policy: policy, trust: trustUpdate(for: device, turn.catalogue)?.jws,
      catalogue: shelves(turn), ledger: elsewhere(of: id, turn), leases: offeredLeases(of: id, turn),
      answers: answers(turn), commands: device?.commands ?? [], usage: device?.usage ?? UsagePosition(),
      poll: turn.catalogue.poll)
  }

  /// The state of a box's heads as a cursor.
  static func cursor(of id: String, _ turn: FamilyTurn) -> HeadsCursor {
    let device = turn.family.devices[id]
    let entries = elsewhere(of: id, turn)
    let open = openProfiles(of: id, turn)
    return HeadsCursor(
      policy: turn.family.policy?.version ?? 0, trust: trustUpdate(for: device, turn.catalogue)?.version ?? 0,
      epoch: device?.usage.epoch ?? 1,
      catalogue: digest(shelves(turn)) { digest, head in
        digest.add(head.shelf.text)
        digest.add(Int64(head.version))
      },
      leases: digest(offeredLeases(of: id, turn)) { digest, lease in
        digest.add(lease.profile)
        digest.add(Int64(lease.date.daysSinceEpoch))
        digest.add(lease.throughSeconds)
        digest.add(lease.until.seconds)
      },
      answers: digest(answers(turn)) { digest, answer in
        digest.add(answer.request)
        digest.add(answer.granted ? 1 : 0)
        digest.add(answer.at.seconds)
      },
      commands: digest(device?.commands ?? []) { digest, command in digest.add(command.id) },
      poll: digest([turn.catalogue.poll]) { digest, poll in
        digest.add(Int64(poll.waitSeconds))
        digest.add(Int64(poll.spreadSeconds))
      },
      ledger: ledgerDigest(entries), openLedger: ledgerDigest(entries.filter { open.contains($0.key) }))
  }

  private static func ledgerDigest(_ entries: [String: HeadsDocument.Elsewhere]) -> UInt64 {
    digest(entries.sorted { $0.key < $1.key }) { digest, entry in
      digest.add(entry.key)
      digest.add(Int64(entry.value.date.daysSinceEpoch))
      digest.add(entry.value.seconds)
      for (app, seconds) in entry.value.apps.sorted(by: { $0.key < $1.key }) {
        digest.add(app)
        digest.add(seconds)
      }
    }
  }

  private static func digest<Element>(_ items: [Element], _ add: (inout ChangeDigest, Element) -> Void) -> UInt64 {
    var digest = ChangeDigest()
    for item in items { add(&digest, item) }
    return digest.value
  }

  /// The shelves that exist for the family's region and services, by name.
  private static func shelves(_ turn: FamilyTurn) -> [Heads.ShelfHead] {
    guard let facts = turn.family.policy?.facts else { return [] }
    let names = Set(facts.services.compactMap { ShelfName("\(facts.region)/\($0)") })
    return names.sorted().compactMap { name in
      turn.catalogue.shelves[name].map { Heads.ShelfHead(shelf: name, version: $0) }
    }
  }

  /// The step that follows the trust that the box has.
  private static func trustUpdate(for device: Device?, _ catalogue: CatalogueHeads) -> (version: Int, jws: String)? {
    guard let device, device.trustVersion < catalogue.trustVersion,
      let jws = catalogue.trustUpdates[device.trustVersion + 1]
    else { return nil }
    return (device.trustVersion + 1, jws)
  }

  private static func answers(_ turn: FamilyTurn) -> [HeadsDocument.Answer] {
    turn.family.requests.values.compactMap { request in
      guard let answer = request.answer, turn.wall - answer.at < UpstreamLimits.answerLifeSeconds else { return nil }
      return HeadsDocument.Answer(request: request.id, granted: answer.isGranted, at: answer.at)
    }.sorted { ($0.at, $0.request) < ($1.at, $1.request) }
  }
}
