/// How long the next held request may last (`spec/wire.md` §2): 25 → 55 → 110 → 290 s.
///
/// | the hold ended with | rung |
/// |---|---|
/// | a 204 after at least `wait` − 5 s, five times in a row | one up |
/// | a 200 | stays, the count too |
/// | a premature end without a complete answer | one down |
package struct HoldLadder: Sendable, Equatable {
  package static let rungsSeconds = [25, 55, 110, 290]
  package static let cleanHoldsForNextRung = 5
  package static let toleranceSeconds: Int64 = 5

  private var rung = 0
  private var cleanHolds = 0

  package init() {}

  /// The wait to ask for, capped by what the upstream wants.
  package func waitSeconds(cap: Int?) -> Int {
    min(Self.rungsSeconds[rung], max(0, cap ?? Int.max))
  }

  /// A 204 came for a hold of `waitSeconds` after so much time.
  package mutating func unchanged(waitSeconds: Int, after elapsed: Duration) {
    guard waitSeconds > 0, elapsed.wholeSeconds >= Int64(waitSeconds) - Self.toleranceSeconds else { return }
    cleanHolds += 1
    if cleanHolds >= Self.cleanHoldsForNextRung, rung < Self.rungsSeconds.count - 1 {
      rung += 1
      cleanHolds = 0
    }
  }

  package mutating func endedPrematurely() {
    rung = max(0, rung - 1)
    cleanHolds = 0
  }
}
