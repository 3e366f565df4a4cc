/// One line of usage as it is sent upstream (`spec/wire.md` §5). Nothing else is ever sent.
package struct UsageEvent: Sendable, Equatable {
  /// Contiguous from 1 within an outbox epoch.
  package var sequence: Int
  package var at: WallTime
  /// Seconds since boot, in tenths.
  package var upTenths: Int64
  /// 8 hex digits of the boot id.
  package var boot: String
  package var profile: String?
  package var detail: Detail

  package init(sequence: Int, at: WallTime, upTenths: Int64, boot: String, profile: String?, detail: Detail) {
    self.sequence = sequence
    self.at = at
    self.upTenths = upTenths
    self.boot = boot
    self.profile = profile
    self.detail = detail
  }

  /// What became of a launch: `opened` after 5 s or at an earlier end without error, `failed` at an error within 5 s, `died`
  /// at a later one, `timedOut` by the limits of Kodi (`spec/wire.md` §5).
  package enum LaunchOutcome: String, Sendable, Codable {
    case opened, failed, died
    case timedOut = "timed_out"
  }

  package enum Detail: Sendable, Equatable {
    case sessionStarted(session: String, title: TitleReference?, app: String?, service: String?, policy: Int)
    case sessionProgress(session: String, days: [PlayedDay])
    case sessionEnded(session: String, days: [PlayedDay], reason: SessionEndReason)
    case decisionDenied(title: TitleReference?, app: String?, reasons: [Decision.Reason], count: Int)
    case launch(
      title: TitleReference?, service: String?, form: String?, id: String?, handler: String, outcome: LaunchOutcome)
    case request(request: String, asks: RequestRecord.Asks)
    case policyApplied(version: Int, afterMilliseconds: Int64)
    case dropped(from: Int, counts: [String: Int])
    case health(code: String, raised: Bool)
  }
}

/// Running total of a session on one family-local day.
package struct PlayedDay: Sendable, Equatable, Codable {
  package var date: CalendarDate
  package var playedSeconds: Int64
  enum CodingKeys: String, CodingKey {
    case date
    case playedSeconds = "played_s"
  }
  package init(date: CalendarDate, playedSeconds: Int64) { (self.date, self.playedSeconds) = (date, playedSeconds) }
}

/// Why a session ended (`spec/wire.md` §5).
package enum SessionEndReason: String, Sendable, Codable {
  case budget, schedule, pause, policy, closed, standby, stopped, lost
}
