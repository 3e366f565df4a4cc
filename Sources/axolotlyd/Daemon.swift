import AgentCore
import AppHost
import Database
import LocalAPI
import ReplicaStore
import SystemdHost
import Trust
import UpstreamClient

/// The composition: it wires the core to the edges and performs the core's effects, all on the loop's thread.
///
/// It decides nothing: what comes in becomes an event or a question, what comes out is performed.
final class Daemon {
  let configuration: Configuration
  let log: Log
  let loop: EventLoop
  let inbox: Inbox
  let device: DeviceIdentity
  let opening = OpeningContext()
  let trustedTime = TrustedTime()
  let transport: HTTPTransport
  let parts: PartsDirectory
  let journal: Journal
  let catalogue: Catalogue
  let reader: Reader
  let titles: TitleLookup
  let pins: WorkerThread<Void>
  let handlers: [Handler]
  let launcher: Launcher
  let seed: UInt64
  let boot = BootID.read().text

  /// Nil until both stores are open.
  var agent: Agent?
  var busService: BusService?
  var bus: BusServer?
  /// Nil where the settings want none.
  var systemBus: SystemBus?
  /// Nil without a system bus.
  var sleepInhibitor: SleepInhibitor?
  let access = Access()
  var wire: WireContext
  var exitFailure: StartFailure?
  /// While the stores are made anew nothing is paired.
  var isErasing = false
  /// Who asked for the erasure hears of it when nothing is left.
  var repliesAfterErasure: [(CommandID, CommandReply)] = []

  private var openedJournal: Journal.Opened?
  private var openedCatalogue: Catalogue.Opened?
  private var turnIsDue = false
  private var patienceEnds = Moment(nanoseconds: 0)
  private var lastStatus = ""
  private var zoneLookedAt = Moment(nanoseconds: 0)
  private var zoneStamp: (name: String, stamp: FileStamp?)?

  // Calls that wait for their answer, by number.
  var calls: [UInt64: BusCall] = [:]
  var lastCall: UInt64 = 0
  /// Changes whenever Browse may answer otherwise.
  var browseGeneration: UInt64 = 0
  var shelfJobs: [ShelfJob: Set<String>] = [:]

  /// Nil where the kernel may not be asked.
  private var network: NetworkMonitor?
  private var clockChanges: ClockChanges?
  private let passed: PassedDescriptors
  private let lock: DirectoryLock
  private let processRecord: ProcessRecordFile

  /// Runs the daemon until it is told to stop; returns the exit status.
  static func run(_ configuration: Configuration, _ passed: PassedDescriptors) throws -> Int32 {
    EventLoop.blockSignals()
    PrivateFile.makeNewFilesPrivate()
    let daemon = try Daemon(configuration, passed)
    // A start that fails for what a person has to mend is no crash.
    defer { daemon.processRecord.end(requestsLeft: daemon.requestsLeft) }
    try daemon.start()
    let status = try daemon.loop.run()
    daemon.stop()
    if let failure = daemon.exitFailure { throw failure }
    return status
  }

  private init(_ configuration: Configuration, _ passed: PassedDescriptors) throws {
    self.configuration = configuration
    self.passed = passed
    log = Log(.usual, level: Log.Level(name: configuration.logLevel) ?? .info)
    if !passed.names.contains(BusServer.passedName) { try BusServer.refuseWhereServed(configuration.runtime + "/bus") }
    try StateDirectory.prepare(configuration.state)
    try PrivateDirectory.prepare(configuration.runtime, mode: 0o755)
    lock = try DirectoryLock(configuration.state)
    processRecord = ProcessRecordFile(in: configuration.state, boot: boot, log)
    try Erasure.finish(in: configuration.state)
    device = try DeviceIdentity(path: configuration.state + "/identity.json")
    opening.set(device.identity)
    loop = try EventLoop()
    inbox = Inbox(loop.mailbox)
    seed = Entropy.seed()
    var settings = HTTPTransport.Settings()
    settings.extraCAFile = configuration.extraCA
    if let proxy = configuration.proxy { settings.proxy = .address(proxy) }
    transport = try HTTPTransport(settings: settings) {
      var hash = SHA256Stream()
      return StreamHasher(update: { hash.update($0) }, finishHex: { hash.finishHex() })
    }
    parts = try PartsDirectory(path: configuration.state + "/parts")
    let inbox = inbox
    journal = Journal(path: configuration.state + "/journal.db") { inbox.post(.journalOpened($0)) }
    let replica = configuration.state + "/replica.db"
    catalogue = Catalogue(path: replica, digest: { SHA256Digest.first8(of: $0) }) { inbox.post(.catalogueOpened($0)) }
    reader = Reader(path: replica)
    titles = TitleLookup(path: replica)
    pins = WorkerThread(name: "pins") { () }
    let installed = InstalledPrograms(searchPath: Environment.value("PATH") ?? "/usr/local/bin:/usr/bin:/bin")
    let found = HandlerDirectory.load(directories: configuration.handlers, isInstalled: installed.has)
    handlers = found.handlers
    for problem in found.problems where problem.code != .notInstalled {
      log(.warning, "a handler is passed over", [("file", problem.file), ("cause", problem.description)])
    }
    wire = Self.context(of: device, trustedTime)
    launcher = Launcher(
      loop: loop, log: log, runtime: configuration.runtime, state: configuration.state,
      post: { inbox.append(.event($0)) })
  }

  private func start() throws {
    log(
      .notice, "starting",
      [
        ("version", AgentVersion.text), ("state", configuration.state), ("upstream", configuration.upstream),
        ("seed", "\(seed)"),
      ])
    if let aside = device.setAside { log(.error, "the identity was damaged and is set aside", [("file", aside)]) }
    try loop.onSignals { [unowned self] signal in
      switch signal {
      case .terminate, .interrupt:
        log(.notice, "stopping", [("signal", "\(signal)")])
        ServiceManager.notify(.stopping, status: "Stopping")
        handle(.stopping)
        loop.exit(0)
      case .hangUp: log(.info, "settings are read at start alone; restart to apply them")
      }
    }
    loop.onDeadline = { [unowned self] in
      turnIsDue = true
      if agent == nil { askForPatience() }
    }
    loop.afterTurn = { [unowned self] in pump() }
    try loop.startWatchdog()
    patienceEnds = SystemClocks.boot() + Self.longestOpening
    loop.setDeadline(SystemClocks.boot() + Self.patienceInterval)
    clockChanges = try ClockChanges(loop: loop) { [unowned self] in turnIsDue = true }
    watchNetwork()
  }

  /// A large database that is brought up to a new schema, on cheap flash: the service manager is asked to wait, but not for ever.
  private func askForPatience() {
    guard SystemClocks.boot() < patienceEnds else { return }
    ServiceManager.notify(.extendTimeout(Self.patienceInterval * 3), status: "Opening the databases")
    loop.setDeadline(SystemClocks.boot() + Self.patienceInterval)
  }

  private static let patienceInterval = Duration.seconds(5)
  private static let longestOpening = Duration.seconds(600)

  /// Without it a change is noticed by the request that fails.
  private func watchNetwork() {
    do {
      network = try NetworkMonitor(loop: loop) { [unowned self] in inbox.append(.event(.networkChanged)) }
    } catch {
      log(.warning, "changes of the network are not noticed at once", [("cause", "\(error)")])
    }
  }

  private func stop() {
    network = nil
    clockChanges = nil
    systemBus = nil
    sleepInhibitor = nil
    bus = nil
    transport.stop()
    reader.close()
    titles.close()
    catalogue.close()
    journal.close()
    device.close()
    pins.stop()
  }

  /// Ends the daemon with a reason that a person has to mend.
  func fail(_ status: Int32, _ message: String) {
    guard exitFailure == nil else { return }
    exitFailure = StartFailure(status: status, message)
    loop.exit(status)
  }

  private var requestsLeft: Int { agent?.requestsLeft(at: now) ?? processRecord.record.requestsLeft }

  var now: Now {
    let clocks = SystemClocks.read()
    return Now(
      boot: clocks.boot, play: clocks.play, systemSeconds: clocks.wallSeconds, isSynchronised: clocks.isSynchronised)
  }

  // MARK: The pump

  /// After each event of the loop: everything that is queued, then one turn, then the deadline.
  private func pump() {
    watchZone()
    var worked = turnIsDue
    turnIsDue = false
    while true {
      let items = inbox.takeAll()
      guard !items.isEmpty else { break }
      worked = true
      for item in items { take(item) }
    }
    guard worked, agent != nil else { return }
    handle(.turn)
    loop.setDeadline(agent?.deadline)
    announceStatus()
  }

  /// A zone file that was replaced is read at the next event after `zoneInterval`: no box wakes for it alone.
  private func watchZone() {
    let now = SystemClocks.boot()
    guard now - zoneLookedAt >= Self.zoneInterval, let compiled = agent?.compiled else { return }
    zoneLookedAt = now
    let stamp = ZoneFiles.stamp(name: compiled.policy.timeZone)
    defer { zoneStamp = (compiled.policy.timeZone, stamp) }
    guard zoneStamp?.name == compiled.policy.timeZone, zoneStamp?.stamp != stamp,
      let rules = ZoneFiles.rules(name: compiled.policy.timeZone, rule: compiled.policy.timeZoneRule)
    else { return }
    inbox.append(.event(.zoneChanged(rules)))
  }

  private static let zoneInterval = Duration.seconds(30)

  private func take(_ item: Inbound) {
    switch item {
    case .event(let event): handle(event)
    case .journalOpened(.success(let opened)):
      openedJournal = opened
      startAgent()
    case .journalOpened(.failure(let error)):
      fail(73, "the journal in \(configuration.state) cannot be opened: \(error)")
    case .catalogueOpened(.success(let opened)):
      openedCatalogue = opened
      startAgent()
    case .catalogueOpened(.failure(let error)):
      fail(73, "the replica in \(configuration.state) cannot be opened: \(error)")
    case .erased:
      isErasing = false
      launcher.eraseProfiles()
      let replies = repliesAfterErasure
      repliesAfterErasure = []
      for (id, reply) in replies { answer(id, reply) }
    case .page(let call, let profile, let offset, let result): answerPage(call, profile, offset, result)
    case .lines(let call, let result): answerLines(call, result)
    }
  }

  func handle(_ event: Event) {
    let now = now
    guard let effects = agent?.handle(event, at: now) else { return }
    if let time = agent?.time(at: now) { trustedTime.set(time, at: now.boot) }
    for effect in effects { perform(effect) }
  }

  /// Both stores are open: the core starts, then the bus, then READY.
  private func startAgent() {
    guard agent == nil, let opened = openedJournal, let replica = openedCatalogue else { return }
    (openedJournal, openedCatalogue) = (nil, nil)
    report(opened.opening, of: "journal")
    report(replica.opening, of: "replica")
    let isOrphaned = device.identity == nil && (opened.contents.isPrivate || !replica.shelves.isEmpty)
    let restored =
      isOrphaned
      ? Agent.Restored(crashes: processRecord.record.crashes)
      : Agent.Restored(
        identity: device.identity, journal: opened.contents, policy: restoredPolicy(opened.contents.policy),
        shelves: replica.shelves, running: runningApps(opened.contents.sessions), crashes: processRecord.record.crashes,
        requestsLeft: processRecord.record.requestsLeft)
    let systemBusAddress = configuration.systemBusAddress(environment: Environment.value)
    agent = Agent(
      configuration: .init(
        upstream: configuration.upstream, boot: String(boot.prefix(8)),
        builtAt: WallTime(seconds: AgentVersion.builtAtSeconds), usesSystemBus: systemBusAddress != nil,
        hasRealTimeClock: RealTimeClock.isPresent),
      restored: restored, seed: seed, now: now)
    removeLeftovers()
    if isOrphaned {
      log(.error, "the stores belong to an identity that is lost; a family's data never reaches another")
      erase()
    } else if device.identity == nil {
      launcher.eraseProfiles()
    }
    let service = makeBusService()
    busService = service
    if let systemBusAddress {
      let inhibitor = SleepInhibitor(loop: loop, address: systemBusAddress, log: log)
      sleepInhibitor = inhibitor
      systemBus = SystemBus(loop: loop, address: systemBusAddress, service: service) { [inbox] report in
        if case .named = report { inhibitor.take() }
        inbox.post(.event(.systemBus(report)))
      }
      systemBus?.onSleep = { [unowned self] begins in
        // Awake again, the clocks tell for how long it slept.
        if begins { inbox.append(.event(.goingToSleep)) } else { inhibitor.take() }
        turnIsDue = true
      }
    }
    do {
      bus = try BusServer(loop: loop, path: configuration.runtime + "/bus", passed: passed, service: service)
    } catch {
      let isInUse = (error as? HostError)?.code == .inUse
      return fail(isInUse ? 75 : 73, "the bus socket \(configuration.runtime)/bus cannot be served: \(error)")
    }
    ServiceManager.notify(.ready, status: statusLine)
    log(
      .notice, "ready",
      [("paired", "\(device.identity != nil)"), ("policy", "\(agent?.compiled?.policy.version ?? 0)")])
  }

  /// The apps that the service manager kept; their sessions are the journal's.
  private func runningApps(_ sessions: [SessionRecord]) -> [RunningApp] {
    launcher.takeUp(passed).map { id in
      let title = sessions.first { $0.id == id }?.title
      return RunningApp(session: id, title: title.map(facts))
    }
  }

  private func report(_ opening: DatabaseFile.Opening, of name: String) {
    guard case .setAside(let path) = opening else { return }
    log(.error, "a damaged store is set aside and made anew", [("store", name), ("file", path)])
  }

  /// The journal's policy as it opens under the trust that accepted it; nil where that fails: it is fetched again.
  private func restoredPolicy(_ stored: JournalContents.StoredPolicy?) -> PolicyEnvelope? {
    guard let stored, let family = device.identity?.family else { return nil }
    let opened = PolicyEnvelopeReader.open(stored.envelope, trust: stored.trust, family: family, zone: ZoneFiles.rules)
    switch opened {
    case .opened(let envelope): return envelope
    case .refused(let refusal):
      log(.error, "the stored policy does not open; it is fetched again", [("reason", refusal.reason.rawValue)])
      return nil
    }
  }

  private func removeLeftovers() {
    for name in (try? parts.leftovers()) ?? [] { parts.remove(name) }
  }

  static func context(of device: DeviceIdentity, _ trustedTime: TrustedTime) -> WireContext {
    let key = device.key
    let model = (try? ReadFile.bytes("/sys/class/dmi/id/product_name", limit: 256)).flatMap(\.self)
    let info = DeviceInfoDocument(
      model: model.map { String(decoding: $0.prefix { $0 >= 0x20 }, as: UTF8.self) } ?? "unknown",
      agent: AgentVersion.text, host: HostName.read(), arch: AgentVersion.architecture)
    return WireContext(
      userAgent: AgentVersion.userAgent, agentVersion: AgentVersion.text,
      instance: BoxInstance.hash(subject: device.identity?.device ?? key.thumbprint), deviceKey: key.publicJWK,
      deviceInfo: info.json,
      assertion: { subject, endpoint in
        let at = trustedTime.now()
        return (try? key.assertion(subject: subject ?? key.thumbprint, endpoint: endpoint, at: at)) ?? ""
      },
      requestID: { SecureRandom.token() })
  }

  // MARK: What systemd is told

  private func announceStatus() {
    let line = statusLine
    // What a busy service manager did not take is told at a later turn.
    guard line != lastStatus, ServiceManager.notify(nil, status: line) else { return }
    lastStatus = line
  }

  private var statusLine: String {
    guard let agent else { return "Starting" }
    guard agent.pairing.identity != nil else { return "Not paired (\(agent.pairing.name))" }
    let policy = agent.compiled.map { "policy \($0.policy.version)" } ?? "no policy yet"
    if agent.safeMode != nil { return "Safe mode after repeated crashes: \(policy), the network is left alone" }
    let shelves = agent.catalogue.isCurrent ? "catalogue current" : "catalogue on its way"
    return "\(agent.held.isOnline ? "Online" : "Offline"), \(policy), \(shelves), \(agent.sessions.open.count) sessions"
  }
}
