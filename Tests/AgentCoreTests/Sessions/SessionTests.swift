import AgentCore
import Testing

@Suite struct SessionTests {
  private func ended(_ box: AgentHarness, _ session: String) -> [(days: [PlayedDay], reason: SessionEndReason)] {
    box.journal.details.compactMap {
      if case .sessionEnded(session, let days, let reason) = $0 { (days, reason) } else { nil }
    }
  }

  @Test func session_fromBeginToEnd_countsWhatPlayedAndNotThePauses() throws {
    var box = try AgentHarness.paired()
    let id = box.command(.beginSession(profile: "mia", title: nil, app: "netflix", service: "netflix", owner: 1_000))
    guard case .session(let session, nil)? = box.replies(to: id).first else {
      Issue.record("got \(box.replies(to: id))")
      return
    }
    #expect(
      box.journal.details.last
        == .sessionStarted(session: session, title: nil, app: "netflix", service: "netflix", policy: 1))
    #expect(box.journal.sessions[session]?.owner == 1_000)
    box.advance(by: .seconds(7))
    #expect(try box.reply(to: .playing(session: session, owner: 1_000)) == .remaining(seconds: nil))
    box.watch(session, for: 40)
    #expect(try box.reply(to: .paused(session: session, owner: 1_000)) == .done)
    for _ in 0..<10 {
      box.advance(by: .seconds(10))
      box.command(.paused(session: session, owner: 1_000))
    }
    box.command(.playing(session: session, owner: 1_000))
    box.watch(session, for: 20)
    #expect(try box.reply(to: .endSession(session: session, owner: 1_000)) == .ended(playedSeconds: 60))
    let end = try #require(ended(box, session).first)
    #expect(end.reason == .closed)
    #expect(end.days == [.init(date: try date("2026-03-02"), playedSeconds: 60)])
    #expect(box.endings == [.closed])
    #expect(box.journal.sessions.isEmpty)
    #expect(box.agent.used(by: "mia", at: box.now) == Used(totalSeconds: 60, appSeconds: ["netflix": 60]))
  }

  @Test func session_suspended_countsNothingOfIt() throws {
    var box = try AgentHarness.paired()
    let session = try box.play()
    box.watch(session, for: 10)
    box.suspend(for: .seconds(8))
    box.handle(.turn)
    #expect(box.agent.sessions.session(session)?.playedSeconds == 10)
    box.suspend(for: .seconds(40_000))
    box.handle(.turn)
    #expect(ended(box, session).isEmpty)
    box.watch(session, for: 5)
    #expect(box.agent.sessions.session(session)?.playedSeconds == 15)
  }

  /// A launcher that did not live through the suspend gets no longer than ever.
  @Test func session_suspended_withoutHeartbeatsAfterwards_isLost() throws {
    var box = try AgentHarness.paired()
    let session = try box.play()
    box.watch(session, for: 10)
    box.suspend(for: .seconds(40_000))
    box.advance(by: .seconds(13))
    #expect(ended(box, session).isEmpty)
    box.advance(by: .seconds(3))
    #expect(ended(box, session).map(\.reason) == [.lost])
    let played = try #require(ended(box, session).first).days.map(\.playedSeconds)
    #expect(played.reduce(0, +) >= 10 && played.reduce(0, +) <= 26)
  }

  /// The battery may be empty when the box would wake.
  @Test func suspend_announced_savesFirst_thenLetsItGoOn() throws {
    var box = try AgentHarness.paired()
    let session = try box.play()
    box.watch(session, for: 12)
    box.storage = .doesNotAnswer
    box.forgetEffects()
    box.handle(.goingToSleep)
    #expect(!box.effects.contains(.readyToSleep))
    box.storageAnswers()
    #expect(box.effects.contains(.readyToSleep))
    #expect(box.journal.sessions[session]?.days.map(\.playedSeconds) == [12])
    // Said again, or with nothing to save: at once.
    box.forgetEffects()
    box.handle(.goingToSleep)
    #expect(box.effects.contains(.readyToSleep))
  }

  @Test func suspend_announced_storageFull_goesOnAllTheSame() throws {
    var box = try AgentHarness.paired()
    let session = try box.play()
    box.watch(session, for: 12)
    box.storage = .isFull
    box.forgetEffects()
    box.handle(.goingToSleep)
    #expect(box.effects.contains(.readyToSleep))
  }

  @Test func heartbeats_stopped_loseTheSessionAfterFifteenSeconds() throws {
    var box = try AgentHarness.paired()
    let session = try box.play()
    box.watch(session, for: 20)
    box.advance(by: .milliseconds(14_999))
    #expect(box.agent.sessions.session(session) != nil)
    box.advance(by: .milliseconds(1))
    #expect(box.agent.sessions.session(session) == nil)
    #expect(ended(box, session).map(\.reason) == [.lost])
    #expect(try box.reply(to: .playing(session: session, owner: 1_000)) == .refused(.unknownSession))
  }

  @Test func heartbeat_inTheLastInstant_wins() throws {
    var box = try AgentHarness.paired()
    let session = try box.play()
    box.advance(by: .milliseconds(14_999))
    box.now.boot = box.now.boot + .milliseconds(1)
    box.handle([.command(CommandID(900), .playing(session: session, owner: 1_000))])
    #expect(box.agent.sessions.session(session) != nil)
  }

  @Test func commands_ofAnotherUser_areRefused() throws {
    var box = try AgentHarness.paired()
    let session = try box.play(owner: 1_000)
    #expect(try box.reply(to: .playing(session: session, owner: 1_001)) == .refused(.unknownSession))
    #expect(try box.reply(to: .paused(session: session, owner: 0)) == .refused(.unknownSession))
    #expect(try box.reply(to: .endSession(session: session, owner: 1_001)) == .refused(.unknownSession))
    #expect(box.agent.sessions.session(session)?.isPlaying == true)
    box.advance(by: .seconds(15))
    #expect(ended(box, session).map(\.reason) == [.lost], "another user's heartbeat keeps nothing alive")
  }

  @Test func begin_notReady_isRefusedByName() throws {
    func begin(_ box: inout AgentHarness, _ profile: String) throws -> CommandReply {
      try box.reply(to: .beginSession(profile: profile, title: nil, app: "netflix", service: nil, owner: 1))
    }
    var unpaired = AgentHarness()
    #expect(try begin(&unpaired, "mia") == .refused(.notPaired))
    var journal = SimulatedJournal()
    journal.identity = AgentHarness.identity()
    var without = AgentHarness(journal: journal)
    without.handle(.turn)
    #expect(try begin(&without, "mia") == .refused(.noPolicy))
    var box = try AgentHarness.paired()
    #expect(try begin(&box, "nobody") == .refused(.unknownProfile))
    for _ in 0..<Limits.openSessionsPerUser { _ = try box.play(owner: 1) }
    #expect(try begin(&box, "mia") == .refused(.tooManySessions(limit: Limits.openSessionsPerUser)))
    _ = try box.play(owner: 2)
    var owner: UInt32 = 2
    while box.agent.sessions.open.count < Limits.openSessions {
      owner += 1
      for _ in 0..<3 where box.agent.sessions.open.count < Limits.openSessions { _ = try box.play(owner: owner) }
    }
    let id = box.command(.beginSession(profile: "mia", title: nil, app: "netflix", service: nil, owner: 99))
    #expect(box.replies(to: id) == [.refused(.tooManySessions(limit: Limits.openSessions))])
  }

  @Test func begin_denied_isRefusedWithTheDecision() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1) { $0.profiles[0].apps.block = ["netflix"] })
    let reply = try box.reply(to: .beginSession(profile: "mia", title: nil, app: "netflix", service: nil, owner: 1))
    guard case .refused(.denied(let decision)) = reply else {
      Issue.record("got \(reply)")
      return
    }
    #expect(decision.reasons == [.appBlocked])
    #expect(box.agent.sessions.open.isEmpty)
  }

  @Test func select_anotherProfile_endsTheSessionsOfTheFirst() throws {
    var box = try AgentHarness.paired()
    #expect(box.agent.activeProfile == "mia", "the default is active from the start")
    let session = try box.play()
    #expect(try box.reply(to: .select(profile: "leo")) == .done)
    #expect(ended(box, session).map(\.reason) == [.closed])
    #expect(box.signals.contains(.profileChanged("leo")))
    #expect(try box.reply(to: .select(profile: "nobody")) == .refused(.unknownProfile))
    #expect(box.agent.activeProfile == "leo")
  }

  @Test func overlap_ofTwoSessions_isCountedOnce() throws {
    var box = try AgentHarness.paired()
    let first = try box.play(app: "netflix")
    box.watch(first, for: 30)
    let second = try box.play(app: "youtube")
    box.watch(first, second, for: 40)
    box.command(.endSession(session: first, owner: 1_000))
    box.watch(second, for: 20)
    let used = box.agent.used(by: "mia", at: box.now)
    #expect(used.totalSeconds == 90)
    #expect(used.appSeconds == ["netflix": 70, "youtube": 60])
    #expect(ended(box, first).first?.days.map(\.playedSeconds) == [70])
  }

  @Test func overlap_inOneApp_isCountedOnce() throws {
    var box = try AgentHarness.paired()
    let first = try box.play()
    let second = try box.play()
    box.watch(first, second, for: 50)
    #expect(box.agent.used(by: "mia", at: box.now) == Used(totalSeconds: 50, appSeconds: ["netflix": 50]))
  }

  @Test func elsewhere_ofToday_isAddedAndOfYesterdayNot() throws {
    var box = try AgentHarness.paired()
    let today = try date("2026-03-02")
    let ledger = ["mia": Heads.Elsewhere(date: today, seconds: 1_200, apps: ["youtube": 300])]
    try box.answer(.heads, .heads(box.heads("c2", ledger: ledger)))
    #expect(box.agent.used(by: "mia", at: box.now) == Used(totalSeconds: 1_200, appSeconds: ["youtube": 300]))
    let yesterday = Heads.Elsewhere(date: .init(daysSinceEpoch: today.daysSinceEpoch - 1), seconds: 1_200, apps: [:])
    try box.answer(.heads, .heads(box.heads("c3", ledger: ["mia": yesterday])))
    #expect(box.agent.used(by: "mia", at: box.now) == Used())
  }

  @Test func midnight_whilePlaying_splitsTheDays() throws {
    var box = try AgentHarness.paired(at: AgentHarness.noon + 12 * 3_600 - 58)
    let first = try date("2026-03-02")
    let session = try box.play()
    let before = try at("2026-03-03T00:00:00Z") - box.agent.time(at: box.now)
    box.watch(session, for: 100)
    box.command(.endSession(session: session, owner: 1_000))
    let end = try #require(ended(box, session).first)
    #expect(end.days.map(\.date) == [first, .init(daysSinceEpoch: first.daysSinceEpoch + 1)])
    #expect(end.days.map(\.playedSeconds).reduce(0, +) == 100)
    #expect(end.days.first?.playedSeconds == before, "cut at midnight, not at the next heartbeat")
    #expect(box.agent.used(by: "mia", at: box.now).totalSeconds == end.days.last?.playedSeconds)
    #expect(box.journal.ledger.count == 2)
  }

  @Test func restart_whilePlaying_losesAtMostFifteenSecondsAndEndsAsLost() throws {
    var box = try AgentHarness.paired()
    let session = try box.play()
    box.watch(session, for: 100)
    box.restart()
    box.handle(.turn)
    let end = try #require(ended(box, session).first)
    #expect(end.reason == .lost)
    let played = try #require(end.days.first).playedSeconds
    #expect(played >= 85 && played <= 100)
    #expect(box.agent.used(by: "mia", at: box.now).totalSeconds == played)
    #expect(box.journal.sessions.isEmpty)
    #expect(try box.reply(to: .playing(session: session, owner: 1_000)) == .refused(.unknownSession))
    box.restart()
    box.handle(.turn)
    #expect(ended(box, session).count == 1, "it ends once")
  }

  @Test func stopping_whilePlaying_losesNothing() throws {
    var box = try AgentHarness.paired()
    let session = try box.play()
    box.watch(session, for: 52)
    box.handle(.stopping)
    box.restart()
    box.handle(.turn)
    #expect(ended(box, session).first?.days.map(\.playedSeconds) == [52])
    #expect(box.agent.used(by: "mia", at: box.now).totalSeconds == 52)
  }

  @Test func restart_gainsNothing() throws {
    var box = try AgentHarness.paired(policy: AgentHarness.policy(1, budgetMinutes: 10))
    for _ in 0..<4 {
      let session = try box.play()
      box.watch(session, for: 120)
      box.restart()
      box.handle(.turn)
      if box.agent.policy.active == nil { break }
    }
    let used = box.agent.used(by: "mia", at: box.now).totalSeconds
    #expect(used >= 4 * 105 && used <= 4 * 120)
  }

  @Test func progress_whilePlaying_isToldEveryFiveMinutes() throws {
    var box = try AgentHarness.paired()
    let session = try box.play()
    box.watch(session, for: 920)
    let totals = box.journal.details.compactMap { detail -> Int64? in
      if case .sessionProgress(session, let days) = detail { days.reduce(0) { $0 + $1.playedSeconds } } else { nil }
    }
    #expect(totals == [300, 600, 900])
  }
}
