import AgentCore
import UpstreamCore

// What must hold: safety after every step, liveness once the faults have ended.
extension Simulation {
  private func violation(_ promise: String) -> Violation {
    Violation(seed: seed, at: now, promise: promise, sabotage: options.sabotage)
  }

  /// Requests that a box may make in any minute of one life of its process (`spec/wire.md` §7).
  static let requestsAMinute = 20

  mutating func checkSafety(box: Int) throws {
    guard let agent = boxes[box].agent else { return }
    let version = agent.compiled?.policy.version ?? 0
    if version < boxes[box].highestPolicySeen {
      throw violation("box \(box): the policy fell from \(boxes[box].highestPolicySeen) to \(version)")
    }
    boxes[box].highestPolicySeen = version
    if let active = agent.policy.active, upstream.envelopes["policy-\(version)"]?.payloadSHA256 != active.payloadSHA256
    {
      throw violation("box \(box): policy \(version) is none that the upstream signed")
    }
    for session in boxes[box].apps.sorted()
    where agent.sessions.session(session) == nil && agent.launches.starting[session] == nil {
      throw violation("box \(box): the app of session \(session) runs on without its session")
    }
    try checkScreenTime(box: box, agent)
    try checkTime(box: box, agent)
    try checkBudget()
    boxes[box].privateRequests.removeAll { now - $0 > .seconds(60) }
    if boxes[box].privateRequests.count > Self.requestsAMinute {
      throw violation("box \(box): \(boxes[box].privateRequests.count) private requests in a minute")
    }
  }

  /// Screen time passes no faster than the box is awake.
  private mutating func checkScreenTime(box: Int, _ agent: Agent) throws {
    let before = boxes[box].counted
    boxes[box].counted = [:]
    let awake = boxes[box].handledAt
    for session in agent.sessions.open {
      if let (seconds, then) = before[session.id] {
        let waking = (awake.nanoseconds - then.nanoseconds) / 1_000_000_000
        // Both are whole seconds.
        if session.playedSeconds - seconds > waking + 1 {
          throw violation("box \(box): \(session.playedSeconds - seconds) s counted in \(waking) s awake")
        }
      }
      boxes[box].counted[session.id] = (session.playedSeconds, awake)
    }
  }

  /// `Date` has whole seconds and travels. Seconds.
  private static let timeTolerance: Int64 = 3

  /// Whatever the system clock of a running box is set to, policies see the right time; a box without a real-time clock that has heard none
  /// since it got power is behind at most.
  private func checkTime(box: Int, _ agent: Agent) throws {
    let right = Self.epoch + now.nanoseconds / 1_000_000_000
    let error = agent.time(at: clocks(of: box)) - right
    let mayBeBehind = !hasRealTimeClock(box) && agent.clock.source != .upstream
    if error > Self.timeTolerance || (error < -Self.timeTolerance && !mayBeBehind) {
      throw violation("box \(box): trusted time is wrong by \(error) s")
    }
  }

  /// How far a box may pass its limit before it notices: it looks at whole seconds. Seconds.
  private static let boxTolerance: Int64 = 2

  /// Two boxes, one budget: whatever is cut they stay within it and the offline minutes of each, and within it while nothing is, but for the
  /// grace in which a lease is awaited.
  private func checkBudget() throws {
    var days: [CalendarDate: Int64] = [:]
    for box in boxes {
      let rows =
        box.agent.map { $0.sessions.ledger.rows("mia") } ?? box.store.ledger.values.map { ($0.date, $0.seconds) }
      for (date, seconds) in rows { days[date, default: 0] += seconds }
    }
    let spare = options.isCalm ? LeaseBook.grace : Int64(SimulatedUpstream.firstPolicy.offlineMinutes) * 60
    let limit = largestBudget + Int64(boxes.count) * (spare + Self.boxTolerance)
    for (date, seconds) in days where seconds > limit {
      throw violation("\(seconds) s counted on \(date), where the budget allows \(limit)")
    }
  }

  /// While nothing is cut a child who wants to can use the whole budget of the day, whatever other boxes hold.
  private func checkBudgetWasOffered() throws {
    var days: [CalendarDate: Int64] = [:]
    for box in boxes {
      for (date, seconds) in box.agent?.sessions.ledger.rows("mia") ?? [] { days[date, default: 0] += seconds }
    }
    let most = days.values.max() ?? 0
    if most < largestBudget - Self.unusedTolerance {
      throw violation("\(most) s could be used of a budget of \(largestBudget) s")
    }
  }

  /// What may stay with boxes that could not yet report it as unused, seconds.
  private static let unusedTolerance: Int64 = 60

  /// Each request that the bus acknowledged is known upstream once, and its answer was announced once.
  private func checkRequests() throws {
    let known = upstream.families[SimulatedUpstream.family]?.requests ?? [:]
    for (index, box) in boxes.enumerated() {
      for request in box.asked.sorted() where known[request] == nil {
        throw violation("box \(index): the acknowledged request \(request) is lost")
      }
      for (request, count) in box.answered where count > 1 {
        throw violation("box \(index): the answer to \(request) is announced \(count) times")
      }
      for request in box.asked.sorted()
      where known[request]?.answer != nil
        && box.agent?.childRequests.records
          .first(where: { $0.id == request })?.answer == nil
      {
        throw violation("box \(index): the answer to \(request) never arrived")
      }
    }
    let records = boxes.flatMap { $0.agent?.childRequests.records ?? [] }
    for request in known.keys.sorted() where !records.contains(where: { $0.id == request }) {
      throw violation("request \(request) is upstream's alone: it was sent twice")
    }
  }

  func checkLiveness() throws {
    for box in boxes.indices {
      try checkCurrent(box: box)
      try checkReplica(box: box)
    }
    try checkUsage()
    try checkRequests()
    if options.isCalm, options.isContested { try checkBudgetWasOffered() }
  }

  private func checkCurrent(box: Int) throws {
    guard let agent = boxes[box].agent, agent.pairing.identity != nil else {
      throw violation("box \(box): not paired in the end")
    }
    let wanted = upstream.families[SimulatedUpstream.family]?.policy?.version
    if agent.compiled?.policy.version != wanted {
      throw violation("box \(box): policy \(agent.compiled?.policy.version ?? 0) instead of \(wanted ?? 0)")
    }
    if !agent.held.isOnline { throw violation("box \(box): not online in the end") }
    if let item = agent.health.items.first { throw violation("box \(box): health \(item.code.rawValue) stays") }
    if let oldest = agent.outbox.oldestAt, agent.time(at: clocks) - oldest > Self.oldestUnsentSeconds {
      throw violation("box \(box): an event of \(oldest) is not delivered")
    }
  }

  /// The interval of batches with its spread, and time for the batch itself.
  static let oldestUnsentSeconds: Int64 = 1_200

  private func checkReplica(box: Int) throws {
    let services = upstream.families[SimulatedUpstream.family]?.policy?.facts.services ?? []
    let wanted = Set(services.compactMap { ShelfName("US/\($0)") })
    if Set(boxes[box].store.replica.keys) != wanted {
      throw violation("box \(box): shelves \(boxes[box].store.replica.keys.sorted()) instead of \(wanted.sorted())")
    }
    for (shelf, held) in boxes[box].store.replica.sorted(by: { $0.key < $1.key }) {
      let version = upstream.catalogue.latest(shelf)
      if held.version != version { throw violation("box \(box): \(shelf) at \(held.version) instead of \(version)") }
      if held.contents != upstream.catalogue.contents(shelf, version: version) {
        throw violation("box \(box): \(shelf) differs from the upstream's")
      }
    }
  }

  /// Each event that the bus acknowledged is counted once, and nothing twice.
  private func checkUsage() throws {
    var counted: [SimulatedBox.Acknowledged: Int] = [:]
    var numbers: Set<String> = []
    for row in upstream.usage {
      if !numbers.insert("\(row.device) \(row.epoch) \(row.line.sequence)").inserted {
        throw violation("number \(row.line.sequence) of \(row.device) is kept twice")
      }
      switch row.line.content {
      case .sessionStarted(let session, _, _, _), .sessionEnded(let session, _, _):
        counted[.init(session: session, kind: row.line.kind), default: 0] += 1
      case .sessionProgress, .dropped, .other, .unknownKind, .invalid: break
      }
    }
    for (event, count) in counted where count > 1 {
      throw violation("\(event.kind) of session \(event.session) is counted \(count) times")
    }
    for box in boxes.indices {
      let pending = Set(boxes[box].store.rows.filter { !$0.isAcknowledged }.compactMap(\.event.acknowledged))
      for event in boxes[box].acknowledged.sorted(by: { ($0.session, $0.kind) < ($1.session, $1.kind) })
      where event.kind == "session_started" && counted[event] == nil && !pending.contains(event) {
        throw violation("box \(box): the acknowledged \(event.kind) of session \(event.session) is lost")
      }
    }
  }
}

extension UsageEvent {
  fileprivate var acknowledged: SimulatedBox.Acknowledged? {
    switch detail {
    case .sessionStarted(let session, _, _, _, _), .sessionEnded(let session, _, _):
      SimulatedBox.Acknowledged(session: session, kind: kind)
    case .sessionProgress, .decisionDenied, .launch, .request, .policyApplied, .dropped, .health: nil
    }
  }
}
