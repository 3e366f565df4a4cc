/// The box's own token bucket over private requests (`spec/wire.md` §7): at most 20 in any minute.
package struct RequestBudget: Sendable, Equatable {
  package static let burst = 10
  package static let refillInterval = Duration.seconds(6)

  /// What a process begins with whose predecessor crashed a moment ago, and may have used up its own: one token, one look at
  /// the heads.
  package static let burstAfterCrash = 2

  private var tokens: Int
  private var refilledAt: Moment

  package init(at now: Moment, left: Int = RequestBudget.burst) {
    (tokens, refilledAt) = (min(max(0, left), Self.burst), now)
  }

  /// Requests that could be made at once.
  package func left(at now: Moment) -> Int {
    var budget = self
    budget.refill(at: now)
    return budget.tokens
  }

  /// What only the heads and the policy may take: a parent's change is enforced first, and told of afterwards.
  package static let reservedForPolicy = 4

  /// Takes one request, or says when the next may be made; `isUrgent` may take the reserve too.
  package mutating func take(at now: Moment, isUrgent: Bool) -> Moment? {
    refill(at: now)
    let floor = isUrgent ? 0 : Self.reservedForPolicy
    guard tokens > floor else { return refilledAt + Self.refillInterval * (floor + 1 - tokens) }
    tokens -= 1
    return nil
  }

  private mutating func refill(at now: Moment) {
    let elapsed = now - refilledAt
    let earned = Int(elapsed.nanoseconds / Self.refillInterval.nanoseconds)
    guard earned > 0 else { return }
    tokens = min(Self.burst, tokens + earned)
    refilledAt = tokens == Self.burst ? now : refilledAt + Self.refillInterval * earned
  }
}
