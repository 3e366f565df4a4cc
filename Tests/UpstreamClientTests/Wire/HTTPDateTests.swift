import AgentCore
import Testing

@testable import UpstreamClient

struct HTTPDateTests {
  @Test(
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
      ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
      ("Tue, 24 Nov 2026 20:10:00 GMT", 1_795_551_000),
      ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
      // The name of the day is not compared.
      ("Mon, 06 Nov 1994 08:49:37 GMT", 784_111_777),
      // A leap second.
      ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
      ("Sunday, 06-Nov-94 08:49:37 GMT", nil),
      ("Sun Nov  6 08:49:37 1994", nil),
      ("Xxx, 06 Nov 1994 08:49:37 GMT", nil),
      ("Sun, 06 nov 1994 08:49:37 GMT", nil),
      ("Sun, 31 Nov 1994 08:49:37 GMT", nil),
      ("Wed, 29 Feb 2023 00:00:00 GMT", nil),
      ("Sun, 00 Nov 1994 08:49:37 GMT", nil),
      ("Sun, 06 Nov 1994 24:00:00 GMT", nil),
      ("Sun, 06 Nov 1994 08:60:37 GMT", nil),
      ("Sun, 06 Nov 1994 08:49:61 GMT", nil),
      ("Sun, 06 Nov 1994 08:49:37 UTC", nil),
      ("Sun, 06 Nov 1994 08:49:37 GMT ", nil),
      ("Sun, +6 Nov 1994 08:49:37 GMT", nil),
      ("", nil),
    ] as [(String, Int64?)])
  func read_text_givesTheInstantOrNothing(text: String, seconds: Int64?) {
    #expect(HTTPDate.read(text)?.seconds == seconds)
  }

  @Test(
    arguments: [
      ("0", 0), ("120", 120), ("007", 7),
      // Longer than is told.
      ("1000000001", 1_000_000_000), ("99999999999999999999999", 1_000_000_000),
      ("Sun, 06 Nov 1994 08:49:38 GMT", 1), ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
      ("Sun, 06 Nov 9994 08:49:37 GMT", 1_000_000_000),
      // Before the answer: void.
      ("Sun, 06 Nov 1994 08:49:36 GMT", nil),
      ("-1", nil), ("1.5", nil), ("+1", nil), (" 1", nil), ("soon", nil), ("", nil), ("{{seconds}}", nil),
    ] as [(String, Int64?)])
  func readDelay_text_givesSecondsOrNothing(text: String, seconds: Int64?) {
    let answered = HTTPDate.read("Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(HTTPDate.readDelay(text, answered: answered) == seconds.map { .seconds($0) })
  }

  @Test func readDelay_dateWithoutDateOfTheAnswer_isVoid() {
    #expect(HTTPDate.readDelay("Sun, 06 Nov 1994 08:49:37 GMT", answered: nil) == nil)
    #expect(HTTPDate.readDelay("3", answered: nil) == .seconds(3))
  }
}
