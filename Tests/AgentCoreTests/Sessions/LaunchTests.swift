import AgentCore
import Testing

@Suite struct LaunchTests {
  private static let netflix = LaunchBook.Plan(
    handler: "kiosk", app: "netflix", service: "netflix", form: "watch", linkID: "1", argv: ["kiosk", "https://n/1"])
  private static let disney = LaunchBook.Plan(
    handler: "kiosk", app: "disney", service: "disney", form: "watch", linkID: "2", argv: ["kiosk", "https://d/2"])

  private static func order(_ plans: LaunchBook.Plan...) -> Command {
    .launch(.init(profile: "mia", title: nil, plans: plans, owner: 1_000))
  }

  private func launched(_ box: AgentHarness) -> [(session: String, handler: String, app: String)] {
    box.effects.compactMap {
      if case .launch(let session, let plan) = $0 { (session, plan.handler, plan.app) } else { nil }
    }
  }
  private func stopped(_ box: AgentHarness) -> [String] {
    box.effects.compactMap { if case .stopApp(let session) = $0 { session } else { nil } }
  }
  private func outcomes(_ box: AgentHarness) -> [UsageEvent.LaunchOutcome] {
    box.journal.details.compactMap { if case .launch(_, _, _, _, _, let outcome) = $0 { outcome } else { nil } }
  }
  private func ended(_ box: AgentHarness) -> [(days: [PlayedDay], reason: SessionEndReason)] {
    box.journal.details.compactMap {
      if case .sessionEnded(_, let days, let reason) = $0 { (days, reason) } else { nil }
    }
  }

  /// A box on which an app runs; its session.
  private func running(_ box: inout AgentHarness) throws -> String {
    let id = box.command(Self.order(Self.netflix, Self.disney))
    let session = try #require(launched(box).last).session
    #expect(box.replies(to: id).isEmpty, "nothing is promised before the app runs")
    box.handle(.appStarted(session: session))
    guard case .session(session, _)? = box.replies(to: id).first else {
      throw UnexpectedReply(replies: box.replies(to: id))
    }
    return session
  }

  @Test func launch_appRuns_countsWithoutHeartbeatsUntilItEnds() throws {
    var box = try AgentHarness.paired()
    let session = try running(&box)
    box.advance(by: .seconds(100))
    box.handle(.appEnded(session: session, .exited(0)))
    #expect(ended(box).map(\.reason) == [.closed])
    #expect(ended(box).first?.days.map(\.playedSeconds) == [100])
    #expect(outcomes(box) == [.opened])
    #expect(stopped(box).isEmpty, "what has ended by itself is not stopped")
    #expect(box.agent.used(by: "mia", at: box.now).totalSeconds == 100)
  }

  @Test func launch_pausedByTheLauncher_doesNotCount() throws {
    var box = try AgentHarness.paired()
    let session = try running(&box)
    box.advance(by: .seconds(10))
    box.command(.paused(session: session, owner: 1_000))
    box.advance(by: .seconds(600))
    box.command(.playing(session: session, owner: 1_000))
    box.advance(by: .seconds(10))
    box.command(.endSession(session: session, owner: 1_000))
    #expect(ended(box).first?.days.map(\.playedSeconds) == [20])
    #expect(stopped(box) == [session])
  }

  @Test func launch_firstTargetFails_triesTheNextInTheSameSession() throws {
    var box = try AgentHarness.paired()
    let session = try running(&box)
    box.advance(by: .milliseconds(4_999))
    box.handle(.appEnded(session: session, .exited(1)))
    #expect(launched(box).map(\.app) == ["netflix", "disney"])
    #expect(launched(box).last?.session == session)
    box.handle(.appStarted(session: session))
    #expect(box.agent.sessions.session(session)?.app == "disney")
    box.advance(by: .seconds(60))
    box.handle(.appEnded(session: session, .signalled(9)))
    #expect(outcomes(box) == [.failed, .opened, .died])
    #expect(ended(box).map(\.reason) == [.closed])
  }

  @Test func launch_noProgramStarts_isRefusedWithTheLastCause() throws {
    var box = try AgentHarness.paired()
    let id = box.command(Self.order(Self.netflix, Self.disney))
    for cause in ["first", "second"] {
      box.handle(.appFailed(session: try #require(launched(box).last).session, .notStarted(cause)))
    }
    #expect(box.replies(to: id) == [.refused(.launchFailed("second"))])
    #expect(outcomes(box) == [.failed, .failed])
    #expect(box.agent.sessions.open.isEmpty)
    #expect(box.agent.launches.starting.isEmpty)
  }

  @Test func launch_noLauncher_isAHealthItemUntilOneIsThere() throws {
    var box = try AgentHarness.paired()
    let id = box.command(Self.order(Self.netflix, Self.disney))
    box.handle(.appFailed(session: try #require(launched(box).last).session, .unavailable("no socket")))
    #expect(box.replies(to: id) == [.refused(.launchFailed("no socket"))])
    #expect(launched(box).count == 1, "another target would fail as well")
    #expect(box.agent.health.contains(.launchUnavailable))
    box.handle(.launcherAvailable)
    #expect(!box.agent.health.contains(.launchUnavailable))
    _ = try running(&box)
  }

  @Test func launch_nothingIsHeardOfIt_isStoppedAndTheNextTried() throws {
    var box = try AgentHarness.paired()
    let id = box.command(Self.order(Self.netflix, Self.disney))
    let session = try #require(launched(box).last).session
    box.advance(by: .seconds(10))
    #expect(stopped(box) == [session])
    #expect(launched(box).map(\.app) == ["netflix", "disney"])
    box.advance(by: .seconds(10))
    #expect(box.replies(to: id) == [.refused(.launchFailed("nothing was heard of it in time"))])
    #expect(box.agent.launches.starting.isEmpty)
  }

  @Test func launch_nothingToStart_isRefused() throws {
    var box = try AgentHarness.paired()
    #expect(try box.reply(to: Self.order()) == .refused(.nothingToLaunch))
  }

  @Test func launch_profileChosenAnew_stopsAppAndOrder() throws {
    var box = try AgentHarness.paired()
    let session = try running(&box)
    let second = box.command(Self.order(Self.disney))
    let starting = try #require(launched(box).last).session
    box.command(.select(profile: "leo"))
    #expect(Set(stopped(box)) == [session, starting])
    #expect(box.replies(to: second) == [.refused(.cancelled)])
    box.handle(.appStarted(session: starting))
    #expect(box.agent.sessions.open.isEmpty)
    #expect(stopped(box).count == 3, "an app that comes too late is stopped")
  }

  @Test func launch_durableStepFails_stopsTheApp() throws {
    var box = try AgentHarness.paired()
    let id = box.command(Self.order(Self.netflix))
    let session = try #require(launched(box).last).session
    box.storage = .isFull
    box.handle(.appStarted(session: session))
    guard case .refused(.storage)? = box.replies(to: id).first else {
      throw UnexpectedReply(replies: box.replies(to: id))
    }
    #expect(stopped(box) == [session])
  }

  @Test func restart_appLivesOn_countsTheAbsenceAndGoesOn() throws {
    var box = try AgentHarness.paired()
    let session = try running(&box)
    box.advance(by: .seconds(47))
    box.restart(after: .seconds(20), running: [.init(session: session, title: nil)])
    box.handle(.turn)
    #expect(box.agent.sessions.session(session)?.playedSeconds == 67)
    #expect(box.agent.used(by: "mia", at: box.now).totalSeconds == 67)
    #expect(ended(box).isEmpty)
    box.advance(by: .seconds(13))
    #expect(try box.reply(to: .endSession(session: session, owner: 1_000)) == .ended(playedSeconds: 80))
    #expect(stopped(box) == [session])
    #expect(outcomes(box) == [.opened])
  }

  @Test func restart_overMidnight_countsEachDayItsOwn() throws {
    var box = try AgentHarness.paired()
    let session = try running(&box)
    let today = try #require(box.agent.compiled).today(at: box.agent.time(at: box.now))
    let midnight = try #require(box.agent.compiled).nextMidnight(after: box.agent.time(at: box.now))
    let left = midnight - box.agent.time(at: box.now)
    box.advance(by: .seconds(left - 30))
    box.restart(after: .seconds(90), running: [.init(session: session, title: nil)])
    box.handle(.turn)
    let days = try #require(box.agent.sessions.session(session)?.playedDays)
    #expect(days.map(\.date.daysSinceEpoch) == [today.daysSinceEpoch, today.daysSinceEpoch + 1])
    #expect(days.map(\.playedSeconds) == [left, 60])
  }

  @Test func restart_appGone_endsTheSessionAsLost() throws {
    var box = try AgentHarness.paired()
    _ = try running(&box)
    box.advance(by: .seconds(47))
    box.restart(after: .seconds(20))
    box.handle(.turn)
    #expect(ended(box).map(\.reason) == [.lost])
    #expect(ended(box).first?.days.map(\.playedSeconds) == [45], "saved every 15 s")
  }

  @Test func restart_appOfNoSession_isStopped() throws {
    var box = try AgentHarness.paired()
    box.restart(running: [.init(session: "0123456789abcdef", title: nil)])
    box.handle(.turn)
    #expect(stopped(box) == ["0123456789abcdef"])
  }

  @Test func unpaired_appsThatLivedOn_areStopped() {
    var box = AgentHarness()
    box.restart(running: [.init(session: "0123456789abcdef", title: nil)])
    box.handle(.turn)
    #expect(stopped(box) == ["0123456789abcdef"])
  }
}
