import AgentCore
import Testing

/// Offsets, days and midnights of zones; all times are real ones of the IANA database.
@Suite struct TimeZoneRulesTests {
  static let newYork = "EST5EDT,M3.2.0,M11.1.0"

  @Test(arguments: [
    (newYork, "2026-01-15T12:00:00Z", -18_000), (newYork, "2026-03-08T06:59:59Z", -18_000),
    (newYork, "2026-03-08T07:00:00Z", -14_400), (newYork, "2026-11-01T05:59:59Z", -14_400),
    (newYork, "2026-11-01T06:00:00Z", -18_000), (newYork, "2026-12-31T23:59:59Z", -18_000),
    // Without its days, daylight saving follows the days of the United States.
    ("EST5EDT", "2026-03-08T07:00:00Z", -14_400),
    // Helsinki: the rule's times are local ones.
    ("EET-2EEST,M3.5.0/3,M10.5.0/4", "2026-03-29T00:59:59Z", 7_200),
    ("EET-2EEST,M3.5.0/3,M10.5.0/4", "2026-03-29T01:00:00Z", 10_800),
    ("EET-2EEST,M3.5.0/3,M10.5.0/4", "2026-10-25T01:00:00Z", 7_200),
    // Sydney and Lord Howe: the south, and half an hour.
    ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-01-01T00:00:00Z", 39_600),
    ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-04-04T15:59:59Z", 39_600),
    ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-04-04T16:00:00Z", 36_000),
    ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-10-03T15:29:59Z", 37_800),
    ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-10-03T15:30:00Z", 39_600),
    // Dublin: the daylight offset is the smaller one.
    ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-15T12:00:00Z", 0),
    ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-15T12:00:00Z", 3_600),
    // Nuuk and Gaza: times of a rule below midnight and beyond a day.
    ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -7_200),
    ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -3_600),
    ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-27T23:59:59Z", 7_200),
    ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-28T00:00:00Z", 10_800),
    // Days by number: 60 of J is always the first of March, 59 of the other is it only without a leap day.
    ("XXX0YYY,J60/0,J61/0", "2028-03-01T00:00:00Z", 3_600), ("XXX0YYY,59/0,60/0", "2028-02-29T00:00:00Z", 3_600),
    ("XXX0YYY,59/0,60/0", "2027-03-01T00:00:00Z", 3_600),
    // Permanent daylight saving (RFC 9636 §3.3.1).
    ("XXX3EDT4,0/0,J365/23", "2026-01-01T02:59:59Z", -14_400),
    ("XXX3EDT4,0/0,J365/23", "2026-07-01T00:00:00Z", -14_400),
    ("UTC0", "2026-07-01T00:00:00Z", 0), ("<+0545>-5:45", "1900-01-01T00:00:00Z", 20_700),
    ("AAA-24:59:59", "2026-07-01T00:00:00Z", 89_999),
  ])
  func offsetSeconds_byRule_isTheZones(rule: String, instant: String, offset: Int) throws {
    #expect(try TimeZoneRules(posix: rule).offsetSeconds(at: at(instant)) == offset)
  }

  @Test(arguments: [
    "", "EST", "5", "ES5", "E1T5", "<ES5", "<E>5", "EST5 ", "EST25", "EST5:60", "EST5:00:60", "EST5EDT,",
    "EST5EDT,M3.2.0",
    "EST5EDT,M3.2.0,", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0",
    "EST5EDT,J0,J365", "EST5EDT,0,366", "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0,M11.1.0,", ":America/New_York",
    "EST5EDT4EST", "EST5,M3.2.0,M11.1.0", "ÄST5", "EST++5", "EST5EDT,M3.2,M11.1.0",
    String(repeating: "E", count: 300) + "5",
  ])
  func init_badRule_isRefused(rule: String) {
    #expect(throws: TimeZoneRules.Refusal.self) { try TimeZoneRules(posix: rule) }
  }

  @Test func init_everyCutOfARule_isReadOrRefused() {
    let rule = "<+1030>-10:30:15<+11>-11,M10.1.0/-2:30,J300/26"
    for length in 0..<rule.count { _ = try? TimeZoneRules(posix: String(rule.prefix(length))) }
    #expect(throws: Never.self) { try TimeZoneRules(posix: rule) }
  }

  @Test func localTime_aroundTheHoursThatChange_followsTheClock() throws {
    let zone = try TimeZoneRules(posix: Self.newYork)
    let table = [
      ("2026-03-08T06:59:59Z", "2026-03-08", 7_199), ("2026-03-08T07:00:00Z", "2026-03-08", 10_800),
      ("2026-11-01T03:59:59Z", "2026-10-31", 86_399), ("2026-11-01T04:00:00Z", "2026-11-01", 0),
      ("2026-11-01T05:30:00Z", "2026-11-01", 5_400), ("2026-11-01T06:30:00Z", "2026-11-01", 5_400),
      ("1969-12-31T23:59:59Z", "1969-12-31", 68_399),
    ]
    for (instant, day, second) in table {
      #expect(zone.localDate(at: try at(instant)) == (try date(day)), "\(instant)")
      #expect(zone.localSecondOfDay(at: try at(instant)) == second, "\(instant)")
    }
  }

  @Test func nextTransition_ofARule_isTheNextChange() throws {
    let zone = try TimeZoneRules(posix: Self.newYork)
    let changes = ["2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z", "2027-03-14T07:00:00Z", "2027-11-07T06:00:00Z"]
    var instant = try at("2026-01-01T00:00:00Z")
    for change in changes {
      instant = try #require(zone.nextTransition(after: instant))
      #expect(instant == (try at(change)))
    }
    #expect(TimeZoneRules.utc.nextTransition(after: instant) == nil)
    #expect(try TimeZoneRules(posix: "XXX3EDT4,0/0,J365/23").nextTransition(after: instant) == nil)
    #expect(try TimeZoneRules(posix: "XXX3YYY3,M3.2.0,M11.1.0").nextTransition(after: instant) == nil)
  }

  @Test(arguments: [
    (newYork, "2026-11-24", "2026-11-24T05:00:00Z"), (newYork, "2026-03-08", "2026-03-08T05:00:00Z"),
    (newYork, "2026-03-09", "2026-03-09T04:00:00Z"),
    // Beirut goes forward at midnight: the day begins at one o'clock.
    ("EET-2EEST,M3.5.0/0,M10.5.0/0", "2026-03-29", "2026-03-28T22:00:00Z"),
    // Beirut goes back at midnight to 23:00 of the day before, which then lasts 25 hours.
    ("EET-2EEST,M3.5.0/0,M10.5.0/0", "2026-10-25", "2026-10-24T22:00:00Z"),
    // St John's once went back at 00:01 to 23:01: the day had begun a minute before.
    ("NST3:30NDT,M4.1.0/0:01,M10.5.0/0:01", "2026-10-25", "2026-10-25T02:30:00Z"),
    ("UTC0", "1969-12-31", "1969-12-31T00:00:00Z"),
  ])
  func startOfDay_isTheFirstInstantOfThatDate(rule: String, day: String, instant: String) throws {
    #expect(try TimeZoneRules(posix: rule).startOfDay(date(day)) == at(instant))
  }

  @Test func day_clockPutBackOverMidnight_staysTheDayThatHasBegun() throws {
    let zone = try TimeZoneRules(posix: "NST3:30NDT,M4.1.0/0:01,M10.5.0/0:01")
    let table = [
      ("2026-10-25T02:29:59Z", "2026-10-24", "2026-10-24"), ("2026-10-25T02:30:00Z", "2026-10-25", "2026-10-25"),
      ("2026-10-25T02:31:00Z", "2026-10-24", "2026-10-25"), ("2026-10-25T03:29:59Z", "2026-10-24", "2026-10-25"),
      ("2026-10-25T03:30:00Z", "2026-10-25", "2026-10-25"), ("2026-10-26T03:30:00Z", "2026-10-26", "2026-10-26"),
    ]
    for (instant, shown, day) in table {
      #expect(zone.localDate(at: try at(instant)) == (try date(shown)), "\(instant)")
      #expect(zone.day(at: try at(instant)) == (try date(day)), "\(instant)")
    }
    #expect(zone.nextMidnight(after: try at("2026-10-25T02:45:00Z")) == (try at("2026-10-26T03:30:00Z")))
  }

  @Test func span_farthestInstants_areAnswered() throws {
    let zone = try TimeZoneRules(posix: Self.newYork)
    for seconds in [Int64.min, -(1 << 60), 1 << 60, .max] {
      #expect([-18_000, -14_400].contains(zone.offsetSeconds(at: WallTime(seconds: seconds))))
    }
  }
}
