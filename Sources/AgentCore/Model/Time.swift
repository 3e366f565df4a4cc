/// A point on CLOCK_BOOTTIME: it counts through suspend and never steps.
///
/// Delays, deadlines and trusted time are measured on it. Unit: nanoseconds since boot.
package struct Moment: Hashable, Comparable, Sendable {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package static func < (a: Moment, b: Moment) -> Bool { a.nanoseconds < b.nanoseconds }
  package static func + (a: Moment, b: Duration) -> Moment { Moment(nanoseconds: a.nanoseconds + b.nanoseconds) }
  package static func - (a: Moment, b: Moment) -> Duration { .nanoseconds(a.nanoseconds - b.nanoseconds) }
}

/// A point on CLOCK_MONOTONIC: it stops in suspend. All screen time is measured on it.
///
/// Unit: nanoseconds since boot, suspend left out.
package struct PlayTime: Hashable, Comparable, Sendable {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package static func < (a: PlayTime, b: PlayTime) -> Bool { a.nanoseconds < b.nanoseconds }
  package static func - (a: PlayTime, b: PlayTime) -> Duration { .nanoseconds(a.nanoseconds - b.nanoseconds) }
}

/// A point of trusted time, the only wall time that policies see. Unit: whole seconds since 1970-01-01T00:00:00Z.
///
/// In JSON it is an instant such as `2026-11-24T20:10:00Z`. A fraction is accepted and rounded up, so that
/// `at < until` and `from ≤ at` hold for whole seconds exactly when they hold for the fraction.
package struct WallTime: Hashable, Comparable, Sendable {
  package var seconds: Int64

  package init(seconds: Int64) { self.seconds = seconds }

  package static func < (a: WallTime, b: WallTime) -> Bool { a.seconds < b.seconds }
  package static func + (a: WallTime, b: Int64) -> WallTime { WallTime(seconds: a.seconds + b) }
  package static func - (a: WallTime, b: WallTime) -> Int64 { a.seconds - b.seconds }
}

/// A calendar date without a zone: a family-local day. In JSON `2026-11-24`.
package struct CalendarDate: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01 in the proleptic Gregorian calendar.
  package var daysSinceEpoch: Int

  package init(daysSinceEpoch: Int) { self.daysSinceEpoch = daysSinceEpoch }

  package static func < (a: CalendarDate, b: CalendarDate) -> Bool { a.daysSinceEpoch < b.daysSinceEpoch }
}

extension Duration {
  /// The whole duration in nanoseconds; it traps past 292 years.
  package var nanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
  /// Whole seconds, rounded down for a positive duration.
  package var wholeSeconds: Int64 { components.seconds }
  /// Whole milliseconds, rounded down for a positive duration.
  package var wholeMilliseconds: Int64 { nanoseconds / 1_000_000 }
}
