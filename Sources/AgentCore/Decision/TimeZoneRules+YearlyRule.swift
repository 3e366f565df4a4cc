extension TimeZoneRules {
  /// A rule for every year: one offset, or two that change on the same two days (POSIX TZ; RFC 9636 §3.3.1).
  struct YearlyRule: Sendable, Equatable {
    /// Seconds east of UTC.
    var standardOffset: Int64
    /// Nil where the zone has one offset.
    var daylight: Daylight?

    struct Daylight: Sendable, Equatable {
      /// Seconds east of UTC; it may be the smaller one.
      var offset: Int64
      /// Begins by the standard clock.
      var start: YearDay
      /// Ends by the daylight clock.
      var end: YearDay
    }

    /// The stretch of one offset around an instant.
    func span(at second: Int64) -> Span {
      guard let daylight else { return Span(start: .min, end: .max, offset: standardOffset) }
      // Beyond the years that a calendar of whole numbers reaches, the nearest such year stands for all.
      let second = min(max(second, -YearlyRule.reach), YearlyRule.reach)
      let year = CalendarDate(daysSinceEpoch: Int((second + standardOffset).flooredQuotient(86_400))).components.year
      var span = Span(start: .min, end: .max, offset: standardOffset)
      // A time of day may lie a week outside its day, hence two years either way.
      for year in (year - 2)...(year + 2) {
        let start = daylight.start.second(of: year) - standardOffset
        var end = daylight.end.second(of: year) - daylight.offset
        if end <= start { end = daylight.end.second(of: year + 1) - daylight.offset }
        if start <= second, second < end { span.offset = daylight.offset }
        for edge in [start, end] {
          if edge <= second { span.start = max(span.start, edge) } else { span.end = min(span.end, edge) }
        }
      }
      return span
    }

    /// Seconds either side of the epoch, some 285 million years.
    private static let reach: Int64 = 1 << 53
  }

  /// A day of any year and a time on it.
  struct YearDay: Sendable, Equatable {
    enum Day: Sendable, Equatable {
      /// `Jn`: 1 to 365, the leap day is never counted.
      case julian(Int)
      /// `n`: 0 to 365, the leap day is counted.
      case zeroBased(Int)
      /// `Mm.w.d`: the week-th such weekday of a month, 5 for the last; 0 is Sunday.
      case weekday(month: Int, week: Int, day: Int)
    }

    var day: Day
    /// From the day's midnight, up to 167 hours either way.
    var seconds: Int64

    /// Seconds from the epoch to the day and time in a year, by the local clock.
    func second(of year: Int) -> Int64 { Int64(date(in: year)) * 86_400 + seconds }

    private func date(in year: Int) -> Int {
      switch day {
      case .julian(let number):
        let isAfterLeapDay = number >= 60 && CalendarDate.length(ofMonth: 2, year: year) == 29
        return CalendarDate(year: year, month: 1, day: 1).daysSinceEpoch + number - (isAfterLeapDay ? 0 : 1)
      case .zeroBased(let number):
        return CalendarDate(year: year, month: 1, day: 1).daysSinceEpoch + number
      case .weekday(let month, let week, let day):
        let first = CalendarDate(year: year, month: month, day: 1)
        // `weekday` counts from Monday, the rule from Sunday.
        let ahead = (day + 6 - first.weekday) % 7 + (week - 1) * 7
        let isPastMonth = ahead >= CalendarDate.length(ofMonth: month, year: year)
        return first.daysSinceEpoch + ahead - (isPastMonth ? 7 : 0)
      }
    }
  }
}
