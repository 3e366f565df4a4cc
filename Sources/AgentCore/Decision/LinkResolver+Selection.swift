extension LinkResolver {
  /// The offers of one question as they are gone through.
  struct Selection {
    let resolver: LinkResolver
    let facts: TitleFacts
    let at: WallTime
    private(set) var until: WallTime?
    private(set) var leftOut: [Resolution.LeftOut] = []
    private var targets: [Resolution.LaunchTarget] = []
    /// What the policy said of an app with this title; nil inside: allowed.
    private var appReasons: [String?: Decision.Reason?] = [:]

    init(resolver: LinkResolver, facts: TitleFacts, at: WallTime, until: WallTime?) {
      self.resolver = resolver
      self.facts = facts
      self.at = at
      self.until = until
    }

    var rankedTargets: [Resolution.LaunchTarget] { LinkResolver.ranked(targets, services: resolver.policy.services) }

    /// `fallback`: nil for the title's own offers, else whether the page of this season or show may be opened.
    mutating func add(_ offers: [Offer], of title: Title, fallback: Bool?) {
      for offer in offers {
        noteChanges(of: offer)
        do throws(Unusable) {
          if let reason = reasonOfTerms(offer) { throw reason }
          targets += try ways(offer, of: title, fallback: fallback)
        } catch {
          leftOut.append(Resolution.LeftOut(offer: offer, reason: error.reason, isFallback: fallback != nil))
        }
      }
    }

    /// Whether the policy allows a season or show whole, with all that it or the replica can name below.
    mutating func allowsWhole(_ title: Title, higher: [Title], family: [Title]) -> Bool {
      guard isAllowed(TitleFacts(of: title, ancestors: higher)) else { return false }
      guard !resolver.profile.titles.block.contains(where: { $0.isBelow(title.reference) }) else { return false }
      return family.allSatisfy { other in
        guard other.reference.isBelow(title.reference) else { return true }
        let line = family.filter { other.reference.isBelow($0.reference) }
        let nearestFirst = line.sorted { $0.reference.text.utf8.count > $1.reference.text.utf8.count }
        return isAllowed(TitleFacts(of: other, ancestors: nearestFirst + higher))
      }
    }

    private mutating func isAllowed(_ facts: TitleFacts) -> Bool {
      let decision = resolver.decide(facts, nil)
      note(decision.until)
      return decision.verdict == .allow
    }

    private mutating func note(_ change: WallTime?) {
      guard let change, change > at else { return }
      until = until.map { min($0, change) } ?? change
    }

    private mutating func noteChanges(of offer: Offer) {
      guard offer.region == resolver.policy.region else { return }
      note(offer.availableSince)
      note(offer.expiresOn)
    }

    /// What the offer's own terms say against it.
    private func reasonOfTerms(_ offer: Offer) -> Unusable? {
      if offer.region != resolver.policy.region { return Unusable(.region) }
      if let since = offer.availableSince, at < since { return Unusable(.notYet) }
      if let end = offer.expiresOn, at >= end { return Unusable(.expired) }
      switch offer.type {
      case .free: return nil
      case .subscription, .addon:
        return resolver.policy.services.contains(offer.service) ? nil : Unusable(.notEntitled)
      case .rent, .buy: return resolver.profile.purchases ? nil : Unusable(.purchaseNotAllowed)
      }
    }

    /// The targets of an offer whose terms hold; there is at least one.
    private mutating func ways(
      _ offer: Offer, of title: Title, fallback: Bool?
    ) throws(Unusable) -> [Resolution.LaunchTarget] {
      let links = LinkResolver.links(of: offer, for: title.kind)
      let pairs = links.flatMap { link in resolver.handlers.filter { $0.opens(link.locator) }.map { (link, $0) } }
      guard !pairs.isEmpty else { throw reasonWithoutHandler(offer, links) }

      var reasons: [Decision.Reason] = []
      var allowed: [(link: Link, handler: Handler)] = []
      for (link, handler) in pairs {
        if let reason = reason(againstApp: appID(of: handler, for: link.locator)) {
          reasons.append(reason)
        } else {
          allowed.append((link, handler))
        }
      }
      if allowed.isEmpty, let first = LinkResolver.first(of: reasons) { throw Unusable(.app(first)) }

      let found = allowed.compactMap { target(offer, $0.link, $0.handler, isFallback: fallback != nil) }
      if found.isEmpty { throw Unusable(.badLink) }
      if fallback == false { throw Unusable(.fallbackNotAllowed) }
      return found
    }

    /// Which of app, handler and link is the first that stands against an offer that no handler takes.
    private mutating func reasonWithoutHandler(_ offer: Offer, _ links: [Link]) -> Unusable {
      let withApp = links.filter { $0.locator.form != .reference }
      let apps = links.isEmpty ? [offer.service] : withApp.map { LinkResolver.appID(of: $0.locator) }
      let reasons = apps.map { reason(againstApp: $0) }
      if !reasons.contains(nil), let first = LinkResolver.first(of: reasons.compactMap(\.self)) {
        return Unusable(.app(first))
      }
      let isHandled = resolver.handlers.contains { $0.services.contains(offer.service) }
      return Unusable(links.isEmpty && isHandled ? .badLink : .noHandler)
    }

    private func target(
      _ offer: Offer, _ link: Link, _ handler: Handler, isFallback: Bool
    ) -> Resolution.LaunchTarget? {
      let directory = resolver.profileDirectory(handler.id, resolver.profile.id)
      guard let argv = handler.arguments(for: link.locator, link: link.text, profileDirectory: directory) else {
        return nil
      }
      let limits = [handler.quality, resolver.displayQuality].compactMap(\.self)
      return Resolution.LaunchTarget(
        offer: offer, locator: link.locator, handler: handler.id, kind: handler.kind,
        app: appID(of: handler, for: link.locator) ?? link.locator.service,
        quality: offer.quality.map { quality in limits.reduce(quality, min) }, isVideo: link.isVideo,
        isFallback: isFallback, argv: argv)
    }

    /// The app that a launch counts as; nil for a Kodi add-on whose service is not known.
    private func appID(of handler: Handler, for locator: Locator) -> String? {
      switch handler.app {
      case .named(let name): name
      case .service: LinkResolver.appID(of: locator)
      }
    }

    /// What the policy says against an app with the title of the question; an unknown one is an adult's alone.
    private mutating func reason(againstApp app: String?) -> Decision.Reason? {
      if let known = appReasons[app] { return known }
      let reason: Decision.Reason?
      if let app {
        let decision = resolver.decide(facts, app)
        note(decision.until)
        reason = decision.verdict == .allow ? nil : decision.reasons.first ?? .appBlocked
      } else {
        reason = resolver.profile.kind == .adult ? nil : .appBlocked
      }
      appReasons.updateValue(reason, forKey: app)
      return reason
    }
  }

  /// Why an offer is left out.
  struct Unusable: Error {
    let reason: Resolution.Reason
    init(_ reason: Resolution.Reason) { self.reason = reason }
  }

  /// A link of an offer that parsed.
  struct Link {
    let text: String
    let locator: Locator
    let isVideo: Bool
  }

  /// The links of an offer that can be used: a movie or an episode plays at once or opens its page, a season or a
  /// show opens its page alone.
  static func links(of offer: Offer, for kind: Title.Kind) -> [Link] {
    var result: [Link] = []
    if kind == .movie || kind == .episode, let video = offer.videoLink,
      case .success(let locator) = LinkParser.parse(video)
    {
      result.append(Link(text: video, locator: locator, isVideo: true))
    }
    if case .success(let locator) = LinkParser.parse(offer.link), !result.contains(where: { $0.locator == locator }) {
      result.append(Link(text: offer.link, locator: locator, isVideo: locator.isVideo))
    }
    return result
  }

  /// The earliest in the order of the policy's checks.
  private static func first(of reasons: [Decision.Reason]) -> Decision.Reason? {
    Decision.Reason.allCases.first(where: reasons.contains)
  }
}
