extension TimeZoneRules {
  /// What the clock and the calendar of a zone show at an instant; it can be moved on.
  struct LocalTime {
    /// Seconds since the epoch.
    private(set) var instant: Int64
    /// The stretch of one offset that the instant lies in.
    private(set) var span: Span
    /// The date that the calendar shows.
    private(set) var date: CalendarDate
    /// Seconds since the clock's midnight, 0 to 86399.
    private(set) var second: Int64

    init(at instant: WallTime, in zone: TimeZoneRules) {
      let span = zone.span(at: instant.seconds)
      self.instant = instant.seconds
      self.span = span
      (date, second) = LocalTime.dateAndSecond(of: instant.seconds, offset: span.offset)
    }

    /// Moves to a later instant.
    mutating func advance(to instant: Int64, in zone: TimeZoneRules) {
      self.instant = instant
      if instant >= span.end { span = zone.span(at: instant) }
      (date, second) = LocalTime.dateAndSecond(of: instant, offset: span.offset)
    }

    /// When the clock next shows midnight, or earlier where the offset may change before.
    var nextDateOrChange: Int64 { min(span.end, instant + (86_400 - second)) }

    private static func dateAndSecond(of instant: Int64, offset: Int64) -> (CalendarDate, Int64) {
      let local = instant + offset
      let days = local.flooredQuotient(86_400)
      return (CalendarDate(daysSinceEpoch: Int(days)), local - days * 86_400)
    }
  }
}
