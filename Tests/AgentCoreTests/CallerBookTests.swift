import AgentCore
import Testing

/// One user's calls take nothing from another's.
@Suite struct CallerBookTests {
  private func moment(_ milliseconds: Int64) -> Moment { Moment(nanoseconds: milliseconds * 1_000_000) }

  @Test func take_burst_isGivenAndThenTheRateAlone() {
    var book = CallerBook()
    let taken = (0..<1_000).count { _ in book.take(7, at: moment(0)) == nil }
    #expect(taken == Limits.busCallBurst)
    #expect(book.take(7, at: moment(0)) == .tooFast)
    #expect(book.take(8, at: moment(0)) == nil, "another user")
    let later = (0..<1_000).count { _ in book.take(7, at: moment(1_000)) == nil }
    #expect(later == Limits.busCallsPerSecond)
    // A rest fills the bucket and no more.
    let rested = (0..<1_000).count { _ in book.take(7, at: moment(1_000_000)) == nil }
    #expect(rested == Limits.busCallBurst)
  }

  @Test func wait_manyCalls_areRefusedUntilOneIsAnswered() {
    var book = CallerBook()
    let waiting = (0..<500).count { _ in book.wait(7, at: moment(0)) == nil }
    #expect(waiting == Limits.busWaitingCallsPerUser)
    #expect(book.wait(7, at: moment(0)) == .tooManyWaiting)
    #expect(book.wait(8, at: moment(0)) == nil)
    book.answered(7)
    #expect(book.wait(7, at: moment(0)) == nil)
    #expect(book.wait(7, at: moment(0)) == .tooManyWaiting)
  }

  @Test func exempt_user_hasNoLimit() {
    var book = CallerBook(exempt: [0])
    for _ in 0..<10_000 {
      #expect(book.take(0, at: moment(0)) == nil)
      #expect(book.wait(0, at: moment(0)) == nil)
    }
  }

  @Test func take_endlessUsers_areForgottenWhenTheyRest() {
    var book = CallerBook()
    for user in 0..<UInt32(Limits.busUsers) { #expect(book.take(user, at: moment(0)) == nil) }
    #expect(book.take(9_999, at: moment(0)) == .tooManyUsers)
    #expect(book.take(9_999, at: moment(10_000)) == nil)
    // One that has calls waiting is not forgotten.
    var other = CallerBook()
    #expect(other.wait(1, at: moment(0)) == nil)
    for user in 2...UInt32(Limits.busUsers) { #expect(other.take(user, at: moment(0)) == nil) }
    for _ in 1..<Limits.busWaitingCallsPerUser { #expect(other.wait(1, at: moment(10_000)) == nil) }
    #expect(other.take(9_999, at: moment(20_000)) == nil)
    #expect(other.wait(1, at: moment(20_000)) == .tooManyWaiting)
  }
}
