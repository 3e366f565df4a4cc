import AgentCore
import Testing

@Suite struct RequestBudgetTests {
  private func moment(_ milliseconds: Int64) -> Moment { Moment(nanoseconds: milliseconds * 1_000_000) }

  /// Takes whenever it may for so long; returns when each request was made.
  private func takeGreedily(every step: Int64, from start: Int64 = 0, to end: Int64) -> [Int64] {
    var budget = RequestBudget(at: moment(0))
    return stride(from: start, through: end, by: Int(step)).filter {
      budget.take(at: moment($0), isUrgent: true) == nil
    }
  }

  private func mostInAnyMinute(_ taken: [Int64]) -> Int {
    taken.map { start in taken.count { $0 >= start && $0 < start + 60_000 } }.max() ?? 0
  }

  @Test(arguments: [1, 7, 250, 999, 5_999, 6_000] as [Int64])
  func take_greedily_isNeverMoreThanTwentyInAnyMinute(step: Int64) {
    for start in [0, 5_999, 59_999, 600_000] as [Int64] {
      #expect(mostInAnyMinute(takeGreedily(every: step, from: start, to: start + 300_000)) <= 20)
    }
  }

  @Test func take_greedily_makesTenAMinuteInTheLongRun() {
    let taken = takeGreedily(every: 100, to: 3_600_000)
    #expect((600...611).contains(taken.count))
  }

  @Test func take_burstUsedUp_namesTheMomentOfTheNext() {
    var budget = RequestBudget(at: moment(0))
    for _ in 0..<10 { #expect(budget.take(at: moment(0), isUrgent: true) == nil) }
    #expect(budget.take(at: moment(0), isUrgent: true) == moment(6_000))
    #expect(budget.take(at: moment(5_999), isUrgent: true) == moment(6_000))
    #expect(budget.take(at: moment(6_000), isUrgent: true) == nil)
    #expect(budget.take(at: moment(6_000), isUrgent: true) == moment(12_000))
  }

  @Test func take_afterADayOfRest_isTheBurstAndNoMore() {
    var budget = RequestBudget(at: moment(0))
    let later = moment(86_400_000)
    for _ in 0..<10 { #expect(budget.take(at: later, isUrgent: true) == nil) }
    #expect(budget.take(at: later, isUrgent: true) != nil)
  }

  /// A parent's change is enforced first and told of afterwards.
  @Test func take_reports_leaveTheReserveForHeadsAndPolicy() {
    var budget = RequestBudget(at: moment(0))
    var reports = 0
    while budget.take(at: moment(0), isUrgent: false) == nil { reports += 1 }
    #expect(reports == RequestBudget.burst - RequestBudget.reservedForPolicy)
    for _ in 0..<RequestBudget.reservedForPolicy { #expect(budget.take(at: moment(0), isUrgent: true) == nil) }
    #expect(budget.take(at: moment(0), isUrgent: true) == moment(6_000))
    #expect(budget.take(at: moment(0), isUrgent: false) == moment(30_000), "the reserve is filled first")
    #expect(budget.take(at: moment(29_999), isUrgent: false) == moment(30_000))
    #expect(budget.take(at: moment(30_000), isUrgent: false) == nil)
  }
}
