/// What a rule makes of a request; nothing has happened until the shell has stored it.
package struct Outcome: Sendable, Equatable {
  /// The family as it is to be stored; nil: unchanged.
  package var family: Family?
  package var presence: FamilyPresence
  /// Rows to append, in the same transaction.
  package var usage: [UsageRow] = []
  package var answer: FamilyAnswer
  /// Families whose held requests have to look again.
  package var wakeUps: [String] = []

  init(family: Family? = nil, presence: FamilyPresence, answer: FamilyAnswer) {
    (self.family, self.presence, self.answer) = (family, presence, answer)
  }
}

/// An event as the upstream keeps it: once for each device, epoch and number.
package struct UsageRow: Sendable, Equatable {
  package var device: String
  package var epoch: Int
  package var line: UsageLine
}
