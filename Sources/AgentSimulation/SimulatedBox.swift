import AgentCore

/// One box of the simulated world: the real agent, a store that survives crashes, and what its launcher knows.
struct SimulatedBox {
  /// What the bus acknowledged of a session; the upstream has to end up with exactly this.
  struct Acknowledged: Hashable, Sendable {
    var session: String
    var kind: String
  }

  var store: SimulatedStore
  /// Nil while the box is off.
  var agent: Agent?
  /// Grows with each start; what was meant for an earlier life is void.
  var life = 0
  /// Grows when power comes back, not when the process alone starts again.
  var boot = 1
  /// By how many seconds the system clock is wrong.
  var clockError: Int64 = 0
  /// Requests that are out, with what the world may still do to them.
  var out: Set<RequestID> = []
  var staging: [ShelfJob: SimulatedStore.Staging] = [:]
  /// Persist effects whose end has not been announced, in order.
  var persists: [(PersistTicket, SimulatedBox.Write)] = []
  var turnScheduled: Moment?
  /// When the box wakes from the suspend that it is in.
  var asleepUntil: Moment?
  /// Time in suspend so far, what is left of the present one included.
  var slept = Duration.zero

  // What checkers remember.
  /// The waking time at the agent's last event.
  var handledAt = PlayTime(nanoseconds: 0)
  var highestPolicySeen = 0
  var acknowledged: Set<Acknowledged> = []
  var privateRequests: [Moment] = []
  var lastCommand: UInt64 = 0
  var beginning: [CommandID: Bool] = [:]
  var ending: [CommandID: String] = [:]
  var openSession: String?
  /// Apps that were started and not stopped, by session; they go with the power.
  var apps: Set<String> = []
  var shownCode: String?
  /// Requests that the bus acknowledged, and how often the answer to each was announced.
  var asking: Set<CommandID> = []
  var asked: Set<String> = []
  var answered: [String: Int] = [:]
  /// What each open session had counted when it was last looked at, and the waking time then.
  var counted: [String: (seconds: Int64, awake: PlayTime)] = [:]

  enum Write {
    case journal([JournalChange])
    case identity(Identity)
  }

  init(key: String) { store = SimulatedStore(key: key) }
}
