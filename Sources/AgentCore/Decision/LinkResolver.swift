/// Finds the ways to open a title: filters its offers and ranks what is left (`spec/links.md` §2).
///
/// A pure function of what it is given; `decide` and `profileDirectory` must be so too. One resolver serves one
/// question: one profile at one moment.
package struct LinkResolver {
  package var policy: Policy
  package var profile: Profile
  package var handlers: [Handler]
  /// The best that the display shows; nil: not known, no limit.
  package var displayQuality: Offer.Quality?
  /// The directory of a handler (first) for a profile (second), absolute.
  package var profileDirectory: (_ handler: String, _ profile: String) -> String
  /// The policy's answer for the profile at the moment of the question.
  package var decide: (_ title: TitleFacts?, _ app: String?) -> Decision

  package init(
    policy: Policy, profile: Profile, handlers: [Handler], displayQuality: Offer.Quality? = nil,
    profileDirectory: @escaping (_ handler: String, _ profile: String) -> String,
    decide: @escaping (_ title: TitleFacts?, _ app: String?) -> Decision
  ) {
    self.policy = policy
    self.profile = profile
    self.handlers = handlers
    self.displayQuality = displayQuality
    self.profileDirectory = profileDirectory
    self.decide = decide
  }

  /// The targets of a title.
  ///
  /// - `ancestors`: of an episode or season, its season and show as far as the replica has them, the nearest first.
  /// - `below`: what the replica has below those ancestors, so that a page which would show one that is not allowed
  ///   is no fallback.
  package func resolve(title: Title, ancestors: [Title] = [], below: [Title] = [], at: WallTime) -> Resolution {
    let facts = TitleFacts(of: title, ancestors: ancestors)
    let decision = decide(facts, nil)
    guard decision.verdict == .allow else { return Resolution(decision: decision, until: decision.until) }

    var selection = Selection(resolver: self, facts: facts, at: at, until: decision.until)
    selection.add(title.offers, of: title, fallback: nil)
    if title.kind == .episode || title.kind == .season {
      let family = [title] + ancestors + below
      for (index, ancestor) in ancestors.enumerated() where !ancestor.offers.isEmpty {
        let higher = Array(ancestors[(index + 1)...])
        let isAllowed = selection.allowsWhole(ancestor, higher: higher, family: family)
        selection.add(ancestor.offers, of: ancestor, fallback: isAllowed)
      }
    }
    return Resolution(
      decision: decision, targets: selection.rankedTargets, leftOut: selection.leftOut, until: selection.until)
  }

  /// The targets of a link that no offer of the replica names: decided as a title without ratings.
  ///
  /// `reference`: the title that the caller found for it; nil: the one that the locator makes.
  package func resolve(
    link: String, locator: Locator, reference: TitleReference? = nil, at: WallTime
  ) -> Resolution? {
    guard let reference = reference ?? locator.titleReference else { return nil }
    let offer = Offer(region: policy.region, service: locator.service, type: .free, link: link)
    let title = Title(reference: reference, kind: .movie, name: "", offers: [offer])
    return resolve(title: title, at: at)
  }
}
