import AgentCore
import Testing

@Suite struct TrustedClockTests {
  private static let floor = WallTime(seconds: 1_772_000_000)
  private static let boot = Moment(nanoseconds: 10_000_000_000)

  private static func now(_ after: Int64, system: Int64, isSynchronised: Bool = false) -> Now {
    Now(
      boot: boot + .seconds(after), play: PlayTime(nanoseconds: 0), systemSeconds: floor.seconds + system,
      isSynchronised: isSynchronised)
  }

  /// What happens to the clock, seconds after its making and seconds after the floor.
  enum Step {
    case reads(after: Int64, system: Int64)
    case synchronised(after: Int64, system: Int64)
    case hears(after: Int64, date: Int64)
  }

  /// The first reading, the steps, and trusted time 100 s after the first reading, all counted from the floor.
  @Test(
    arguments: [
      ("the floor and what elapsed", -9_999, [], 100),
      ("the first reading, where it is not before the floor", 500, [], 600),
      ("a system clock that steps forward is ignored", 500, [.reads(after: 50, system: 90_000)], 600),
      ("a system clock that steps back is ignored", 500, [.reads(after: 50, system: -90_000)], 600),
      ("a synchronised clock moves forward", 500, [.synchronised(after: 50, system: 9_000)], 9_050),
      ("a synchronised clock does not move backward", 500, [.synchronised(after: 50, system: 100)], 600),
      ("a small difference moves nothing", 500, [.synchronised(after: 50, system: 552)], 600),
      ("a Date moves forward", 500, [.hears(after: 50, date: 9_000)], 9_050),
      ("a Date moves backward", 500, [.hears(after: 50, date: 100)], 150),
      ("a Date moves before the floor", 500, [.hears(after: 50, date: -800)], -750),
      ("a later Date counts", 500, [.hears(after: 10, date: 5_000), .hears(after: 50, date: 100)], 150),
      ("a Date that differs by its transport moves nothing", 500, [.hears(after: 50, date: 548)], 600),
      (
        "a synchronised clock behind a Date moves nothing", 500,
        [.hears(after: 10, date: 5_000), .synchronised(after: 50, system: 200)], 5_090
      ),
      (
        "a step after synchronisation was lost is ignored", 500,
        [.synchronised(after: 10, system: 510), .reads(after: 50, system: 90_000)], 600
      ),
    ] as [(String, Int64, [Step], Int64)])
  func time_afterTheseSteps_isTrusted(story: String, first: Int64, steps: [Step], expected: Int64) {
    var clock = TrustedClock(earliest: Self.floor + -10_000, highWater: Self.floor, now: Self.now(0, system: first))
    for step in steps {
      switch step {
      case .reads(let after, let system): clock.observe(Self.now(after, system: system))
      case .synchronised(let after, let system): clock.observe(Self.now(after, system: system, isSynchronised: true))
      case .hears(let after, let date): clock.hear(Self.floor + date, at: Self.boot + .seconds(after))
      }
    }
    #expect(clock.time(at: Self.boot + .seconds(100)) == Self.floor + expected, "\(story)")
  }

  @Test func moment_ofAWallTime_isWhereTimeReachesIt() {
    var clock = TrustedClock(earliest: Self.floor + -10_000, highWater: Self.floor, now: Self.now(0, system: 500))
    let wall = Self.floor + 900
    #expect(clock.time(at: clock.moment(of: wall)) == wall)
    #expect(clock.time(at: clock.moment(of: wall) + .nanoseconds(-1)) == wall + -1)
    clock.hear(Self.floor + 100, at: Self.boot + .seconds(7))
    #expect(clock.time(at: clock.moment(of: wall)) == wall)
  }

  /// A child that sets the clock of the running box gains nothing.
  @Test(arguments: [-500_000, -3_600, 3_600, 500_000] as [Int64])
  func decide_systemClockStepped_answersAsBefore(step: Int64) throws {
    let policy = AgentHarness.policy(1) {
      $0.profiles[0].schedule = .init(days: Array(repeating: [.init(start: 8 * 60, end: 11 * 60)], count: 7))
    }
    var box = try AgentHarness.paired(policy: policy)
    let before = box.agent.decide(profile: "mia", title: nil, app: "netflix", at: box.now)
    #expect(before?.verdict != .allow)
    box.now.systemSeconds += step
    box.handle(.turn)
    #expect(box.agent.decide(profile: "mia", title: nil, app: "netflix", at: box.now)?.verdict == before?.verdict)
  }

  /// The daemon is restarted, or crashes, while the system clock stands wrong: the boot's time goes on.
  @Test(arguments: [-500_000, 500_000] as [Int64])
  func restart_inTheSameBoot_keepsTheBootsTime(step: Int64) throws {
    var box = try AgentHarness.paired()
    box.advance(by: .seconds(100))
    let before = box.agent.time(at: box.now)
    box.now.systemSeconds += step
    box.restart(after: .seconds(10))
    #expect(box.agent.time(at: box.now) == before + 10)
  }

  @Test func firstReading_withoutARealTimeClock_isNotBelieved() {
    let clock = TrustedClock(
      earliest: Self.floor + -10_000, highWater: Self.floor, hasRealTimeClock: false, now: Self.now(0, system: 500))
    #expect(clock.source == .none)
    #expect(clock.time(at: Self.boot + .seconds(7)) == Self.floor + 7)
  }

  @Test func anchor_ofALaterMoment_isNoAnchor() {
    let anchor = TrustedClock.Anchor(
      boot: "0a1b2c3d", at: Self.boot.nanoseconds + 1, wall: Self.floor + 90_000, source: .upstream)
    let clock = TrustedClock(
      earliest: Self.floor, anchor: anchor, hasRealTimeClock: false, now: Self.now(0, system: -5))
    #expect(clock.time(at: Self.boot) == Self.floor)
  }

  @Test func date_beforeTheBuild_isNotGoneBackTo() {
    var clock = TrustedClock(earliest: Self.floor, now: Self.now(0, system: 500))
    clock.hear(Self.floor + -90_000, at: Self.boot)
    #expect(clock.time(at: Self.boot) == Self.floor)
  }

  /// While it plays, power that is cut again and again brings no time back but for some seconds.
  @Test func highWater_whilePlaying_isKeptClose() throws {
    var box = try AgentHarness.paired()
    let session = try box.play()
    box.watch(session, for: 600)
    let mark = try #require(box.journal.highWater)
    #expect(box.agent.time(at: box.now) - mark <= 15)
  }

  /// An answer that came while the box slept is read when it wakes: its `Date` is as old as the suspend was long.
  @Test func date_ofAnAnswerThatWaitedForTheBoxToWake_isNotBelieved() throws {
    var box = try AgentHarness.paired()
    let before = box.agent.time(at: box.now)
    let out = try box.outgoing(.heads)
    box.suspend(for: .seconds(600))
    let heads = UpstreamAnswer(date: before, isAuthentic: true, content: .unchanged)
    box.handle(.answered(out.id, heads))
    #expect(box.agent.time(at: box.now) == before + 600)
  }
}
