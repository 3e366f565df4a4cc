import AgentCore
import UpstreamCore

// How a box lives: power, effects, storage.
extension Simulation {
  mutating func start(box: Int) {
    guard boxes[box].agent == nil else { return }
    boxes[box].life += 1
    // The bucket is the process's own and begins full with it.
    boxes[box].privateRequests = []
    if options.sabotage == .policyFalls, boxes[box].life > 1 { forgetPolicy(box: box) }
    if options.sabotage == .clockBelieved { boxes[box].store.anchor = nil }
    let store = boxes[box].store
    let restored = Agent.Restored(
      identity: store.identity, journal: store.contents,
      policy: store.policy.flatMap { upstream.envelopes[$0.envelope] },
      shelves: store.replica.sorted { $0.key < $1.key }.map {
        AppliedShelf(shelf: $0.key, version: $0.value.version, titles: $0.value.contents.count)
      })
    boxes[box].agent = Agent(
      configuration: .init(
        upstream: "https://sim", boot: Self.bootName(boxes[box].boot), builtAt: Self.epoch + -86_400,
        hasRealTimeClock: hasRealTimeClock(box)),
      restored: restored,
      seed: random.next(), now: clocks(of: box))
    note("box \(box) starts, life \(boxes[box].life)")
    deliver(.turn, to: box)
    if store.identity == nil { command(.pair, box: box) }
    schedule(.launcher, box: box, in: random.duration(upTo: .seconds(60)))
  }

  private static func bootName(_ number: Int) -> String { String(repeating: "0", count: 7) + String(number % 10) }

  /// Every other box has none: its system clock begins in 1970.
  func hasRealTimeClock(_ box: Int) -> Bool { box % 2 == 0 || options.sabotage == .clockBelieved }

  private mutating func forgetPolicy(box: Int) {
    boxes[box].store.policy = nil
    boxes[box].store.identity?.highestPolicyVersion = 0
    boxes[box].store.identity?.highestPolicySHA256 = nil
    guard let first = upstream.envelopes["policy-1"] else { return }
    boxes[box].store.policy = .init(
      envelope: first.text, version: 1, payloadSHA256: first.payloadSHA256, trust: SimulatedUpstream.trust,
      appliedAt: Self.epoch)
  }

  /// Power fails: what was under way is lost, or was just written.
  mutating func crash(box: Int) {
    guard boxes[box].agent != nil, !faultsAreOver else { return }
    let isPower = Bool.random(using: &random)
    note("box \(box) \(isPower ? "loses power" : "is killed")")
    if isPower {
      boxes[box].boot += 1
      boxes[box].clockError = hasRealTimeClock(box) ? 0 : -Self.epoch.seconds
    } else if options.sabotage == .clockBelieved {
      boxes[box].clockError = 500_000
    }
    var writes = boxes[box].persists
    boxes[box].persists = []
    while !writes.isEmpty, Bool.random(using: &random) { _ = apply(writes.removeFirst().1, box: box) }
    for (number, hold) in upstream.holds where hold.box == box { upstream.holds[number] = nil }
    boxes[box].agent = nil
    if let until = boxes[box].asleepUntil { boxes[box].slept += now - until }
    boxes[box].asleepUntil = nil
    boxes[box].counted = [:]
    boxes[box].out = []
    boxes[box].staging = [:]
    boxes[box].beginning = [:]
    boxes[box].ending = [:]
    boxes[box].openSession = nil
    boxes[box].apps = []
    boxes[box].turnScheduled = nil
    boxes[box].life += 1
    schedule(.start, box: box, in: .seconds(1) + random.duration(upTo: .seconds(120)), anyLife: true)
  }

  mutating func deliver(_ event: Event, to box: Int) {
    guard boxes[box].agent != nil else { return }
    note("box \(box) \(event.traceName)")
    let clocks = clocks(of: box)
    boxes[box].handledAt = awake(box)
    let effects = boxes[box].agent?.handle(event, at: clocks) ?? []
    for effect in effects { perform(effect, box: box) }
    if case .turn = event {
      scheduleTurn(box: box)
    } else {
      deliver(.turn, to: box)
    }
  }

  private mutating func scheduleTurn(box: Int) {
    guard let deadline = boxes[box].agent?.deadline else { return }
    let at = max(deadline, now)
    guard boxes[box].turnScheduled != at else { return }
    boxes[box].turnScheduled = at
    schedule(.turn, box: box, in: at - now)
  }

  private mutating func perform(_ effect: Effect, box: Int) {
    note("box \(box) \(effect.traceName)")
    switch effect {
    case .send(let outgoing): send(outgoing, box: box)
    case .cancel(let id):
      boxes[box].out.remove(id)
      for (number, hold) in upstream.holds where hold.box == box && hold.request == id { upstream.holds[number] = nil }
    case .dropConnections, .log, .connectSystemBus, .readyToSleep: break
    case .launch(let session, _): launch(session, box: box)
    case .stopApp(let session):
      if options.sabotage != .appRunsOn { boxes[box].apps.remove(session) }
    case .verifyPIN(let id, _): deliver(.pinVerified(id, matches: true), to: box)
    case .persist(let ticket, let changes): write(ticket, .journal(changes), box: box)
    case .saveIdentity(let ticket, let identity): write(ticket, .identity(identity), box: box)
    case .erase: erase(box: box)
    case .shelf(let step): perform(step, box: box)
    case .reply(let id, let reply): hear(id, reply, box: box)
    case .signal(.sessionEnded(let session, _, _)):
      if boxes[box].openSession == session { boxes[box].openSession = nil }
      boxes[box].acknowledged.insert(.init(session: session, kind: "session_ended"))
    case .signal(.requestAnswered(let request, _)):
      boxes[box].answered[request, default: 0] += 1
    case .signal: break
    }
  }

  private mutating func erase(box: Int) {
    boxes[box].store = SimulatedStore(key: "key-\(box)-\(boxes[box].life)")
    boxes[box].persists = []
    boxes[box].highestPolicySeen = 0
  }

  // MARK: Storage

  private mutating func write(_ ticket: PersistTicket, _ write: SimulatedBox.Write, box: Int) {
    boxes[box].persists.append((ticket, write))
    schedule(.write, box: box, in: .microseconds(300) + random.duration(upTo: .milliseconds(5)))
  }

  mutating func finishWrite(box: Int) {
    guard !boxes[box].persists.isEmpty else { return }
    let (ticket, write) = boxes[box].persists.removeFirst()
    let isRefused = !faultsAreOver && Int.random(in: 0..<200, using: &random) == 0
    if isRefused || !apply(write, box: box) {
      deliver(.persistFailed(ticket, "disk full"), to: box)
    } else {
      deliver(.persisted(ticket), to: box)
    }
  }

  private mutating func apply(_ write: SimulatedBox.Write, box: Int) -> Bool {
    switch write {
    case .identity(let identity):
      boxes[box].store.identity = identity
      return true
    case .journal(let changes):
      guard boxes[box].store.commit(changes) else { return false }
      if options.sabotage == .journalForgets { forgetSessions(box: box) }
      return true
    }
  }

  /// The journal says that it has what it has not: an event of another kind stands where a session's was.
  private mutating func forgetSessions(box: Int) {
    for index in boxes[box].store.rows.indices {
      if case .sessionStarted = boxes[box].store.rows[index].event.detail {
        boxes[box].store.rows[index].event.detail = .health(code: "forgotten", raised: true)
      }
    }
  }

  // MARK: The replica

  private mutating func perform(_ step: ShelfEffect, box: Int) {
    switch step {
    case .begin(let job, let shelf, let version, let isSnapshot):
      let held = boxes[box].store.replica[shelf]?.contents ?? [:]
      boxes[box].staging[job] = .init(
        shelf: shelf, version: version, contents: isSnapshot ? [:] : held, isSnapshot: isSnapshot)
    case .applySnapshotPart(let job, let name, _), .applyDelta(let job, let name, _):
      apply(blob: name, job: job, box: box)
    case .commit(let job, let check): commit(job, check, box: box)
    case .abandon(let job): boxes[box].staging[job] = nil
    case .drop(let shelf):
      boxes[box].store.replica[shelf] = nil
      schedule(.deliver(.shelfDropped(shelf)), box: box, in: .milliseconds(5))
    }
  }

  private mutating func apply(blob name: String, job: ShelfJob, box: Int) {
    guard var staging = boxes[box].staging[job], let blob = upstream.catalogue.blobs[name] else {
      return schedule(.deliver(.shelfStep(job, .failed("no such blob"))), box: box, in: .milliseconds(1))
    }
    let lines: Int
    switch blob {
    case .snapshotPart(let titles):
      staging.contents.merge(titles) { _, new in new }
      lines = titles.count
    case .delta(let changes):
      for (reference, revision) in changes { staging.contents[reference] = revision }
      lines = changes.count
    }
    boxes[box].staging[job] = staging
    schedule(.deliver(.shelfStep(job, .applied(lines: lines, skipped: 0))), box: box, in: .milliseconds(10))
  }

  private mutating func commit(_ job: ShelfJob, _ check: ShelfManifest.Check, box: Int) {
    guard var staging = boxes[box].staging.removeValue(forKey: job) else { return }
    guard SimulatedCatalogue.check(staging.contents) == check else {
      return schedule(.deliver(.shelfCommitted(job, .mismatch)), box: box, in: .milliseconds(1))
    }
    if options.sabotage == .replicaDiffers, let first = staging.contents.keys.min() { staging.contents[first] = nil }
    boxes[box].store.replica[staging.shelf] = (staging.version, staging.contents)
    schedule(
      .deliver(.shelfCommitted(job, .committed(titles: staging.contents.count))), box: box, in: .milliseconds(20))
  }

  // MARK: Apps

  /// Most apps start; some cannot be run, some end at once, some with an error much later.
  private mutating func launch(_ session: String, box: Int) {
    if Int.random(in: 0..<4, using: &random) == 0 {
      return schedule(
        .deliver(.appFailed(session: session, .notStarted("no such program"))), box: box, in: .milliseconds(20))
    }
    boxes[box].apps.insert(session)
    schedule(.deliver(.appStarted(session: session)), box: box, in: .milliseconds(50))
    let life = random.duration(upTo: Bool.random(using: &random) ? .seconds(4) : .seconds(600))
    schedule(.appEnds(session), box: box, in: .milliseconds(51) + life)
  }

  mutating func endApp(_ session: String, box: Int) {
    guard boxes[box].apps.remove(session) != nil else { return }
    let code = Int32.random(in: 0..<3, using: &random)
    deliver(.appEnded(session: session, code == 2 ? .vanished : .exited(code)), to: box)
  }

  private static func plans(_ random: inout SeededRandom) -> [LaunchBook.Plan] {
    (1...Int.random(in: 1...3, using: &random)).map {
      LaunchBook.Plan(
        handler: "handler-\($0)", app: "netflix", service: "netflix", form: "title", linkID: "\($0)",
        argv: ["app", "\($0)"])
    }
  }

  // MARK: The launcher

  private mutating func command(_ command: Command, box: Int) {
    boxes[box].lastCommand += 1
    let id = CommandID(boxes[box].lastCommand)
    switch command {
    case .beginSession, .launch: boxes[box].beginning[id] = true
    case .endSession(let session, _): boxes[box].ending[id] = session
    case .request: boxes[box].asking.insert(id)
    default: break
    }
    deliver(.command(id, command), to: box)
  }

  private mutating func hear(_ id: CommandID, _ reply: CommandReply, box: Int) {
    switch reply {
    case .session(let session, _):
      boxes[box].acknowledged.insert(.init(session: session, kind: "session_started"))
      boxes[box].openSession = session
    case .code(let authorization, _):
      let letters = authorization.deviceCode
      if boxes[box].shownCode != letters {
        boxes[box].shownCode = letters
        schedule(.approve(letters), box: box, in: .seconds(5) + random.duration(upTo: .seconds(60)), anyLife: true)
      }
    case .ended: boxes[box].ending[id] = nil
    case .requested(let request): boxes[box].asked.insert(request)
    case .done, .paired, .remaining, .refused: break
    }
    boxes[box].asking.remove(id)
    boxes[box].beginning[id] = nil
  }

  mutating func launcherActs(box: Int) {
    guard let agent = boxes[box].agent else { return }
    if agent.pairing.identity == nil, case .unpaired = agent.pairing.state { command(.pair, box: box) }
    if agent.pairing.identity != nil, Int.random(in: 0..<20, using: &random) == 0 {
      let minutes = [15, 30].randomElement(using: &random) ?? 15
      command(.request(profile: "mia", .time(minutes: minutes)), box: box)
    }
    if !options.isCalm, agent.pairing.identity != nil, Int.random(in: 0..<60, using: &random) == 0 {
      command(.standby(true), box: box)
      command(.standby(false), box: box)
    }
    if let session = boxes[box].openSession {
      switch options.isContested ? 11 : Int.random(in: 0..<12, using: &random) {
      case 0: command(.endSession(session: session, owner: 1_000), box: box)
      case 1: command(.paused(session: session, owner: 1_000), box: box)
      default: command(.playing(session: session, owner: 1_000), box: box)
      }
      schedule(.launcher, box: box, in: .seconds(5))
    } else {
      let facts = TitleReference("tmdb:movie:1").map { TitleFacts(reference: $0) }
      if Bool.random(using: &random) {
        let order = LaunchBook.Order(profile: "mia", title: facts, plans: Self.plans(&random), owner: 1_000)
        command(.launch(order), box: box)
      } else {
        command(
          .beginSession(profile: "mia", title: facts, app: "netflix", service: "netflix", owner: 1_000), box: box)
      }
      schedule(
        .launcher, box: box, in: boxes[box].beginning.isEmpty ? .seconds(options.isContested ? 10 : 120) : .seconds(2))
    }
  }
}

extension Event {
  /// The event's name for the trace.
  var traceName: String {
    switch self {
    case .answered(let id, let answer): "answered \(id.number) \(answer.content.traceName)"
    case .failed(let id, let failure): "failed \(id.number) \(failure.line)"
    case .persisted(let ticket): "persisted \(ticket.number)"
    case .persistFailed(let ticket, _): "persist failed \(ticket.number)"
    case .shelfStep(let job, _): "shelf step \(job.number)"
    case .shelfCommitted(let job, _): "shelf committed \(job.number)"
    case .shelfDropped(let shelf): "shelf dropped \(shelf)"
    case .command(let id, _): "command \(id.number)"
    case .pinVerified(let id, let matches): "PIN \(id.number) \(matches)"
    case .systemBus: "system bus"
    case .launcherAvailable: "launcher available"
    case .appStarted(let session): "app started \(session)"
    case .appFailed(let session, _): "app failed \(session)"
    case .appEnded(let session, let end): "app ended \(session) \(end)"
    case .zoneChanged: "zone changed"
    case .networkChanged: "network changed"
    case .goingToSleep: "going to sleep"
    case .stopping: "stopping"
    case .turn: "turn"
    }
  }
}

extension UpstreamAnswer.Content {
  var traceName: String {
    switch self {
    case .deviceAuthorization: "code"
    case .paired: "paired"
    case .token: "token"
    case .heads(let heads): "heads \(heads.cursor)"
    case .unchanged: "unchanged"
    case .policy: "policy"
    case .usageAcknowledged(let through, _): "acknowledged \(through)"
    case .done: "done"
    case .manifest: "manifest"
    case .blobStored: "blob"
    case .problem(let problem): "problem \(problem.status) \(problem.name ?? "")"
    }
  }
}

extension Effect {
  /// The effect's name for the trace.
  var traceName: String {
    switch self {
    case .send(let outgoing): "sends \(outgoing.id.number) \(outgoing.request.traceName)"
    case .cancel(let id): "cancels \(id.number)"
    case .dropConnections: "drops connections"
    case .persist(let ticket, let changes): "persists \(ticket.number) \(changes.count)"
    case .saveIdentity(let ticket, _): "saves identity \(ticket.number)"
    case .erase: "erases"
    case .shelf: "shelf effect"
    case .launch(let session, let plan): "launches \(session) \(plan.handler)"
    case .stopApp(let session): "stops app \(session)"
    case .verifyPIN(let id, _): "verifies PIN \(id.number)"
    case .connectSystemBus: "connects to the system bus"
    case .readyToSleep: "lets suspend go on"
    case .reply(let id, let reply): "replies \(id.number) \(reply.traceName)"
    case .signal: "signals"
    case .log(let entry): "logs \(entry.message)"
    }
  }
}

extension CommandReply {
  var traceName: String {
    switch self {
    case .done: "done"
    case .code: "code"
    case .paired: "paired"
    case .session(let id, _): "session \(id)"
    case .remaining(let seconds): "remaining \(seconds ?? -1)"
    case .ended(let seconds): "ended \(seconds)"
    case .requested(let request): "requested \(request)"
    case .refused: "refused"
    }
  }
}

extension UpstreamRequest {
  var traceName: String {
    switch self {
    case .deviceAuthorization: "device authorization"
    case .deviceToken: "device token"
    case .claim: "claim"
    case .token: "token"
    case .heads(let after, let wait): "heads \(after ?? "-") \(wait)"
    case .policy: "policy"
    case .usage(let epoch, let from, _, _): "usage \(epoch) \(from)"
    case .state: "state"
    case .request(let record): "request \(record.id)"
    case .unpair: "unpair"
    case .manifest(let shelf): "manifest \(shelf)"
    case .blob(let name, _): "blob \(name)"
    }
  }
}
