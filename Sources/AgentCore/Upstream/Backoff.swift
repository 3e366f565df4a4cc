/// When to ask again after failures (`spec/wire.md` §2).
///
/// | failure | wait |
/// |---|---|
/// | the first after being connected | uniform over 0–30 s |
/// | the n-th after it | uniform over 0 to d; d doubles from 1 s to 5 min, to 15 min after an hour's outage |
///
/// It is reset by a minute of health after a success, not by a connect.
package struct Backoff: Sendable, Equatable {
  package static let firstLimit = Duration.seconds(30)
  package static let limit = Duration.seconds(300)
  package static let longOutageLimit = Duration.seconds(900)
  package static let longOutage = Duration.seconds(3_600)
  package static let healthBeforeReset = Duration.seconds(60)

  /// Failures since the last reset.
  package private(set) var failures = 0
  private var ceiling = Duration.seconds(1)
  private var outageSince: Moment?
  private var healthySince: Moment?
  private var wasConnected: Bool

  /// `startsConnected`: whether the very first failure counts as one after being connected.
  package init(startsConnected: Bool = false) { wasConnected = startsConnected }

  package var isInOutage: Bool { outageSince != nil }

  package mutating func failed(at now: Moment, using random: inout SeededRandom) -> Duration {
    resetIfHealthy(at: now)
    healthySince = nil
    failures += 1
    let since = outageSince ?? now
    outageSince = since
    if wasConnected {
      wasConnected = false
      return random.duration(upTo: Self.firstLimit)
    }
    let wait = random.duration(upTo: ceiling)
    let limit = now - since > Self.longOutage ? Self.longOutageLimit : Self.limit
    ceiling = min(ceiling * 2, limit)
    return wait
  }

  /// An application-level success; returns whether it ended an outage.
  @discardableResult
  package mutating func succeeded(at now: Moment) -> Bool {
    let ended = outageSince != nil
    outageSince = nil
    if healthySince == nil { healthySince = now }
    resetIfHealthy(at: now)
    return ended
  }

  private mutating func resetIfHealthy(at now: Moment) {
    guard let since = healthySince, now - since >= Self.healthBeforeReset else { return }
    failures = 0
    ceiling = .seconds(1)
    wasConnected = true
  }
}
