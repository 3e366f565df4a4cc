/// How often the PIN of each profile was tried in vain, and for how long nobody may try again (design, The life of a box).
///
/// | wrong PINs in a row | wait before the next try |
/// |---|---|
/// | 1 to 4 | none |
/// | 5 | 30 s |
/// | 6, 7, 8, … | 60 s, 120 s, 240 s, … up to a day |
///
/// During a wait nothing is verified, the right PIN neither; the right one after it begins anew. A try counts from its
/// beginning, so that many at once are no more than one after the other. The wait is boot time: no clock shortens it.
package struct PINAttempts: Sendable, Equatable {
  /// Wrong PINs in a row without a wait, the last of which begins one.
  package static let attemptsBeforeWait = 5
  package static let firstWait = Duration.seconds(30)
  package static let longestWait = Duration.seconds(86_400)

  /// What the journal keeps of one profile.
  package struct Row: Sendable, Equatable {
    package var profile: String
    /// Wrong PINs in a row.
    package var failures: Int
    /// What is left of the wait, whole seconds rounded up.
    package var waitSeconds: Int64
    package init(profile: String, failures: Int, waitSeconds: Int64) {
      (self.profile, self.failures, self.waitSeconds) = (profile, failures, waitSeconds)
    }
  }

  private struct Count: Sendable, Equatable {
    var failures = 0
    /// Tries that are being verified.
    var underWay = 0
    var until: Moment?
  }

  private var counts: [String: Count] = [:]

  /// What remained of each wait starts again.
  package init(_ rows: [Row] = [], at now: Moment) {
    for row in rows where row.failures > 0 {
      let wait = min(max(.seconds(row.waitSeconds), .zero), Self.longestWait)
      counts[row.profile] = Count(failures: row.failures, until: wait > .zero ? now + wait : nil)
    }
  }

  /// Begins a try; nil: it may be verified, and ends in `ended`. Else for how long none may be.
  package mutating func begin(_ profile: String, at now: Moment) -> Duration? {
    var count = counts[profile] ?? Count()
    if let until = count.until, until > now { return until - now }
    guard count.underWay < max(1, Self.attemptsBeforeWait - count.failures) else { return .seconds(1) }
    count.underWay += 1
    counts[profile] = count
    return nil
  }

  /// A try ended; returns whether the journal has to know.
  package mutating func ended(_ profile: String, matches: Bool, at now: Moment) -> Bool {
    guard var count = counts[profile] else { return false }
    let before = count.failures
    count.underWay = max(0, count.underWay - 1)
    count.failures = matches ? 0 : before + 1
    count.until = matches ? nil : Self.wait(after: count.failures).map { now + $0 }
    counts[profile] = count.failures == 0 && count.underWay == 0 ? nil : count
    return count.failures != before
  }

  /// A try ended that says nothing: it was verified against a PIN that is no longer the profile's.
  package mutating func withdraw(_ profile: String) {
    guard var count = counts[profile] else { return }
    count.underWay = max(0, count.underWay - 1)
    counts[profile] = count.failures == 0 && count.underWay == 0 ? nil : count
  }

  /// The profile's PIN is another one now, or none: its tries are forgotten. Returns whether there were any.
  package mutating func forget(_ profile: String) -> Bool {
    guard let count = counts[profile] else { return false }
    counts[profile] = count.underWay > 0 ? Count(underWay: count.underWay) : nil
    return count.failures > 0
  }

  /// For how long no PIN of the profile is verified; zero: it may be tried.
  package func remaining(_ profile: String, at now: Moment) -> Duration {
    max(.zero, (counts[profile]?.until ?? now) - now)
  }

  /// The row as of its last change: the whole wait, so that a crash never shortens it.
  package func row(_ profile: String) -> Row {
    let failures = counts[profile]?.failures ?? 0
    return Row(
      profile: profile, failures: failures, waitSeconds: Self.wait(after: failures)?.wholeSecondsRoundedUp ?? 0)
  }

  /// The rows of those that wait, with what remains.
  package func waiting(at now: Moment) -> [Row] {
    counts.keys.sorted().compactMap { profile in
      let left = remaining(profile, at: now)
      guard let count = counts[profile], left > .zero else { return nil }
      return Row(profile: profile, failures: count.failures, waitSeconds: left.wholeSecondsRoundedUp)
    }
  }

  /// The wait that the n-th wrong PIN in a row begins; nil: none.
  private static func wait(after failures: Int) -> Duration? {
    guard failures >= attemptsBeforeWait else { return nil }
    var wait = firstWait
    for _ in attemptsBeforeWait..<failures where wait < longestWait { wait *= 2 }
    return min(wait, longestWait)
  }
}

extension Duration {
  /// Whole seconds, a started one counted whole; for durations that are not negative.
  package var wholeSecondsRoundedUp: Int64 { wholeSeconds + (self > .seconds(wholeSeconds) ? 1 : 0) }
}
