import AgentCore

/// A lease of screen time and what of it may still be in use (`spec/wire.md` §2).
package struct HeldLease: Sendable, Equatable, Codable {
  package var profile: String
  package var date: CalendarDate
  /// As offered in the heads.
  package var through: Int64
  package var until: WallTime
  /// It was given to the family's only box, for the whole rest of the day.
  package var isWholeDay: Bool
  /// The highest that the box may still believe; it counts as spent.
  package var spentThrough: Int64
  package var spentUntil: WallTime
  /// The box has asked with a cursor that saw this offer.
  package var isSeen: Bool
}
