/// What this box may count of the family's budgets (`spec/wire.md` §2; design, Two boxes, one budget).
///
/// A lease is a number that this box's own count of a profile's day may reach. Where a day has a budget:
///
/// | the box | its own count may reach |
/// |---|---|
/// | is online, its lease valid | the lease |
/// | is online, and waits for a lease | the last one and `grace` beyond it, within which the next one comes |
/// | is online, and was told that there is none | the last one |
/// | is cut off | the last one and the policy's `offline_minutes` beyond it |
///
/// The budget as far as the box knows it is the evaluator's, and is never passed.
package struct LeaseBook: Sendable, Equatable {
  /// A profile's last lease as the journal keeps it.
  package struct Row: Sendable, Equatable {
    package var profile: String
    package var date: CalendarDate
    /// Seconds of the date by this box's own count.
    package var throughSeconds: Int64
    /// Nil once it was given back or taken away: what it allowed until then stays allowed.
    package var until: WallTime?

    package init(profile: String, date: CalendarDate, throughSeconds: Int64, until: WallTime?) {
      (self.profile, self.date, self.throughSeconds, self.until) = (profile, date, throughSeconds, until)
    }
  }

  /// What an online box may count while it waits for a lease, seconds.
  package static let grace: Int64 = 15
  /// A running total is sent when a lease has no more than this left, seconds.
  package static let short: Int64 = 180
  /// A box that is not the family's only one is leased no more than this until the end of the day, and otherwise for no longer than
  /// `openSeconds` (`spec/wire.md` §2). Seconds.
  static let idleSeconds: Int64 = 300
  static let openSeconds: Int64 = 1_200

  private var rows: [String: Row]
  /// Profiles whose lease was given back since the upstream was last heard.
  private var awaited: Set<String> = []
  /// The family-local day on which the upstream was last heard.
  private var heardOn: CalendarDate?

  package init(_ rows: [Row] = []) {
    self.rows = Dictionary(rows.map { ($0.profile, $0) }, uniquingKeysWith: { _, last in last })
  }

  package func row(_ profile: String) -> Row? { rows[profile] }

  /// Takes the complete list of the heads; returns the rows that differ now.
  ///
  /// - Parameter counted: what this box counted of a profile's day, seconds: a lease that is gone from the list allows no more than that.
  mutating func hear(
    _ leases: [Heads.Lease], on date: CalendarDate, counted: (String, CalendarDate) -> Int64
  ) -> [Row] {
    let before = rows
    (awaited, heardOn) = ([], date)
    for (profile, row) in rows where row.until != nil && !leases.contains(where: { $0.profile == profile }) {
      rows[profile] = returned(row, counted: counted(profile, row.date))
    }
    for lease in leases {
      rows[lease.profile] = Row(
        profile: lease.profile, date: lease.date, throughSeconds: lease.throughSeconds, until: lease.until)
    }
    return rows.values.filter { before[$0.profile] != $0 }.sorted { $0.profile < $1.profile }
  }

  /// A session's end gives the rest back, but for the whole day that a family's only box has; nil: nothing changed.
  mutating func giveBack(_ profile: String, counted: Int64, at now: WallTime, midnight: WallTime) -> Row? {
    guard let row = rows[profile], let until = row.until else { return nil }
    let isWholeDay =
      until >= midnight && row.throughSeconds - counted > Self.idleSeconds && midnight - now > Self.openSeconds
    guard !isWholeDay else { return nil }
    let next = returned(row, counted: counted)
    rows[profile] = next
    awaited.insert(profile)
    return next
  }

  /// A session is about to begin: the upstream, when it hears of it, may lease anew. It gains `grace` beyond the last lease once, however
  /// often it begins.
  mutating func expect(_ profile: String) { awaited.insert(profile) }

  private func returned(_ row: Row, counted: Int64) -> Row {
    Row(profile: row.profile, date: row.date, throughSeconds: min(row.throughSeconds, counted), until: nil)
  }

  /// Seconds of the date that this box's own count may reach.
  package func limit(
    _ profile: String, on date: CalendarDate, at now: WallTime, isOnline: Bool, offlineMinutes: Int
  ) -> Int64 {
    let row = rows[profile].flatMap { $0.date == date ? $0 : nil }
    let last = row?.throughSeconds ?? 0
    guard isOnline else { return last + Int64(offlineMinutes) * 60 }
    if isValid(row, at: now) { return last }
    return heardOn != date || awaited.contains(profile) ? last + Self.grace : last
  }

  /// Seconds that a valid lease leaves; nil without one.
  package func left(_ profile: String, on date: CalendarDate, at now: WallTime, counted: Int64) -> Int64? {
    guard let row = rows[profile], row.date == date, isValid(row, at: now) else { return nil }
    return row.throughSeconds - counted
  }

  private func isValid(_ row: Row?, at now: WallTime) -> Bool { row?.until.map { now < $0 } ?? false }
}
