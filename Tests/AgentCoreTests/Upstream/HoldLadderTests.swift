import AgentCore
import Testing

@Suite struct HoldLadderTests {
  enum Step {
    case clean(Int)
    case early
    case cut
  }

  @Test(
    arguments: [
      ("a new one", [], 25),
      ("four clean holds", [.clean(4)], 25),
      ("five clean holds", [.clean(5)], 55),
      ("ten", [.clean(10)], 110),
      ("fifteen", [.clean(15)], 290),
      ("there is no rung above the last", [.clean(60)], 290),
      ("a cut on the lowest", [.cut], 25),
      ("one down", [.clean(10), .cut], 55),
      ("a cut takes the clean holds too", [.clean(9), .cut, .clean(4)], 25),
      ("and five lead up again", [.clean(9), .cut, .clean(5)], 55),
      ("an early 204 neither counts nor resets", [.clean(4), .early, .clean(1)], 55),
      ("many early ones do not count", [.early, .early, .early, .early, .early, .early], 25),
    ] as [(String, [Step], Int)])
  func unchanged_stepsTaken_leadToTheRung(story: String, steps: [Step], expected: Int) {
    var ladder = HoldLadder()
    for step in steps {
      let wait = ladder.waitSeconds(cap: nil)
      switch step {
      case .clean(let count): for _ in 0..<count { hold(&ladder) }
      case .early: ladder.unchanged(waitSeconds: wait, after: .seconds(wait - 6))
      case .cut: ladder.endedPrematurely()
      }
    }
    #expect(ladder.waitSeconds(cap: nil) == expected, "\(story)")
  }

  private func hold(_ ladder: inout HoldLadder) {
    let wait = ladder.waitSeconds(cap: nil)
    ladder.unchanged(waitSeconds: wait, after: .seconds(wait - 5))
  }

  @Test func unchanged_ofAnImmediateAnswer_doesNotCount() {
    var ladder = HoldLadder()
    for _ in 0..<20 { ladder.unchanged(waitSeconds: 0, after: .zero) }
    #expect(ladder.waitSeconds(cap: nil) == 25)
  }

  @Test(arguments: [(nil, 290), (240, 240), (300, 290), (10, 10), (0, 0), (-5, 0)] as [(Int?, Int)])
  func waitSeconds_cappedByTheUpstream_isTheSmaller(cap: Int?, expected: Int) {
    var ladder = HoldLadder()
    for _ in 0..<15 { hold(&ladder) }
    #expect(ladder.waitSeconds(cap: cap) == expected)
  }
}
