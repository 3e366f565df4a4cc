/// Measured durations and their percentiles, in milliseconds.
struct Samples: Sendable {
  private var milliseconds: [Double] = []

  init() {}

  var count: Int { milliseconds.count }

  mutating func add(_ duration: Duration) { milliseconds.append(duration / .milliseconds(1)) }

  /// The smallest sample that so many per cent of all do not exceed (nearest rank); zero where there is none.
  func percentile(_ percent: Int) -> Double {
    let sorted = milliseconds.sorted()
    guard !sorted.isEmpty else { return 0 }
    let rank = (sorted.count * percent + 99) / 100
    return sorted[min(max(rank, 1), sorted.count) - 1]
  }

  var median: Double { percentile(50) }

  /// Runs the body and adds how long it took by CLOCK_MONOTONIC, which is what `SuspendingClock` reads on Linux.
  mutating func measure<Result>(_ body: () throws -> Result) rethrows -> Result {
    let start = SuspendingClock.now
    let result = try body()
    add(SuspendingClock.now - start)
    return result
  }
}
