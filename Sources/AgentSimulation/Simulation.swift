import AgentCore
import UpstreamCore

/// A whole deterministic world from one seed: boxes with the real agent, an upstream with the real rules, a network that
/// loses and delays, power that fails, parents and children who do things.
///
/// The same seed gives the same trace in any process. Faults end at `Options.faultsEnd`; what must be true then is
/// checked after `Options.settle`.
package struct Simulation {
  package struct Options: Sendable {
    package var boxes = 2
    package var faultsEnd = Duration.seconds(3_600)
    /// A box may be waiting for up to 15 minutes of backoff, and its outbox for a batch's interval.
    package var settle = Duration.seconds(2_700)
    /// Nothing is cut, fails or sleeps.
    package var isCalm = false
    /// Children play all the time against a small budget that their parent leaves as it is.
    package var isContested = false
    /// Breaks a promise on purpose, so that the checkers can be seen to work.
    package var sabotage: Sabotage?
    package init() {}
  }

  /// Ways to break what the checkers guard.
  package enum Sabotage: String, Sendable, CaseIterable {
    /// A restart forgets the highest policy version, and the upstream serves an old policy.
    case policyFalls
    /// The upstream counts an event twice.
    case usageDoubled
    /// The replica loses a title after commit.
    case replicaDiffers
    /// A box never hears that the faults are over.
    case boxStaysBehind
    /// The journal forgets what it acknowledged.
    case journalForgets
    /// An app that is told to stop runs on.
    case appRunsOn
    /// The clock of screen time runs on while a box sleeps.
    case suspendCounts
    /// A box takes no notice of its leases.
    case leaseIgnored
    /// A child's request is made anew with each try.
    case requestDoubled
    /// A process that starts again believes the system clock.
    case clockBelieved
  }

  /// A promise that did not hold, with the seed to see it again.
  package struct Violation: Error, Sendable, CustomStringConvertible {
    package var seed: UInt64
    package var at: Moment
    package var promise: String
    package var sabotage: Sabotage?
    package var description: String {
      if let sabotage {
        return "seed \(seed) at \(at.nanoseconds / 1_000_000) ms, broken by \(sabotage.rawValue): \(promise)"
      }
      return "seed \(seed) at \(at.nanoseconds / 1_000_000) ms: \(promise)\nreplay: AGENT_SEED=\(seed) make simulate"
    }
  }

  enum Happening {
    case deliver(Event)
    case arrive(OutgoingRequest, answerIsLost: Bool)
    case write
    case turn
    case crash
    case suspend(Duration)
    /// A child, or a time service, sets the system clock: by how many seconds it is wrong then.
    case clockSet(Int64)
    case start
    case launcher
    case appEnds(String)
    case recheck(HoldNumber)
    case parent
    case publish
    case approve(String)
    case network(isDown: Bool)
  }

  struct Scheduled {
    var at: Moment
    var order: UInt64
    var box: Int
    var life: Int
    var happening: Happening
  }

  /// 2026-11-24T12:00:00Z, when every simulated world begins.
  static let epoch = WallTime(seconds: 1_795_521_600)

  package let seed: UInt64
  package let options: Options
  package private(set) var trace = TraceHash()
  var random: SeededRandom
  var now = Moment(nanoseconds: 1_000_000_000)
  var upstream = SimulatedUpstream()
  var boxes: [SimulatedBox]
  var networkIsDown: [Bool]
  /// The largest budget of a day that was ever in force, seconds.
  var largestBudget: Int64 = 3_600
  static let contestedBudget: Int64 = 1_200
  private var queue = EventQueue()
  private var order: UInt64 = 0
  package internal(set) var log: [String] = []
  var keepsLog = false

  package init(seed: UInt64, options: Options = Options(), keepsLog: Bool = false) {
    self.seed = seed
    var options = options
    if options.sabotage == .leaseIgnored { (options.isContested, options.boxes) = (true, 3) }
    self.options = options
    self.keepsLog = keepsLog
    random = SeededRandom(seed: seed)
    boxes = (0..<options.boxes).map { SimulatedBox(key: "key-\($0)-0") }
    networkIsDown = Array(repeating: false, count: options.boxes)
  }

  /// Runs the world to its end and checks what must be true then.
  package mutating func run() throws {
    prepare()
    let end = Moment(nanoseconds: 0) + options.faultsEnd + options.settle
    while let next = queue.pop() {
      guard next.at <= end else { break }
      now = max(now, next.at)
      perform(next)
      try checkSafety(box: next.box)
      wakeHolds()
    }
    now = end
    try checkLiveness()
  }

  private mutating func prepare() {
    upstream.leasesAreEndless = options.sabotage == .leaseIgnored
    upstream.perform(.create(id: SimulatedUpstream.family), at: upstreamNow)
    let zone = ["UTC", "+11", "+10"].randomElement(using: &random) ?? "UTC"
    upstream.setPolicy(at: upstreamNow) {
      $0.timeZone = zone
      if options.isContested {
        $0.profiles[0].budget = Profile.Budget(days: Array(repeating: Int(Self.contestedBudget / 60), count: 7))
      }
    }
    if options.isContested { largestBudget = Self.contestedBudget }
    for shelf in ["US/netflix", "US/disney", "US/hulu"] { publish(on: shelf) }
    for box in boxes.indices {
      schedule(.start, box: box, in: random.duration(upTo: .seconds(5)))
      if !options.isCalm { scheduleFaults(box: box) }
    }
    var at = Duration.seconds(60)
    while at < options.faultsEnd {
      at += random.duration(upTo: .seconds(240))
      if !options.isContested { schedule(Bool.random(using: &random) ? .parent : .publish, box: 0, in: at) }
    }
  }

  private mutating func scheduleFaults(box: Int) {
    var at = Duration.seconds(30)
    if options.isContested {
      // Long enough for a child to use a whole budget that another box uses as well.
      let cut = Duration.seconds(120) + random.duration(upTo: .seconds(300))
      schedule(.network(isDown: true), box: box, in: cut, anyLife: true)
      at = cut + .seconds(1_500) + random.duration(upTo: .seconds(900))
      schedule(.network(isDown: false), box: box, in: at, anyLife: true)
    }
    while at < options.faultsEnd {
      at += random.duration(upTo: .seconds(900))
      guard at < options.faultsEnd else { break }
      switch Int.random(in: 0..<5, using: &random) {
      case 4: schedule(.clockSet(Int64.random(in: -900_000...900_000, using: &random)), box: box, in: at, anyLife: true)
      case 0: schedule(.crash, box: box, in: at, anyLife: true)
      case 1:
        // Short enough for a session to survive it, or long.
        let longest = Bool.random(using: &random) ? Duration.seconds(8) : .seconds(900)
        schedule(.suspend(.seconds(2) + random.duration(upTo: longest)), box: box, in: at, anyLife: true)
      default:
        let length = random.duration(upTo: .seconds(600))
        schedule(.network(isDown: true), box: box, in: at, anyLife: true)
        schedule(.network(isDown: false), box: box, in: min(at + length, options.faultsEnd), anyLife: true)
      }
    }
    schedule(.clockSet(0), box: box, in: options.faultsEnd, anyLife: true)
    schedule(.network(isDown: false), box: box, in: options.faultsEnd, anyLife: true)
  }

  var faultsAreOver: Bool { now >= Moment(nanoseconds: 0) + options.faultsEnd }

  var upstreamNow: UpstreamInstant {
    UpstreamInstant(milliseconds: Self.epoch.seconds * 1_000 + now.nanoseconds / 1_000_000)
  }

  var clocks: Now {
    Now(
      boot: now, play: PlayTime(nanoseconds: now.nanoseconds),
      systemSeconds: Self.epoch.seconds + now.nanoseconds / 1_000_000_000, isSynchronised: true)
  }

  /// The clocks of a box; screen time's stood still while it slept.
  func clocks(of box: Int) -> Now {
    var clocks = clocks
    if options.sabotage != .suspendCounts { clocks.play = awake(box) }
    clocks.systemSeconds += boxes[box].clockError
    clocks.isSynchronised = boxes[box].clockError == 0
    return clocks
  }

  func awake(_ box: Int) -> PlayTime { PlayTime(nanoseconds: now.nanoseconds - boxes[box].slept.nanoseconds) }

  mutating func schedule(_ happening: Happening, box: Int, in delay: Duration, anyLife: Bool = false) {
    order += 1
    queue.push(
      Scheduled(at: now + delay, order: order, box: box, life: anyLife ? -1 : boxes[box].life, happening: happening))
  }

  mutating func note(_ text: String) {
    let line = "\(now.nanoseconds / 1_000) \(text)"
    trace.add(line)
    if keepsLog { log.append(line) }
  }

  private mutating func perform(_ next: Scheduled) {
    let isForThisLife = next.life == -1 || next.life == boxes[next.box].life
    if isForThisLife, sleepsThrough(next) { return }
    switch next.happening {
    case .deliver(let event) where isForThisLife: deliver(event, to: next.box)
    case .turn where isForThisLife:
      if boxes[next.box].turnScheduled == next.at {
        boxes[next.box].turnScheduled = nil
        deliver(.turn, to: next.box)
      }
    case .arrive(let outgoing, let isLost) where isForThisLife: arrive(outgoing, box: next.box, answerIsLost: isLost)
    case .write where isForThisLife: finishWrite(box: next.box)
    case .launcher where isForThisLife: launcherActs(box: next.box)
    case .appEnds(let session) where isForThisLife: endApp(session, box: next.box)
    case .deliver, .turn, .arrive, .write, .launcher, .appEnds: break
    case .crash: crash(box: next.box)
    case .suspend(let length): suspend(box: next.box, for: length)
    // What is set while the box is off is out of reach, and corrected at the first contact.
    case .clockSet(let error) where boxes[next.box].agent == nil && error != 0: break
    case .clockSet(let error):
      note("box \(next.box) clock \(error)")
      boxes[next.box].clockError = error
    case .start: start(box: next.box)
    case .recheck(let hold): recheck(hold)
    case .parent: parentActs()
    case .publish: publish(on: ["US/netflix", "US/disney"].randomElement(using: &random) ?? "US/netflix")
    case .approve(let code):
      note("parent approves \(code)")
      upstream.approve(code: code, at: upstreamNow)
    case .network(let isDown): setNetwork(isDown: isDown, box: next.box)
    }
  }

  private mutating func suspend(box: Int, for length: Duration) {
    guard boxes[box].agent != nil, boxes[box].asleepUntil == nil, !faultsAreOver else { return }
    note("box \(box) sleeps")
    let length = min(length, Moment(nanoseconds: 0) + options.faultsEnd - now)
    boxes[box].asleepUntil = now + length
    boxes[box].slept += length
  }

  /// What comes to a box that sleeps happens when it wakes, in its order; power fails and networks change regardless.
  private mutating func sleepsThrough(_ next: Scheduled) -> Bool {
    guard let until = boxes[next.box].asleepUntil else { return false }
    guard now < until else {
      boxes[next.box].asleepUntil = nil
      note("box \(next.box) wakes")
      return false
    }
    switch next.happening {
    case .deliver, .write, .launcher, .arrive, .appEnds: break
    case .turn:
      guard boxes[next.box].turnScheduled == next.at else { return true }
      boxes[next.box].turnScheduled = until
    case .network(let isDown):
      networkIsDown[next.box] = isDown
      return true
    case .crash, .suspend, .clockSet, .start, .recheck, .parent, .publish, .approve: return false
    }
    schedule(next.happening, box: next.box, in: until - now, anyLife: next.life == -1)
    return true
  }

  private mutating func setNetwork(isDown: Bool, box: Int) {
    guard networkIsDown[box] != isDown else { return }
    note("box \(box) network \(isDown ? "down" : "up")")
    networkIsDown[box] = isDown
    let isHeard = Bool.random(using: &random) && options.sabotage != .boxStaysBehind
    if !isDown, boxes[box].agent != nil, isHeard { deliver(.networkChanged, to: box) }
  }

  // MARK: Parents and publishers

  private mutating func parentActs() {
    answerRequests()
    let before = upstream.families[SimulatedUpstream.family]?.policy?.version ?? 0
    let minutes = Int.random(in: 5...120, using: &random)
    let withHulu = Bool.random(using: &random)
    let zone = Int.random(in: 0..<6, using: &random) == 0 ? ["UTC", "+11", "+12"].randomElement(using: &random) : nil
    largestBudget = max(largestBudget, Int64(minutes) * 60)
    upstream.setPolicy(at: upstreamNow) { policy in
      policy.profiles[0].budget = Profile.Budget(days: Array(repeating: minutes, count: 7))
      policy.services = withHulu ? ["netflix", "disney", "hulu"] : ["netflix", "disney"]
      if let zone { policy.timeZone = zone }
    }
    note("parent sets policy \(before + 1)")
  }

  /// A parent answers what children asked for, now and then.
  private mutating func answerRequests() {
    let open = upstream.families[SimulatedUpstream.family]?.requests.values.filter { $0.answer == nil } ?? []
    for request in open.sorted(by: { $0.id < $1.id }) where Bool.random(using: &random) {
      upstream.perform(.answer(request: request.id, isGranted: Bool.random(using: &random)), at: upstreamNow)
      note("parent answers \(request.id)")
    }
  }

  private mutating func publish(on name: String) {
    guard let shelf = ShelfName(name) else { return }
    var contents = upstream.catalogue.contents(shelf, version: upstream.catalogue.latest(shelf)) ?? [:]
    let isFirst = contents.isEmpty
    for number in 0..<(isFirst ? 70 : Int.random(in: 1...6, using: &random)) {
      let reference = "tmdb:movie:\(isFirst ? number + 1 : Int.random(in: 1...90, using: &random))"
      if !isFirst, Int.random(in: 0..<4, using: &random) == 0 {
        contents[reference] = nil
      } else {
        contents[reference, default: 0] += 1
      }
    }
    upstream.catalogue.publish(contents, on: shelf)
    upstream.woken.insert(SimulatedUpstream.family)
    let version = upstream.catalogue.latest(shelf)
    note("published \(shelf) \(version)")
  }
}

/// A queue by time, then by the order of scheduling: a binary heap.
struct EventQueue {
  private var heap: [Simulation.Scheduled] = []

  mutating func push(_ item: Simulation.Scheduled) {
    heap.append(item)
    var child = heap.count - 1
    while child > 0, precedes(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func pop() -> Simulation.Scheduled? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var parent = 0
    while true {
      let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < heap.count }
      guard let child = children.min(by: { precedes($0, $1) }), precedes(child, parent) else { return first }
      heap.swapAt(child, parent)
      parent = child
    }
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool { (heap[a].at, heap[a].order) < (heap[b].at, heap[b].order) }
}
