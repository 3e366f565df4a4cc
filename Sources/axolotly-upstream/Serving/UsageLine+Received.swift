import AgentCore
import Foundation
import UpstreamCore

extension UsageLine {
  /// Reads a line; nil where it is no JSON object with `seq` and `kind`. Any other fault makes it an invalid event.
  init?(received line: [UInt8], decoder: JSONDecoder) {
    let data = Data(line)
    guard let number = try? decoder.decode(Number.self, from: data) else { return nil }
    let text = String(decoding: line, as: UTF8.self)
    let event = try? decoder.decode(Event.self, from: data)
    let isKnown = UsageLine.kinds.contains(number.kind)
    let content = isKnown ? event?.content(of: number.kind, sequence: number.seq) ?? .invalid : .unknownKind
    self.init(
      sequence: number.seq, kind: number.kind, at: event?.at ?? WallTime(seconds: 0), profile: event?.profile,
      content: content, text: text)
  }

  /// `spec/wire.md` §5.
  static let kinds: Set<String> = [
    "session_started", "session_progress", "session_ended", "decision_denied", "launch", "request", "policy_applied",
    "dropped", "health",
  ]

  private struct Number: Decodable {
    var seq: Int
    var kind: String
  }

  /// The members that any kind has or that the rules need.
  private struct Event: Decodable {
    var at: WallTime
    var up_s: Double
    var boot: String
    var profile: String?
    var session: String?
    var title: TitleReference?
    var app: String?
    var service: String?
    var days: [PlayedDay]?
    var reason: String?
    var from: Int?

    /// Nil where a member that the kind needs is absent or void.
    func content(of kind: String, sequence: Int) -> UsageLine.Content? {
      switch kind {
      case "session_started":
        return session.map { .sessionStarted(session: $0, title: title, app: app, service: service) }
      case "session_progress":
        guard let session, let days = validDays else { return nil }
        return .sessionProgress(session: session, days: days)
      case "session_ended":
        guard let session, let days = validDays, let reason = reason.flatMap(SessionEndReason.init) else { return nil }
        return .sessionEnded(session: session, days: days, reason: reason)
      case "dropped":
        guard let from, (1...max(sequence, 1)).contains(from) else { return nil }
        return .dropped(from: from)
      default: return .other
      }
    }

    /// A day has at most 90,000 seconds: 25 hours, where a clock is set back.
    private var validDays: [PlayedDay]? {
      guard let days, days.allSatisfy({ (0...90_000).contains($0.playedSeconds) }) else { return nil }
      return days
    }
  }
}
