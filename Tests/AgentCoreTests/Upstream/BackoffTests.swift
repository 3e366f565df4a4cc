import AgentCore
import Testing

@Suite struct BackoffTests {
  private static let start = Moment(nanoseconds: 0)

  /// The longest wait of many seeds at each failure in a row, seconds, rounded up.
  private func longestWaits(_ count: Int, connected: Bool, step: Duration = .seconds(1)) -> [Int64] {
    var longest = Array(repeating: Int64(0), count: count)
    for seed in 1...400 {
      var random = SeededRandom(seed: UInt64(seed))
      var backoff = Backoff(startsConnected: connected)
      var now = Self.start
      for index in 0..<count {
        let wait = backoff.failed(at: now, using: &random)
        #expect(wait >= .zero)
        longest[index] = max(longest[index], (wait.nanoseconds + 999_999_999) / 1_000_000_000)
        now = now + step
      }
    }
    return longest
  }

  @Test func failed_inARow_waitsByFullJitterUnderDoublingBounds() {
    #expect(longestWaits(11, connected: false) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
  }

  @Test func failed_firstAfterBeingConnected_isSpreadOverThirtySeconds() {
    #expect(longestWaits(4, connected: true) == [30, 1, 2, 4])
  }

  @Test func failed_forMoreThanAnHour_reachesFifteenMinutes() {
    let waits = longestWaits(20, connected: false, step: .seconds(300))
    #expect(waits[9...12].allSatisfy { $0 <= 300 })
    #expect(waits.last == 900)
  }

  @Test func failed_halfOfTheWaits_areShort() {
    var random = SeededRandom(seed: 3)
    var short = 0
    for _ in 0..<1_000 {
      var backoff = Backoff(startsConnected: true)
      if backoff.failed(at: Self.start, using: &random) < .seconds(15) { short += 1 }
    }
    #expect((430...570).contains(short), "full jitter is uniform, not a fixed part and a little noise")
  }

  @Test(arguments: [(0, false), (59, false), (60, true), (3_600, true)] as [(Int64, Bool)])
  func succeeded_healthOfSomeSeconds_resetsAfterAMinuteOnly(health: Int64, resets: Bool) {
    var random = SeededRandom(seed: 1)
    var backoff = Backoff()
    for _ in 0..<8 { _ = backoff.failed(at: Self.start, using: &random) }
    backoff.succeeded(at: Self.start)
    _ = backoff.failed(at: Self.start + .seconds(health), using: &random)
    #expect(backoff.failures == (resets ? 1 : 9))
  }

  @Test func succeeded_betweenFailuresOfAFlappingNetwork_doesNotReset() {
    var random = SeededRandom(seed: 1)
    var backoff = Backoff()
    var now = Self.start
    for _ in 0..<10 {
      _ = backoff.failed(at: now, using: &random)
      now = now + .seconds(40)
      backoff.succeeded(at: now)
      now = now + .seconds(10)
    }
    #expect(backoff.failures == 10, "a success and ten seconds are no minute of health")
  }

  @Test func succeeded_afterFailures_saysThatAnOutageEnded() {
    var random = SeededRandom(seed: 1)
    var backoff = Backoff()
    let healthy = backoff.succeeded(at: Self.start)
    _ = backoff.failed(at: Self.start, using: &random)
    #expect(backoff.isInOutage)
    let ended = backoff.succeeded(at: Self.start)
    let again = backoff.succeeded(at: Self.start)
    #expect([healthy, ended, again] == [false, true, false])
  }
}
