import AgentCore

@testable import UpstreamCore

/// A family with its presence, driven by hand: time passes only where a test says so.
final class FamilyBench {
  static let start = UpstreamInstant(milliseconds: 1_795_550_400_000)  // 2026-11-24T20:00:00Z

  var family: Family?
  var presence = FamilyPresence()
  var catalogue = CatalogueHeads()
  var now = FamilyBench.start
  var rows: [UsageRow] = []
  var wakeUps = 0
  private var holds: UInt64 = 0

  init(devices: [String] = ["d_1"]) {
    act(.create(id: "f_1"))
    for device in devices { pair(device) }
  }

  func pass(seconds: Int64) { now = now.adding(seconds: seconds) }

  @discardableResult
  func handle(_ request: FamilyRequest) -> FamilyAnswer {
    let outcome = FamilyRules.handle(
      request, family: family, presence: presence, catalogue: catalogue, calendar: .utc, now: now)
    if let changed = outcome.family { family = changed }
    presence = outcome.presence
    rows += outcome.usage
    wakeUps += outcome.wakeUps.count
    return outcome.answer
  }

  @discardableResult
  func act(_ action: ParentAction) -> FamilyAnswer { handle(.parent(action)) }

  @discardableResult
  func pair(_ device: String, key: String? = nil) -> FamilyAnswer {
    let key = BoxKey(thumbprint: key ?? "key of \(device)", jwk: "{}")
    let info = DeviceInfo(model: "Box", agent: "1.0", host: device, arch: "x86_64")
    return handle(.pair(PairedBox(key: key, info: info), candidate: device))
  }

  @discardableResult
  func call(_ action: DeviceCall.Action, _ device: String = "d_1", instance: String = "i1") -> FamilyAnswer {
    handle(.device(DeviceCall(device: device, instance: instance, action: action)))
  }

  func question(after: String?, wait: Int64) -> HeadsQuestion {
    holds += 1
    return HeadsQuestion(after: after, hold: HoldNumber(holds), arrivedAt: now, waitSeconds: wait)
  }

  /// The complete heads, as without a cursor.
  func heads(_ device: String = "d_1") -> HeadsDocument? {
    guard case .heads(let document) = call(.heads(question(after: nil, wait: 0)), device) else { return nil }
    return document
  }

  /// Parks a request with the current cursor and gives it back for repetition.
  func park(_ device: String = "d_1", wait: Int64 = 300) -> HeadsQuestion? {
    let cursor = heads(device)?.cursor
    let question = question(after: cursor, wait: wait)
    guard case .park = call(.heads(question), device) else { return nil }
    return question
  }

  @discardableResult
  func setPolicy(budget: Int? = nil, services: [String] = ["netflix"], envelope: String = "e") -> FamilyAnswer {
    guard let family else { return .refused(.notFound) }
    let draft = FamilyRules.policyDraft(of: family, now: now)
    let profile = PolicyFacts.Profile(
      id: "mia", budget: budget.map { Array(repeating: $0, count: 7) }, timeGrants: [])
    let facts = PolicyFacts(timeZone: "UTC", region: "US", services: services, profiles: [profile])
    return act(
      .setPolicy(
        SignedPolicy(
          version: draft.version, payload: "p\(draft.version)", sha256: "sha\(draft.version)",
          previousSHA256: draft.previousSHA256, envelope: envelope, facts: facts)))
  }

  func started(_ sequence: Int, session: String = "s1", app: String = "netflix") -> UsageLine {
    line(
      sequence, "session_started",
      .sessionStarted(session: session, title: TitleReference("tmdb:movie:603"), app: app, service: nil))
  }

  func progress(_ sequence: Int, session: String = "s1", _ seconds: Int64) -> UsageLine {
    line(sequence, "session_progress", .sessionProgress(session: session, days: [day(seconds)]))
  }

  func ended(_ sequence: Int, session: String = "s1", _ seconds: Int64) -> UsageLine {
    line(sequence, "session_ended", .sessionEnded(session: session, days: [day(seconds)], reason: .closed))
  }

  func line(_ sequence: Int, _ kind: String = "policy_applied", _ content: UsageLine.Content = .other) -> UsageLine {
    UsageLine(sequence: sequence, kind: kind, at: now.wallTime, profile: "mia", content: content, text: "")
  }

  private func day(_ seconds: Int64) -> PlayedDay {
    PlayedDay(date: FamilyCalendar.utc.day(now.wallTime).date, playedSeconds: seconds)
  }

  @discardableResult
  func send(_ lines: [UsageLine], epoch: Int = 1, _ device: String = "d_1") -> FamilyAnswer {
    call(.usage(UsageBatch(epoch: epoch, lines: lines)), device)
  }

  @discardableResult
  func report(_ device: String = "d_1", trust: Int = 1, depth: Int = 0, commands: [String] = [])
    -> FamilyAnswer
  {
    call(
      .state(
        DeviceReport(
          agent: "1.0", policyVersion: nil, policyAppliedAt: nil, refused: nil, trust: trust, shelves: [],
          outbox: StateReport.Outbox(epoch: 1, next: 1, depth: depth, oldestAt: nil), health: [],
          commands: commands.map { StateReport.CommandResult(id: $0, result: "done") })), device)
  }
}
