import AgentCore
import Database
import LocalAPI
import ReplicaStore
import SystemdHost
import Trust

// Calls of the local bus: who may, then a command to the core or a question beside it.
extension Daemon {
  /// The agent's object, before any bus shows it.
  func makeBusService() -> BusService {
    BusService(
      objectPath: Agent1.objectPath, interfaces: [Agent1.launcher, Agent1.device],
      access: .init(
        unlimitedUsers: [0, Groups.ownUser],
        mayHear: { [unowned self] in access.standing(of: $0).mayHear },
        mayRead: { [unowned self] in isAllowed($0, interface: $1, member: "Get") }),
      log: log, property: { [unowned self] _, name in property(name) }, handler: { [unowned self] in receive($0) })
  }

  private func isAllowed(_ caller: BusCaller, interface: String, member: String) -> Bool {
    BusAccess.allows(
      access.standing(of: caller), interface: interface, member: member, isPaired: agent?.pairing.identity != nil)
  }

  func isAdministrator(_ caller: BusCaller) -> Bool { access.standing(of: caller) == .administrator }

  func receive(_ call: BusCall) {
    guard isAllowed(call.caller, interface: call.interface, member: call.member) else {
      return call.fail(
        name: Agent1.ErrorName.accessDenied, message: BusAccess.explanation(of: call.interface, member: call.member))
    }
    if isErasing, BusAccess.pairing.contains(call.member) {
      return call.fail(name: Agent1.ErrorName.unavailable, message: "everything is being erased; try again in a moment")
    }
    switch call.member {
    case "Pair": command(.pair, for: call)
    case "PairWithCode": command(.pairWithCode(call.text(0)), for: call)
    case "CancelPairing": command(.cancelPairing, for: call)
    case "Unpair": unpair(call)
    case "Sync": command(.sync, for: call)
    case "Status":
      if agent?.health.contains(.launchUnavailable) == true, launcher.isAvailable { handle(.launcherAvailable) }
      call.reply([.string(JSONText.of(statusDocument))])
    case "UsageLog": askLines(call)
    case "PolicyDocument": answerPolicy(call)
    case "Profiles": answerProfiles(call)
    case "Explain": answerExplain(call)
    case "SelectProfile": select(call)
    case "Decide": answerDecide(call)
    case "Resolve": answerResolve(call)
    case "Browse": askPage(call)
    case "BeginSession": beginSession(call)
    case "Launch": launch(call)
    case "Playing": command(.playing(session: call.text(0), owner: call.caller.uid), for: call)
    case "Paused": command(.paused(session: call.text(0), owner: call.caller.uid), for: call)
    case "Standby": command(.standby(call.flag(0)), for: call)
    case "RequestTitle": requestTitle(call)
    case "RequestTime": requestTime(call)
    case "Requests": call.reply([.string(JSONText.of(requestsDocument))])
    case "EndSession": command(.endSession(session: call.text(0), owner: call.caller.uid), for: call)
    default: call.fail(name: Agent1.ErrorName.unavailable, message: "this agent does not know \(call.member)")
    }
  }

  /// Keeps a call until its answer comes.
  func keep(_ call: BusCall) -> UInt64 {
    lastCall += 1
    calls[lastCall] = call
    return lastCall
  }

  func command(_ command: Command, for call: BusCall) {
    inbox.append(.event(.command(CommandID(keep(call)), command)))
  }

  func answer(_ id: CommandID, _ reply: CommandReply) {
    if isErasing, reply == .done { return repliesAfterErasure.append((id, reply)) }
    guard let call = calls.removeValue(forKey: id.number) else { return }
    switch reply {
    case .done: call.reply([])
    case .code(let code, let left):
      call.reply([
        .string(code.userCode), .string(code.verificationURI), .string(code.verificationURIComplete),
        .uint32(UInt32(clamping: left)),
      ])
    case .paired(let device, let family): call.reply([.string(device), .string(family)])
    case .session(let id, let remaining): call.reply([.string(id), .int64(remaining ?? -1)])
    case .remaining(let seconds): call.reply([.int64(seconds ?? -1)])
    case .ended(let seconds): call.reply([.int64(seconds)])
    case .requested(let request): call.reply([.string(request)])
    case .refused(let refusal): refuse(call, refusal)
    }
  }

  func refuse(_ call: BusCall, _ refusal: CommandRefusal) {
    let (name, message) = BusRefusal.of(refusal)
    call.fail(name: name, message: message)
  }

  // MARK: Profiles

  private func answerProfiles(_ call: BusCall) {
    guard let agent else { return }
    if let refusal = agent.readiness { return refuse(call, refusal) }
    let profiles = agent.compiled?.policy.profiles ?? []
    call.reply([
      .array(
        element: "(sssb)",
        profiles.map {
          .structure([.string($0.id), .string($0.name), .string($0.kind.rawValue), .boolean($0.pin != nil)])
        }), .string(agent.activeProfile ?? ""),
    ])
  }

  /// What cannot be a PIN is refused before it counts as a try.
  private func hasPIN(_ call: BusCall) -> Bool {
    let bytes = call.text(1).utf8.count
    guard bytes == 0 || bytes > Self.pinBytes else { return true }
    call.fail(
      name: Agent1.ErrorName.wrongPIN,
      message: bytes == 0
        ? "this takes the profile's PIN; axolotlyctl takes --pin, or asks on a terminal"
        : "a PIN has at most \(Self.pinBytes) bytes")
    return false
  }

  private static let pinBytes = 64

  private func select(_ call: BusCall) {
    guard let agent else { return }
    if let refusal = agent.readiness { return refuse(call, refusal) }
    guard let profile = agent.compiled?.profile(call.text(0)) else { return refuse(call, .unknownProfile) }
    guard profile.pin == nil || hasPIN(call) else { return }
    command(.select(profile: profile.id), for: call)
  }

  /// An administrator needs no PIN; a launcher gives that of an adult profile.
  private func unpair(_ call: BusCall) {
    guard !isAdministrator(call.caller) else { return command(.unpair, for: call) }
    if let refusal = agent?.readiness { return refuse(call, refusal) }
    guard hasPIN(call) else { return }
    command(.unpairWithPIN(adult: call.text(0)), for: call)
  }

  /// The PIN is verified off the loop: scrypt takes its time.
  func verify(_ id: CommandID, _ verifier: Profile.PINVerifier) {
    let inbox = inbox
    guard let pin = calls[id.number]?.text(1) else {
      return inbox.append(.event(.pinVerified(id, matches: false)))
    }
    pins.submit { _ in
      inbox.post(.event(.pinVerified(id, matches: PINVerification.matches(pin: pin, verifier: verifier))))
    }
  }

  // MARK: Usage

  private func askLines(_ call: BusCall) {
    let limit = Int(min(call.number(0), UInt32(Self.usageLines)))
    let (number, inbox) = (keep(call), inbox)
    journal.recentLines(limit: limit == 0 ? Self.usageLines : limit) { inbox.post(.lines(call: number, $0)) }
  }

  /// Lines that `UsageLog` gives at most: they fit a message of the bus.
  private static let usageLines = 500

  func answerLines(_ number: UInt64, _ result: Result<[String], DatabaseError>) {
    guard let call = calls.removeValue(forKey: number) else { return }
    switch result {
    case .success(let lines): call.reply([.array(element: "s", lines.map { .string($0) })])
    case .failure(let error): call.fail(name: Agent1.ErrorName.storage, message: error.description)
    }
  }

  // MARK: Properties and signals

  func property(_ name: String) -> BusValue {
    switch name {
    case "Paired": .boolean(agent?.pairing.identity != nil)
    case "Online": .boolean(agent?.held.isOnline ?? false)
    default: .uint64(UInt64(agent?.compiled?.policy.version ?? 0))
    }
  }

  func emit(_ signal: AgentSignal) {
    let (launcher, device) = (Agent1.launcher.name, Agent1.device.name)
    switch signal {
    case .policyChanged(let version):
      browseGeneration += 1
      emit(launcher, "PolicyChanged", [.uint64(UInt64(version))])
      emitPropertyChanged("PolicyVersion")
    case .catalogueChanged(let shelf, let version, let count):
      browseGeneration += 1
      emit(launcher, "CatalogueChanged", [.string(shelf.text), .uint64(UInt64(version)), .uint64(UInt64(count))])
    case .profileChanged(let profile): emit(launcher, "ProfileChanged", [.string(profile ?? "")])
    case .sessionWarning(let session, let remaining):
      emit(launcher, "SessionWarning", [.string(session), .int64(remaining)])
    case .sessionEnded(let session, let reason, let decision):
      emit(
        launcher, "SessionEnded",
        [.string(session), .string(reason.rawValue)] + (decision.map(Self.values) ?? Self.noDecision).prefix(3))
    case .decisionChanged(let profile, let title, let app, let decision):
      emit(
        launcher, "DecisionChanged",
        [.string(profile), .string(title?.text ?? ""), .string(app ?? "")] + Self.values(of: decision))
    case .requestAnswered(let request, let isGranted):
      emit(launcher, "RequestAnswered", [.string(request), .boolean(isGranted)])
    case .pairingStateChanged(let state, let detail):
      emit(device, "PairingStateChanged", [.string(state), .string(detail)])
      emitPropertyChanged("Paired")
    case .statusChanged:
      emit(device, "StatusChanged", [])
      emitPropertyChanged("Online")
    }
  }

  private func emit(_ interface: String, _ name: String, _ arguments: [BusValue]) {
    if let signal = busService?.signal(interface: interface, name: name, arguments: arguments) { emit(signal) }
  }

  private func emitPropertyChanged(_ name: String) {
    if let signal = busService?.propertiesChanged(interface: Agent1.device.name, [name]) { emit(signal) }
  }

  /// On every bus there is.
  private func emit(_ signal: BusSignal) {
    bus?.emit(signal)
    systemBus?.emit(signal)
  }
}

extension BusCall {
  /// A string argument; the signature was checked before.
  func text(_ index: Int) -> String {
    guard index < arguments.count, case .string(let text) = arguments[index] else { return "" }
    return text
  }

  func flag(_ index: Int) -> Bool {
    guard index < arguments.count, case .boolean(let flag) = arguments[index] else { return false }
    return flag
  }

  func number(_ index: Int) -> UInt32 {
    guard index < arguments.count, case .uint32(let number) = arguments[index] else { return 0 }
    return number
  }
}
