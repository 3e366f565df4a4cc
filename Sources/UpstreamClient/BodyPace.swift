/// Whether a body still comes fast enough: at least so many bytes a second over the last window.
///
/// It begins with the body's first byte, so a parked answer, which sends nothing for minutes, is not judged. The window
/// moves in quarters: a body that stops is given up after one window and at most a quarter more.
struct BodyPace {
  /// Bytes that a whole window must bring.
  private let bytesPerWindow: Int
  private let quarterNanoseconds: Int64
  /// Bytes of the running quarter and, before it, of up to three whole ones.
  private var quarters: [Int] = []
  private var quarterEnd: Int64?

  init(bytesPerSecond: Int, window: Duration) {
    let nanoseconds = window.components.seconds * 1_000_000_000 + window.components.attoseconds / 1_000_000_000
    bytesPerWindow = Int(Double(bytesPerSecond) * Double(nanoseconds) / 1e9)
    quarterNanoseconds = max(1, nanoseconds / 4)
  }

  /// When to look next, nanoseconds of CLOCK_MONOTONIC; nil before the first byte.
  var nextLook: Int64? { quarterEnd }

  mutating func count(_ bytes: Int, at now: Int64) {
    if quarterEnd == nil {
      quarterEnd = now + quarterNanoseconds
      quarters = [0]
    }
    quarters[quarters.count - 1] += bytes
  }

  /// True where the last whole window brought too little; otherwise quarters that are over are closed.
  mutating func isTooSlow(at now: Int64) -> Bool {
    while let end = quarterEnd, now >= end {
      if quarters.count == 4 {
        guard quarters.reduce(0, +) >= bytesPerWindow else { return true }
        quarters.removeFirst()
      }
      quarters.append(0)
      quarterEnd = end + quarterNanoseconds
    }
    return false
  }
}
