import AgentCore

/// A session as usage told of it, with the running total of each day.
package struct CountedSession: Sendable, Equatable, Codable {
  package var profile: String?
  package var title: TitleReference?
  package var app: String?
  package var service: String?
  package var startedAt: WallTime?
  /// When the upstream last heard of it.
  package var lastReport: UpstreamInstant
  package var reason: SessionEndReason?
  package var hasEnded = false
  /// Played seconds by date; a total never falls.
  package var played: [PlayedDay] = []

  package func seconds(on date: CalendarDate) -> Int64 { played.first { $0.date == date }?.playedSeconds ?? 0 }
}
