import AgentCore
import Database
import LocalAPI
import ReplicaStore
import SystemdHost
import Trust

// Questions of launchers: pure functions of policy, ledger and rows, answered beside the core.
extension Daemon {
  /// The profile that a call is about: the active one where it names none; naming another takes an administrator.
  private func profile(_ named: String, of call: BusCall) -> String? {
    guard let agent else { return nil }
    if let refusal = agent.readiness {
      refuse(call, refusal)
      return nil
    }
    if named.isEmpty || named == agent.activeProfile {
      if let active = agent.activeProfile { return active }
      refuse(call, .noActiveProfile)
      return nil
    }
    guard isAdministrator(call.caller) else {
      call.fail(
        name: Agent1.ErrorName.accessDenied,
        message: "only the active profile may be asked about; another one takes group \(BusAccess.adminGroup)")
      return nil
    }
    return named
  }

  /// The title that a call names; an outer nil: the call has been refused.
  private func reference(_ text: String, of call: BusCall) -> TitleReference?? {
    if text.isEmpty { return .some(nil) }
    if let reference = TitleReference(text) { return reference }
    call.fail(
      name: Agent1.ErrorName.invalidArguments, message: "\"\(text)\" is no title reference, such as tmdb:movie:603")
    return nil
  }

  /// What a decision needs of a title; one that the replica lacks is decided as unrated.
  func facts(_ reference: TitleReference) -> TitleFacts {
    do {
      return try titles.facts(reference)
    } catch {
      log(.error, "the replica cannot be read", [("cause", error.description)])
      return TitleFacts(reference: reference)
    }
  }

  // MARK: Decide

  func answerDecide(_ call: BusCall) {
    guard let profile = profile(call.text(0), of: call), let title = reference(call.text(1), of: call) else { return }
    let app = call.text(2)
    let facts = title.map(facts)
    let decision = agent?.decide(profile: profile, title: facts, app: app.isEmpty ? nil : app, at: now)
    guard let decision else { return refuse(call, .noPolicy) }
    call.reply(Self.values(of: decision))
    noteQuestion(of: call, profile: profile, title: facts, app: app.isEmpty ? nil : app, decision)
  }

  /// A decision as the bus has it: verdict, reasons, until (empty: none), remaining_s (-1: none).
  static func values(of decision: Decision) -> [BusValue] {
    [
      .string(decision.verdict.rawValue), .array(element: "s", decision.reasons.map { .string($0.rawValue) }),
      .string(decision.until?.description ?? ""), .int64(decision.remainingSeconds ?? -1),
    ]
  }

  static let noDecision: [BusValue] = [.string(""), .array(element: "s", []), .string(""), .int64(-1)]

  /// The launcher acts on this answer: it hears when another one holds.
  private func noteQuestion(of call: BusCall, profile: String, title: TitleFacts?, app: String?, _ decision: Decision) {
    let client = UInt64(call.caller.uid) << 32 | UInt64(UInt32(bitPattern: call.caller.pid))
    let isNearer = agent?.asked(by: client, profile: profile, title: title, app: app, decision: decision, at: now)
    if isNearer == true { loop.setDeadline(agent?.deadline) }
  }

  // MARK: Requests

  func requestTitle(_ call: BusCall) {
    guard let profile = profile(call.text(0), of: call), let named = reference(call.text(1), of: call) else { return }
    guard let title = named else {
      return call.fail(
        name: Agent1.ErrorName.invalidArguments, message: "give a title reference, such as tmdb:movie:603")
    }
    command(.request(profile: profile, .title(title)), for: call)
  }

  func requestTime(_ call: BusCall) {
    guard let profile = profile(call.text(0), of: call) else { return }
    let minutes = Int(call.number(1))
    guard (1...1_440).contains(minutes) else {
      return call.fail(name: Agent1.ErrorName.invalidArguments, message: "minutes have to be 1 to 1440")
    }
    command(.request(profile: profile, .time(minutes: minutes)), for: call)
  }

  var requestsDocument: RequestsDocument {
    RequestsDocument(
      requests: (agent?.childRequests.records ?? []).map { record in
        var line = RequestsDocument.Request(
          request: record.id, profile: record.profile, asks: record.asks.name, at: record.at.description,
          state: record.answer.map { $0.isGranted ? "granted" : "refused" } ?? (record.isSent ? "sent" : "waiting"))
        switch record.asks {
        case .title(let title): line.title = title.text
        case .time(let minutes): line.minutes = minutes
        }
        line.answeredAt = record.answer?.at.description
        return line
      })
  }

  func answerExplain(_ call: BusCall) {
    guard let profile = profile(call.text(0), of: call), let title = reference(call.text(1), of: call) else { return }
    let (app, instant) = (call.text(2), call.text(3))
    guard instant.isEmpty || WallTime(instant) != nil else {
      return call.fail(
        name: Agent1.ErrorName.invalidArguments, message: "\"\(instant)\" is no instant, such as 2026-11-24T20:10:00Z")
    }
    let explanation = agent?.explain(
      profile: profile, title: title.map(facts), app: app.isEmpty ? nil : app, instant: WallTime(instant), at: now)
    guard let explanation, let policy = agent?.compiled?.policy else { return refuse(call, .noPolicy) }
    call.reply([.string(JSONText.of(ExplanationDocument(explanation, policy: policy)))])
  }

  func beginSession(_ call: BusCall) {
    guard let profile = profile(call.text(0), of: call), let title = reference(call.text(1), of: call) else { return }
    let (app, service) = (call.text(2), call.text(3))
    guard title != nil || !app.isEmpty else {
      return call.fail(name: Agent1.ErrorName.invalidArguments, message: "a session is of a title or of an app")
    }
    command(
      .beginSession(
        profile: profile, title: title.map(facts), app: app.isEmpty ? nil : app,
        service: service.isEmpty ? nil : service, owner: call.caller.uid), for: call)
  }

  // MARK: Resolve and Launch

  func answerResolve(_ call: BusCall) {
    guard let id = profile(call.text(0), of: call), let named = reference(call.text(1), of: call) else { return }
    withResolution(of: named, profile: id, call) { title, _, resolution in
      call.reply([.string(JSONText.of(ResolveDocument(profile: id, title: title, resolution)))])
    }
  }

  func launch(_ call: BusCall) {
    guard let id = profile(call.text(0), of: call), let named = reference(call.text(1), of: call) else { return }
    let app = call.text(2)
    guard named != nil || !app.isEmpty else {
      return call.fail(name: Agent1.ErrorName.invalidArguments, message: "give a title or an app to launch")
    }
    let owner = call.caller.uid
    guard named != nil else {
      let plans = handlers.filter { $0.app == .named(app) && $0.services.isEmpty }.map { handler in
        let directory = launcher.directory(handler: handler.id, profile: id)
        return LaunchBook.Plan(
          handler: handler.id, app: app, argv: handler.argumentsByItself(profileDirectory: directory),
          directory: handler.hasProfileDirectory ? directory : nil)
      }
      return command(.launch(.init(profile: id, title: nil, plans: plans, owner: owner)), for: call)
    }
    withResolution(of: named, profile: id, call) { [self] _, facts, resolution in
      guard resolution.decision.verdict == .allow else { return refuse(call, .denied(resolution.decision)) }
      let targets = app.isEmpty ? resolution.targets : resolution.targets.filter { $0.app == app }
      let order = LaunchBook.Order(
        profile: id, title: facts, plans: targets.map { plan($0, profile: id) }, owner: owner)
      command(.launch(order), for: call)
    }
  }

  private func plan(_ target: Resolution.LaunchTarget, profile: String) -> LaunchBook.Plan {
    let hasDirectory = handlers.first { $0.id == target.handler }?.hasProfileDirectory == true
    return LaunchBook.Plan(
      handler: target.handler, app: target.app, service: target.locator.service, form: target.locator.form.rawValue,
      linkID: target.locator.id, argv: target.argv,
      directory: hasDirectory ? launcher.directory(handler: target.handler, profile: profile) : nil)
  }

  private func withResolution(
    of named: TitleReference?, profile id: String, _ call: BusCall,
    _ body: (Title, TitleFacts, Resolution) -> Void
  ) {
    guard let reference = named else {
      return call.fail(
        name: Agent1.ErrorName.invalidArguments, message: "give a title reference, such as tmdb:movie:603")
    }
    do {
      guard let title = try titles.title(reference) else {
        return call.fail(
          name: Agent1.ErrorName.unknownTitle,
          message: "the replica has no title \(reference); see: axolotlyctl status for its shelves")
      }
      let ancestors = try reference.selfAndAncestors.dropFirst().compactMap { try titles.title($0) }
      guard let resolution = resolve(title, ancestors, profile: id, call) else { return }
      body(title, TitleFacts(of: title, ancestors: ancestors), resolution)
    } catch {
      call.fail(name: Agent1.ErrorName.storage, message: "the replica cannot be read: \(error)")
    }
  }

  private func resolve(
    _ title: Title, _ ancestors: [Title], profile id: String, _ call: BusCall
  ) -> Resolution? {
    guard let agent, let compiled = agent.compiled else {
      refuse(call, .noPolicy)
      return nil
    }
    guard let profile = compiled.profile(id) else {
      refuse(call, .unknownProfile)
      return nil
    }
    let moment = now
    let launcher = launcher
    let resolver = LinkResolver(
      policy: compiled.policy, profile: profile, handlers: handlers,
      profileDirectory: { handler, profile in launcher.directory(handler: handler, profile: profile) },
      decide: { facts, app in
        agent.decide(profile: id, title: facts, app: app, at: moment) ?? Decision(verdict: .deny, reasons: [])
      })
    return resolver.resolve(title: title, ancestors: ancestors, at: agent.time(at: moment))
  }

  // MARK: Browse

  func askPage(_ call: BusCall) {
    guard let id = profile(call.text(0), of: call), let compiled = agent?.compiled else { return }
    let (kindText, genre) = (call.text(1), call.text(2))
    let kind = Title.Kind(rawValue: kindText)
    guard kindText.isEmpty || kind != nil else {
      return call.fail(
        name: Agent1.ErrorName.invalidArguments, message: "\"\(kindText)\" is no kind: movie, show, season, episode")
    }
    guard compiled.profile(id) != nil else { return refuse(call, .unknownProfile) }
    let limit = Int(call.number(4))
    guard limit <= Limits.browsePage else {
      return call.fail(
        name: Agent1.ErrorName.invalidArguments, message: "a page has at most \(Limits.browsePage) titles")
    }
    let at = agent?.time(at: now) ?? WallTime(seconds: 0)
    let offset = Int(call.number(3))
    let query = BrowseQuery(
      kind: kind, genre: genre.isEmpty ? nil : genre, offset: offset, limit: limit == 0 ? Self.usualPage : limit,
      generation: generation(profile: id, at: at),
      verdict: { compiled.titleVerdict(profile: id, facts: $0, at: at) }, listed: compiled.usesList(id))
    let (number, inbox) = (keep(call), inbox)
    reader.browse(query) { inbox.post(.page(call: number, profile: id, offset: offset, $0)) }
  }

  private static let usualPage = 50

  /// Another number for another profile, policy, replica, or after a minute: title grants begin and end.
  private func generation(profile: String, at: WallTime) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "\(profile) \(browseGeneration) \(at.seconds / 60)".utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return hash
  }

  func answerPage(_ number: UInt64, _ profile: String, _ offset: Int, _ result: Result<BrowsePage, DatabaseError>) {
    guard let call = calls.removeValue(forKey: number) else { return }
    switch result {
    case .success(let page):
      let entries = page.rows.map { row in
        BrowseDocument.Entry(
          ref: row.reference.text, kind: row.kind.rawValue, name: row.name, year: row.year, genres: row.genres,
          services: row.services, verdict: row.verdict.rawValue)
      }
      call.reply([
        .string(
          JSONText.of(BrowseDocument(profile: profile, total: page.total, offset: offset, titles: entries)))
      ])
    case .failure(let error):
      call.fail(name: Agent1.ErrorName.storage, message: "the replica cannot be read: \(error)")
    }
  }

  // MARK: Policy

  /// The payload of the envelope in force, as the upstream signed it.
  func answerPolicy(_ call: BusCall) {
    guard let agent else { return }
    if let refusal = agent.readiness { return refuse(call, refusal) }
    let segments = agent.policy.active?.envelope.split(separator: ".", omittingEmptySubsequences: false) ?? []
    guard segments.count == 3, let payload = Base64URL.decode(segments[1]) else { return refuse(call, .noPolicy) }
    call.reply([.string(String(decoding: payload, as: UTF8.self))])
  }
}
