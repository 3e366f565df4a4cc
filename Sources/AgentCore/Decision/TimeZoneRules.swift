/// A time zone's offsets from UTC, past and to come, as a pure value.
///
/// A table of changes, then a yearly rule, as the zone's file or a POSIX TZ string gives them (RFC 9636). Offsets are
/// seconds east of UTC. All methods answer for any instant; before the first change the zone's first offset holds.
package struct TimeZoneRules: Sendable, Equatable {
  /// No offset lies further from UTC than this, seconds either way (RFC 9636 §3.2 recommends -89999 to 93599).
  static let largestOffset: Int64 = 93_599

  /// Instants at which the offset may change, ascending, seconds since the epoch.
  let changes: [Int64]
  /// The offset before the first change, then the one from each change on; one more than `changes`.
  let offsets: [Int64]
  /// What holds from the last change on; nil: the last offset for ever.
  let rule: YearlyRule?

  /// Coordinated universal time.
  package static let utc = TimeZoneRules(changes: [], offsets: [0], rule: nil)

  init(changes: [Int64], offsets: [Int64], rule: YearlyRule?) {
    precondition(offsets.count == changes.count + 1, "a zone has one offset more than changes")
    (self.changes, self.offsets, self.rule) = (changes, offsets, rule)
  }

  /// Why text or bytes are no time zone; one line to read.
  package enum Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// The bytes are no TZif file of version 2 or later, or are cut short.
    case notTimeZoneFile(String)
    /// The text is no POSIX TZ string.
    case notRule(String)

    package var description: String {
      switch self {
      case .notTimeZoneFile(let why): "no usable time zone file: \(why)"
      case .notRule(let why): "no POSIX time zone rule: \(why)"
      }
    }
  }

  /// Seconds east of UTC at an instant.
  package func offsetSeconds(at instant: WallTime) -> Int { Int(span(at: instant.seconds).offset) }

  /// The date that a clock of the zone shows.
  package func localDate(at instant: WallTime) -> CalendarDate { LocalTime(at: instant, in: self).date }

  /// What a clock of the zone shows, seconds since its midnight, 0 to 86399.
  package func localSecondOfDay(at instant: WallTime) -> Int { Int(LocalTime(at: instant, in: self).second) }

  /// The first instant after the given one at which the offset differs from the one before; nil: never again.
  package func nextTransition(after instant: WallTime) -> WallTime? {
    var span = span(at: instant.seconds)
    // A rule that changed nothing in so many spans is one of permanent daylight saving.
    for _ in 0..<(changes.count + 32) where span.end < .max {
      let next = self.span(at: span.end)
      if next.offset != span.offset { return WallTime(seconds: span.end) }
      span = next
    }
    return nil
  }

  /// The first instant whose local date is the given one, or a later one where the zone left that date out.
  package func startOfDay(_ date: CalendarDate) -> WallTime {
    let midnight = Int64(date.daysSinceEpoch) * 86_400
    // No offset is so large that the date could have begun any earlier.
    var from = midnight - TimeZoneRules.largestOffset
    while true {
      let span = span(at: from)
      let candidate = max(from, midnight - span.offset)
      if candidate < span.end { return WallTime(seconds: candidate) }
      from = span.end
    }
  }

  /// The family-local day: the last date that has begun, also while the clock was put back before its midnight.
  package func day(at instant: WallTime) -> CalendarDate {
    var date = localDate(at: instant)
    // Only a change of the last two days can have taken the clock back over a midnight.
    guard span(at: instant.seconds).start > instant.seconds - 2 * TimeZoneRules.largestOffset else { return date }
    while true {
      let next = CalendarDate(daysSinceEpoch: date.daysSinceEpoch + 1)
      guard startOfDay(next) <= instant else { return date }
      date = next
    }
  }

  /// The first instant of the family-local day after the given instant's.
  package func nextMidnight(after instant: WallTime) -> WallTime {
    startOfDay(CalendarDate(daysSinceEpoch: day(at: instant).daysSinceEpoch + 1))
  }

  /// A stretch of time with one offset, `start ..< end`; the stretches beside it may have the same.
  struct Span: Equatable {
    var start: Int64
    var end: Int64
    var offset: Int64
  }

  /// The stretch that an instant lies in.
  func span(at second: Int64) -> Span {
    let passed = changes.count(upTo: second)
    let start = passed == 0 ? .min : changes[passed - 1]
    if passed < changes.count { return Span(start: start, end: changes[passed], offset: offsets[passed]) }
    guard let rule else { return Span(start: start, end: .max, offset: offsets[passed]) }
    var span = rule.span(at: second)
    span.start = max(span.start, start)
    return span
  }
}

extension [Int64] {
  /// How many elements of an ascending array are not above the value.
  func count(upTo value: Int64) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] <= value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
