/// What the rules for titles say of one title (checks 7 to 12), prepared once for any instant.
struct TitleChecks {
  private let isBlocked: Bool
  /// Reasons 8 to 12, which hold while the title is not allowed by name.
  private let unlessAllowed: ReasonSet
  /// While one of them is active the title is allowed by name.
  private let grants: [ScheduleEdges]

  init(_ facts: TitleFacts, by rules: CompiledPolicy.ProfileRules) {
    let names = rules.namesTitles ? facts.reference.selfAndAncestors : []
    isBlocked = names.contains { rules.blockedTitles.contains($0) }
    if names.contains(where: { rules.allowedTitles.contains($0) }) {
      (unlessAllowed, grants) = ([], [])
    } else {
      unlessAllowed = TitleChecks.checks(of: facts, by: rules)
      grants = unlessAllowed.isEmpty || rules.titleGrants.isEmpty ? [] : names.compactMap { rules.titleGrants[$0] }
    }
  }

  func reasons(at instant: Int64) -> ReasonSet {
    var reasons: ReasonSet = isBlocked ? .titleBlocked : []
    if !grants.contains(where: { $0.contains(instant) }) { reasons.formUnion(unlessAllowed) }
    return reasons
  }

  /// When a grant of the title next begins or ends; nil: never.
  func nextEdge(after instant: Int64) -> Int64? {
    grants.lazy.compactMap { $0.next(after: instant) }.min()
  }

  private static func checks(of facts: TitleFacts, by rules: CompiledPolicy.ProfileRules) -> ReasonSet {
    var reasons: ReasonSet = rules.profile.titles.mode == .listed ? .titleNotListed : []
    if isAny(of: facts.genres, in: rules.blockedGenres) { reasons.insert(.genreBlocked) }
    if isAny(of: facts.descriptors, in: rules.blockedDescriptors) { reasons.insert(.descriptorBlocked) }
    guard let maturity = rules.profile.maturity else { return reasons }
    if let age = RatingTable.age(of: facts.ratings, region: rules.region) {
      if age > maturity.maxAge { reasons.insert(.maturityExceeded) }
    } else if maturity.unrated != .allow {
      reasons.insert(.unrated)
    }
    return reasons
  }

  private static func isAny(of words: [String], in blocked: Set<String>) -> Bool {
    !blocked.isEmpty && words.contains { blocked.contains($0.foldedForComparison) }
  }
}
