import AgentCore
import Database
import LocalAPI
import ReplicaStore
import SystemdHost
import Trust

// Calls of the local bus: who may, then a command to the core or a question beside it.
extension Daemon {
  func receive(_ call: BusCall) {
    guard Access.allows(call, isPaired: agent?.pairing.identity != nil) else {
      return call.fail(
        name: Agent1.ErrorName.accessDenied, message: Access.explanation(of: call.interface, member: call.member))
    }
    if isErasing, Access.pairing.contains(call.member) {
      return call.fail(name: Agent1.ErrorName.unavailable, message: "everything is being erased; try again in a moment")
    }
    switch call.member {
    case "Pair": command(.pair, for: call)
    case "PairWithCode": command(.pairWithCode(call.text(0)), for: call)
    case "CancelPairing": command(.cancelPairing, for: call)
    case "Unpair": command(.unpair, for: call)
    case "Sync": command(.sync, for: call)
    case "Status": call.reply([.string(JSONText.of(statusDocument))])
    case "UsageLog": askLines(call)
    case "PolicyDocument": answerPolicy(call)
    case "Profiles": answerProfiles(call)
    case "SelectProfile": select(call)
    case "Decide": answerDecide(call)
    case "Resolve": answerResolve(call)
    case "Browse": askPage(call)
    case "BeginSession": beginSession(call)
    case "Playing": command(.playing(session: call.text(0), owner: call.caller.uid), for: call)
    case "Paused": command(.paused(session: call.text(0), owner: call.caller.uid), for: call)
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

  /// The PIN is verified off the loop: scrypt takes its time.
  private func select(_ call: BusCall) {
    guard let agent else { return }
    if let refusal = agent.readiness { return refuse(call, refusal) }
    let (id, pin) = (call.text(0), call.text(1))
    guard let profile = agent.compiled?.profile(id) else { return refuse(call, .unknownProfile) }
    guard let verifier = profile.pin else { return command(.select(profile: id), for: call) }
    guard pin.utf8.count <= Self.pinBytes else {
      return call.fail(name: Agent1.ErrorName.wrongPIN, message: "a PIN has at most \(Self.pinBytes) bytes")
    }
    let (number, inbox) = (keep(call), inbox)
    pins.submit { _ in
      inbox.post(
        .pinChecked(call: number, profile: id, matches: PINVerification.matches(pin: pin, verifier: verifier)))
    }
  }

  private static let pinBytes = 64

  func answerPIN(_ number: UInt64, _ profile: String, _ matches: Bool) {
    guard matches else {
      calls.removeValue(forKey: number)?.fail(name: Agent1.ErrorName.wrongPIN, message: "the PIN is not right")
      return
    }
    handle(.command(CommandID(number), .select(profile: profile)))
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
    func launcher(_ name: String, _ arguments: [BusValue]) {
      bus?.emit(interface: Agent1.launcher.name, signal: name, arguments: arguments)
    }
    switch signal {
    case .policyChanged(let version):
      browseGeneration += 1
      launcher("PolicyChanged", [.uint64(UInt64(version))])
      bus?.emitPropertiesChanged(interface: Agent1.device.name, ["PolicyVersion"])
    case .catalogueChanged(let shelf, let version, let count):
      browseGeneration += 1
      launcher("CatalogueChanged", [.string(shelf.text), .uint64(UInt64(version)), .uint64(UInt64(count))])
    case .profileChanged(let profile): launcher("ProfileChanged", [.string(profile ?? "")])
    case .sessionWarning(let session, let remaining):
      launcher("SessionWarning", [.string(session), .int64(remaining)])
    case .sessionEnded(let session, let reason):
      launcher("SessionEnded", [.string(session), .string(reason.rawValue)])
    case .pairingStateChanged(let state, let detail):
      bus?.emit(
        interface: Agent1.device.name, signal: "PairingStateChanged", arguments: [.string(state), .string(detail)])
      bus?.emitPropertiesChanged(interface: Agent1.device.name, ["Paired"])
    case .statusChanged:
      bus?.emit(interface: Agent1.device.name, signal: "StatusChanged", arguments: [])
      bus?.emitPropertiesChanged(interface: Agent1.device.name, ["Online"])
    }
  }
}

extension BusCall {
  /// A string argument; the signature was checked before.
  func text(_ index: Int) -> String {
    guard index < arguments.count, case .string(let text) = arguments[index] else { return "" }
    return text
  }

  func number(_ index: Int) -> UInt32 {
    guard index < arguments.count, case .uint32(let number) = arguments[index] else { return 0 }
    return number
  }
}
