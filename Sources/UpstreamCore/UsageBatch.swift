import AgentCore

/// Lines of usage as they came, in order (`spec/wire.md` §5).
package struct UsageBatch: Sendable, Equatable {
  package var epoch: Int
  package var lines: [UsageLine]
  package init(epoch: Int, lines: [UsageLine]) { (self.epoch, self.lines) = (epoch, lines) }
}

/// One line of usage: its number and what the rules make of it.
package struct UsageLine: Sendable, Equatable {
  package var sequence: Int
  package var kind: String
  package var at: WallTime
  package var profile: String?
  package var content: Content
  /// The line as received, for the row; empty where there are no bytes.
  package var text: String

  package enum Content: Sendable, Equatable {
    case sessionStarted(session: String, title: TitleReference?, app: String?, service: String?)
    case sessionProgress(session: String, days: [PlayedDay])
    case sessionEnded(session: String, days: [PlayedDay], reason: SessionEndReason)
    /// Stands for all numbers from `from` to the line's own.
    case dropped(from: Int)
    /// A known kind that changes nothing of the family.
    case other
    case unknownKind
    case invalid
  }

  package init(sequence: Int, kind: String, at: WallTime, profile: String?, content: Content, text: String) {
    self.sequence = sequence
    self.kind = kind
    self.at = at
    self.profile = profile
    self.content = content
    self.text = text
  }

  /// The first number that the line accounts for.
  var first: Int {
    guard case .dropped(let from) = content, (1...sequence).contains(from) else { return sequence }
    return from
  }

  /// Why the line is rejected for good; nil where it is kept.
  var rejection: String? {
    switch content {
    case .unknownKind: "unknown_kind"
    case .invalid: "invalid_event"
    case .sessionStarted, .sessionProgress, .sessionEnded, .dropped, .other: nil
    }
  }
}
