import Testing

@testable import UpstreamClient

struct BodyPaceTests {
  private static let second: Int64 = 1_000_000_000

  /// Bytes at seconds, and the second at which the body is given up when it is looked at each second up to 100.
  @Test(
    arguments: [
      // Nothing came: a parked answer is never judged.
      ([], nil),
      // A single byte, then nothing: one window after it.
      ([(50, 1)], 70),
      // A burst that is worth a window, then nothing: the first quarters still hold it.
      ([(0, 2000)], 25),
      // Exactly 100 B/s.
      ((0..<100).map { ($0, 100) }, nil),
      // A little less.
      ((0..<100).map { ($0, 99) }, 20),
      // Fast, then stopped at 40: at most a window and a quarter later.
      ((0..<40).map { ($0, 5000) }, 60),
      // Lumps of 10 s are fine.
      (stride(from: 0, to: 100, by: 10).map { ($0, 1000) }, nil),
    ] as [([(Int, Int)], Int?)])
  func isTooSlow_overTime_isTrueOnceAWindowBroughtTooLittle(arrivals: [(Int, Int)], end: Int?) {
    var pace = BodyPace(bytesPerSecond: 100, window: .seconds(20))
    var given: Int?
    for second in 0...100 where given == nil {
      let now = Int64(second) * BodyPaceTests.second
      if pace.isTooSlow(at: now) { given = second }
      for arrival in arrivals where arrival.0 == second { pace.count(arrival.1, at: now) }
    }
    #expect(given == end)
  }

  @Test func nextLook_beforeAndAfterTheFirstByte_isNoneThenAQuarterAhead() {
    var pace = BodyPace(bytesPerSecond: 100, window: .seconds(20))
    #expect(pace.nextLook == nil)
    pace.count(1, at: 7)
    #expect(pace.nextLook == 7 + 5 * BodyPaceTests.second)
    let isTooSlow = pace.isTooSlow(at: 7 + 5 * BodyPaceTests.second)
    #expect(!isTooSlow)
    #expect(pace.nextLook == 7 + 10 * BodyPaceTests.second)
  }
}
