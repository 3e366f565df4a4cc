import AgentCore
import Foundation
import UpstreamCore

/// What a parent sees of a family's usage: each session once with its last totals, days, and what was denied.
struct UsageSummary {
  static let kinds = ["session_started", "session_progress", "session_ended", "decision_denied"]
  /// Newest rows that are looked at.
  static let rowLimit = 5_000

  private var sessions: [AdminDocuments.Usage.Session] = []
  private var days: [DayKey: Int64] = [:]
  private var denied: [AdminDocuments.Usage.Denied] = []

  private struct DayKey: Hashable {
    var profile: String
    var date: CalendarDate
  }

  private struct Event: Decodable {
    var profile: String?
    var session: String?
    var title: TitleReference?
    var app: String?
    var days: [PlayedDay]?
    var reason: String?
    var reasons: [String]?
    var count: Int?
  }

  private struct Building {
    var session: AdminDocuments.Usage.Session
    var played: [CalendarDate: Int64] = [:]
  }

  /// `rows` newest first.
  init(rows: [FamilyStore.UsageLineRow]) {
    var building: [SessionKey: Building] = [:]
    let decoder = JSONDecoder()
    for row in rows.reversed() {
      guard let event = try? decoder.decode(Event.self, from: Data(row.line.utf8)) else { continue }
      if row.kind == "decision_denied" {
        denied.append(
          AdminDocuments.Usage.Denied(
            profile: event.profile, title: event.title?.text, app: event.app, reasons: event.reasons ?? [],
            count: event.count ?? 1, at: row.at))
        continue
      }
      guard let name = event.session else { continue }
      let key = SessionKey(device: row.device, session: name)
      var held =
        building[key]
        ?? Building(
          session: AdminDocuments.Usage.Session(
            device: row.device, profile: event.profile, seconds: 0, minutes: 0, ended: false))
      if row.kind == "session_started" {
        (held.session.title, held.session.app, held.session.started_at) = (event.title, event.app, row.at)
      }
      for day in event.days ?? [] { held.played[day.date] = max(held.played[day.date] ?? 0, day.playedSeconds) }
      if row.kind == "session_ended" { (held.session.ended, held.session.reason) = (true, event.reason) }
      building[key] = held
    }
    for held in building.values {
      var session = held.session
      session.seconds = held.played.values.reduce(0, +)
      session.minutes = UsageSummary.minutes(session.seconds)
      sessions.append(session)
      for (date, seconds) in held.played {
        guard let profile = session.profile else { continue }
        days[DayKey(profile: profile, date: date), default: 0] += seconds
      }
    }
    let epoch = WallTime(seconds: 0)
    sessions.sort { ($0.started_at ?? epoch, $0.device) < ($1.started_at ?? epoch, $1.device) }
  }

  private static func minutes(_ seconds: Int64) -> Double { (Double(seconds) / 6).rounded() / 10 }

  /// Titles whose names are wanted.
  var references: [String] { sessions.compactMap { $0.title?.text } + denied.compactMap(\.title) }

  func document(names: [String: String]) -> AdminDocuments.Usage {
    let named = sessions.map { session in
      var session = session
      session.name = session.title.flatMap { names[$0.text] }
      return session
    }
    let lines = days.map { key, seconds in
      AdminDocuments.Usage.Day(
        profile: key.profile, date: key.date, seconds: seconds, minutes: UsageSummary.minutes(seconds))
    }.sorted { ($0.date, $0.profile) < ($1.date, $1.profile) }
    let refused = denied.map { line in
      var line = line
      line.name = line.title.flatMap { names[$0] }
      return line
    }
    return AdminDocuments.Usage(sessions: named, days: lines, denied: refused)
  }
}
