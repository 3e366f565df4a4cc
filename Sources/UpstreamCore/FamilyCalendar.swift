import AgentCore

/// The family-local day that an instant lies in, by the policy's time zone.
package struct LocalDay: Sendable, Equatable {
  package var date: CalendarDate
  /// The first instant of the next day.
  package var endsAt: WallTime
  package init(date: CalendarDate, endsAt: WallTime) { (self.date, self.endsAt) = (date, endsAt) }
}

/// Finds family-local days; the shell knows the time zone, the rules only ask.
package struct FamilyCalendar: Sendable {
  package var day: @Sendable (WallTime) -> LocalDay
  package init(_ day: @escaping @Sendable (WallTime) -> LocalDay) { self.day = day }

  /// Days of UTC, for a family without a policy.
  package static let utc = FamilyCalendar { time in
    let days = time.seconds >= 0 ? time.seconds / 86_400 : -((86_399 - time.seconds) / 86_400)
    return LocalDay(date: CalendarDate(daysSinceEpoch: Int(days)), endsAt: WallTime(seconds: (days + 1) * 86_400))
  }
}
