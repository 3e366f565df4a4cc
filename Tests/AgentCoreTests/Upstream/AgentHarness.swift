import AgentCore
import Testing

/// One agent, driven as a value: a clock that the test moves, a journal in memory, and every effect kept in order.
///
/// As the shell does, it sends `turn` after every event and at the agent's deadline. It fails the test where the agent
/// asks to be woken at a moment that has passed, which would keep a box from sleeping.
struct AgentHarness {
  /// What the disk does with what the agent wants to keep.
  enum Storage { case works, isFull, doesNotAnswer }

  struct Sent {
    var at: Moment
    var request: OutgoingRequest
  }

  static let builtAt = WallTime(seconds: 1_772_000_000)
  /// Monday 2026-03-02T12:00:00Z.
  static let noon: Int64 = 1_772_452_800

  var agent: Agent
  var now: Now
  var storage = Storage.works
  var journal: SimulatedJournal
  /// Requests that are answered at once, as an upstream in good health does.
  var answersByItself: Set<RequestKind> = [.token, .state, .usage]
  /// Every request fails at once.
  private(set) var isCutOff = false
  /// How the next shelf steps and commits end; those after them succeed.
  var shelfSteps: [ShelfStepResult] = []
  var shelfCommits: [ShelfCommitResult] = []
  private(set) var effects: [Effect] = []
  /// Everything that was sent, oldest first.
  private(set) var sent: [Sent] = []
  /// What is out and neither answered nor cancelled.
  private(set) var out: [OutgoingRequest] = []
  /// Tickets that wait because storage does not answer.
  private(set) var waiting: [(ticket: PersistTicket, work: Work)] = []
  private var queue: [Effect] = []
  private var isPerforming = false
  private var lastCommand: UInt64 = 0
  private var seed: UInt64

  enum Work {
    case changes([JournalChange])
    case identity(Identity)
  }

  /// A box without identity; `journal` is what an earlier life left.
  init(journal: SimulatedJournal = SimulatedJournal(), seed: UInt64 = 1, at systemSeconds: Int64 = AgentHarness.noon) {
    now = Now(
      boot: Moment(nanoseconds: 5_000_000_000), play: PlayTime(nanoseconds: 5_000_000_000),
      systemSeconds: systemSeconds, isSynchronised: false)
    self.journal = journal
    self.seed = seed
    agent = Self.makeAgent(journal, seed: seed, now: now)
  }

  private static func makeAgent(
    _ journal: SimulatedJournal, running: [RunningApp] = [], crashes: Int = 0,
    requestsLeft: Int = RequestBudget.burst, seed: UInt64, now: Now
  ) -> Agent {
    var restored = journal.restored
    (restored.running, restored.crashes, restored.requestsLeft) = (running, crashes, requestsLeft)
    return Agent(
      configuration: .init(upstream: "https://first.example", boot: "0a1b2c3d", builtAt: builtAt),
      restored: restored, seed: seed, now: now)
  }

  /// The process ends without warning and starts again; what was not durable is gone.
  mutating func restart(
    after pause: Duration = .seconds(1), running: [RunningApp] = [], crashes: Int = 0,
    requestsLeft: Int = RequestBudget.burst
  ) {
    move(by: pause)
    (out, effects, waiting) = ([], [], [])
    seed += 1
    agent = Self.makeAgent(
      journal, running: running, crashes: crashes, requestsLeft: requestsLeft, seed: seed, now: now)
  }

  // MARK: Time

  private mutating func move(by duration: Duration) {
    now.boot = now.boot + duration
    now.play = PlayTime(nanoseconds: now.play.nanoseconds + duration.nanoseconds)
    let before = now.boot.nanoseconds - duration.nanoseconds
    now.systemSeconds += now.boot.nanoseconds / 1_000_000_000 - before / 1_000_000_000
  }

  /// Lets time pass, waking the agent at each of its deadlines on the way.
  mutating func advance(by duration: Duration) {
    let end = now.boot + duration
    while let deadline = agent.deadline, deadline <= end {
      move(by: max(.zero, deadline - now.boot))
      turn()
      if let next = agent.deadline, next <= now.boot { break }
    }
    move(by: end - now.boot)
    turn()
  }

  /// Lets time pass up to the agent's own deadline; false where it has none.
  @discardableResult
  mutating func advanceToDeadline() -> Bool {
    guard let deadline = agent.deadline else { return false }
    move(by: max(.zero, deadline - now.boot))
    turn()
    return true
  }

  /// Time passes in suspend: screen time stands still, nothing is woken.
  mutating func suspend(for duration: Duration) {
    let play = now.play
    move(by: duration)
    now.play = play
  }

  // MARK: Events

  /// Hands one event in, and then whatever follows from it, until nothing is left but time.
  mutating func handle(_ event: Event) {
    perform(agent.handle(event, at: now))
    turn()
  }

  /// Hands several events in before the turn, as one batch of the shell's queue.
  mutating func handle(_ events: [Event]) {
    for event in events { perform(agent.handle(event, at: now)) }
    turn()
  }

  private mutating func turn() {
    var rounds = 0
    repeat {
      let before = effects.count
      perform(agent.handle(.turn, at: now))
      rounds += 1
      if effects.count == before { break }
    } while rounds < 100
    #expect(rounds < 100, "the agent never comes to rest")
    if let deadline = agent.deadline {
      #expect(deadline > now.boot, "the agent wants to be woken in the past")
    }
  }

  /// Asks as a caller of the bus does; the reply is found by the id.
  @discardableResult
  mutating func command(_ command: Command) -> CommandID {
    lastCommand += 1
    let id = CommandID(lastCommand)
    handle(.command(id, command))
    return id
  }

  func replies(to id: CommandID) -> [CommandReply] {
    effects.compactMap { effect in
      guard case .reply(let command, let reply) = effect, command == id else { return nil }
      return reply
    }
  }

  /// The one reply to a command that is answered at once.
  mutating func reply(to command: Command) throws -> CommandReply {
    let id = self.command(command)
    let replies = replies(to: id)
    #expect(replies.count == 1)
    return try #require(replies.first)
  }

  // MARK: Effects

  /// Performs effects in their order; what follows from one of them comes after those that are there already.
  private mutating func perform(_ new: [Effect]) {
    effects += new
    queue += new
    guard !isPerforming else { return }
    isPerforming = true
    defer { isPerforming = false }
    while !queue.isEmpty { perform(queue.removeFirst()) }
  }

  private mutating func perform(_ effect: Effect) {
    switch effect {
    case .send(let request):
      sent.append(Sent(at: now.boot, request: request))
      out.append(request)
      if isCutOff {
        out.removeAll { $0.id == request.id }
        perform(agent.handle(.failed(request.id, .connect), at: now))
      } else if answersByItself.contains(request.kind) {
        answerByItself(request)
      }
    case .cancel(let id): out.removeAll { $0.id == id }
    case .persist(let ticket, let changes): keep(ticket, .changes(changes))
    case .saveIdentity(let ticket, let identity): keep(ticket, .identity(identity))
    case .erase: journal = SimulatedJournal()
    case .shelf(let step): perform(step)
    case .dropConnections, .reply, .signal, .log, .verifyPIN, .connectSystemBus, .launch, .stopApp, .readyToSleep: break
    }
  }

  private mutating func keep(_ ticket: PersistTicket, _ work: Work) {
    switch storage {
    case .works: finish(ticket, work)
    case .isFull: perform(agent.handle(.persistFailed(ticket, "disk full"), at: now))
    case .doesNotAnswer: waiting.append((ticket, work))
    }
  }

  private mutating func finish(_ ticket: PersistTicket, _ work: Work) {
    let isKept: Bool
    switch work {
    case .changes(let changes): isKept = journal.commit(changes)
    case .identity(let identity): (journal.identity, isKept) = (identity, true)
    }
    perform(agent.handle(isKept ? .persisted(ticket) : .persistFailed(ticket, "out of order"), at: now))
  }

  /// Storage that did not answer does now.
  mutating func storageAnswers() {
    storage = .works
    let tickets = waiting
    waiting = []
    for (ticket, work) in tickets { finish(ticket, work) }
    turn()
  }

  private mutating func perform(_ step: ShelfEffect) {
    switch step {
    case .begin, .abandon: break
    case .applySnapshotPart(let job, _, let titles):
      let result = shelfSteps.isEmpty ? .applied(lines: titles, skipped: 0) : shelfSteps.removeFirst()
      perform(agent.handle(.shelfStep(job, result), at: now))
    case .applyDelta(let job, _, let lines):
      let result = shelfSteps.isEmpty ? .applied(lines: lines, skipped: 0) : shelfSteps.removeFirst()
      perform(agent.handle(.shelfStep(job, result), at: now))
    case .commit(let job, let check):
      let result = shelfCommits.isEmpty ? .committed(titles: check.titles) : shelfCommits.removeFirst()
      perform(agent.handle(.shelfCommitted(job, result), at: now))
    case .drop(let shelf): perform(agent.handle(.shelfDropped(shelf), at: now))
    }
  }

  /// Forgets the effects so far; what is out stays out.
  mutating func forgetEffects() { effects = [] }

  /// Forgets what was sent so far; what is out stays out.
  mutating func forgetSent() { sent = [] }

  // MARK: Answers

  private mutating func answerByItself(_ request: OutgoingRequest) {
    switch request.request {
    case .token: deliver(.token(AccessToken(text: "token \(sent.count)", expiresInSeconds: 3_600)), to: request)
    case .usage(_, let from, let maxEvents, _):
      let lines = journal.batch(from: from, maxEvents: maxEvents)
      deliver(.usageAcknowledged(through: lines.last?.sequence ?? from - 1, rejected: []), to: request)
    case .state, .request, .unpair: deliver(.done, to: request)
    case .deviceAuthorization, .deviceToken, .claim, .heads, .policy, .manifest: break
    case .blob: deliver(.blobStored, to: request)
    }
  }

  private mutating func deliver(
    _ content: UpstreamAnswer.Content, to request: OutgoingRequest, date: WallTime? = nil, isAuthentic: Bool = true
  ) {
    out.removeAll { $0.id == request.id }
    remember(content)
    let answer = UpstreamAnswer(date: date, isAuthentic: isAuthentic, content: content)
    perform(agent.handle(.answered(request.id, answer), at: now))
  }

  /// Keeps the policies that pass by, so that a restart can open the one that was saved.
  private mutating func remember(_ content: UpstreamAnswer.Content) {
    let opened: OpenedEnvelope?
    switch content {
    case .heads(let heads): opened = heads.policy?.envelope
    case .policy(let envelope): opened = envelope
    default: opened = nil
    }
    if case .opened(let envelope) = opened { journal.envelopes[envelope.text] = envelope }
  }

  /// The request of a kind that is out.
  func outgoing(_ kind: RequestKind, _ location: SourceLocation = #_sourceLocation) throws -> OutgoingRequest {
    try #require(out.first { $0.kind == kind }, "no \(kind) request is out", sourceLocation: location)
  }

  func isOut(_ kind: RequestKind) -> Bool { out.contains { $0.kind == kind } }

  mutating func answer(
    _ kind: RequestKind, _ content: UpstreamAnswer.Content, date: WallTime? = nil, isAuthentic: Bool = true,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    deliver(content, to: try outgoing(kind, location), date: date, isAuthentic: isAuthentic)
    turn()
  }

  mutating func problem(
    _ kind: RequestKind, _ status: Int, _ name: String? = nil, retryAfter: Duration? = nil, expected: Int? = nil,
    epoch: Int? = nil, date: WallTime? = nil, isAuthentic: Bool = true, _ location: SourceLocation = #_sourceLocation
  ) throws {
    let problem = UpstreamAnswer.Problem(
      status: status, name: name, retryAfter: retryAfter, expected: expected, epoch: epoch)
    try answer(kind, .problem(problem), date: date, isAuthentic: isAuthentic, location)
  }

  /// Answers one certain request of several of its kind.
  mutating func answer(_ request: OutgoingRequest, _ content: UpstreamAnswer.Content) {
    deliver(content, to: request)
    turn()
  }

  /// The network goes: whatever is out fails, and so does whatever follows.
  mutating func cutOff() {
    isCutOff = true
    for request in out { handle(.failed(request.id, .connect)) }
    out = []
  }

  mutating func fail(
    _ kind: RequestKind, _ failure: TransportFailure, _ location: SourceLocation = #_sourceLocation
  ) throws {
    let request = try outgoing(kind, location)
    out.removeAll { $0.id == request.id }
    handle(.failed(request.id, failure))
  }
}
