/// Which reasons of a decision hold: each is the bit of its place among `Decision.Reason.allCases`.
struct ReasonSet: OptionSet, Sendable, Equatable {
  var rawValue: UInt16

  // Bit 0 is `unknownProfile`, after which nothing is checked.
  static let familyPaused = ReasonSet(rawValue: 1 << 1)
  static let profilePaused = ReasonSet(rawValue: 1 << 2)
  static let policyStale = ReasonSet(rawValue: 1 << 3)
  static let outsideSchedule = ReasonSet(rawValue: 1 << 4)
  static let appBlocked = ReasonSet(rawValue: 1 << 5)
  static let titleBlocked = ReasonSet(rawValue: 1 << 6)
  static let titleNotListed = ReasonSet(rawValue: 1 << 7)
  static let genreBlocked = ReasonSet(rawValue: 1 << 8)
  static let descriptorBlocked = ReasonSet(rawValue: 1 << 9)
  static let maturityExceeded = ReasonSet(rawValue: 1 << 10)
  static let unrated = ReasonSet(rawValue: 1 << 11)
  static let appLimitReached = ReasonSet(rawValue: 1 << 12)
  static let budgetExhausted = ReasonSet(rawValue: 1 << 13)

  init(rawValue: UInt16) { self.rawValue = rawValue }

  init(_ reason: Decision.Reason) {
    rawValue = 1 << UInt16(Decision.Reason.allCases.firstIndex(of: reason) ?? 0)
  }

  /// In the order of the checks.
  var list: [Decision.Reason] {
    if isEmpty { return [] }
    return Decision.Reason.allCases.enumerated().compactMap { place, reason in
      rawValue & (1 << UInt16(place)) != 0 ? reason : nil
    }
  }
}
