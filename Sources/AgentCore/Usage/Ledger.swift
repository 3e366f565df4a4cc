/// What this box counted, by profile and family-local day. Unit: milliseconds of play time.
package struct Ledger: Sendable, Equatable {
  package struct Day: Sendable, Equatable {
    package var total: Int64 = 0
    package var apps: [String: Int64] = [:]
  }

  /// Days that are kept beside today: a session may begin before midnight and end after it.
  package static let daysKept = 2

  private var days: [String: [CalendarDate: Day]] = [:]

  package init(_ rows: [JournalContents.LedgerRow] = []) {
    for row in rows {
      days[row.profile, default: [:]][row.date] = Day(
        total: row.seconds * 1_000, apps: row.apps.mapValues { $0 * 1_000 })
    }
  }

  package func day(_ profile: String, _ date: CalendarDate) -> Day { days[profile]?[date] ?? Day() }

  /// What a profile counted, by day, whole seconds.
  package func rows(_ profile: String) -> [(date: CalendarDate, seconds: Int64)] {
    (days[profile] ?? [:]).map { ($0.key, $0.value.total / 1_000) }
  }

  /// Counts the same stretch once for the profile and once for each app, however many sessions played in it.
  package mutating func add(_ milliseconds: Int64, profile: String, apps: Set<String>, date: CalendarDate) {
    guard milliseconds > 0 else { return }
    var day = day(profile, date)
    day.total += milliseconds
    for app in apps { day.apps[app, default: 0] += milliseconds }
    var kept = days[profile] ?? [:]
    kept[date] = day
    days[profile] = kept.filter { date.daysSinceEpoch - $0.key.daysSinceEpoch <= Self.daysKept }
  }

  /// The row as the journal keeps it, whole seconds.
  package func row(_ profile: String, _ date: CalendarDate) -> JournalChange {
    let day = day(profile, date)
    return .ledger(
      profile: profile, date: date, seconds: day.total / 1_000, apps: day.apps.mapValues { $0 / 1_000 })
  }
}
