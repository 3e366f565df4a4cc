/// How a title is opened on this box: the answer of `LinkResolver` (`spec/links.md` §2).
package struct Resolution: Sendable, Equatable {
  /// The title's own verdict; without `allow` there are neither targets nor left-out offers.
  package var decision: Decision
  /// Best first.
  package var targets: [LaunchTarget]
  /// In the order of the offers: the title's, its season's, its show's.
  package var leftOut: [LeftOut]
  /// The earliest instant at which the decision or the state of an offer changes; nil: none is known.
  package var until: WallTime?

  package init(decision: Decision, targets: [LaunchTarget] = [], leftOut: [LeftOut] = [], until: WallTime?) {
    self.decision = decision
    self.targets = targets
    self.leftOut = leftOut
    self.until = until
  }

  /// One way to open it: an offer's link with a handler.
  package struct LaunchTarget: Sendable, Equatable {
    package var offer: Offer
    package var locator: Locator
    /// The handler's id.
    package var handler: String
    package var kind: Handler.Kind
    /// The app that the policy counts.
    package var app: String
    /// What will be seen: the least of offer, handler and display; nil where the offer does not say.
    package var quality: Offer.Quality?
    /// Whether it plays at once.
    package var isVideo: Bool
    /// Whether it is the page of the season or the show.
    package var isFallback: Bool
    package var argv: [String]
  }

  /// An offer that leads nowhere, and the first reason why.
  package struct LeftOut: Sendable, Equatable {
    package var offer: Offer
    package var reason: Reason
    package var isFallback: Bool
  }

  /// In the order of the checks.
  package enum Reason: Sendable, Equatable {
    case region, notYet, expired, notEntitled, purchaseNotAllowed
    /// What the policy says of the app.
    case app(Decision.Reason)
    case noHandler, badLink, fallbackNotAllowed

    /// As the specification writes it.
    package var code: String {
      switch self {
      case .region: "region"
      case .notYet: "not_yet"
      case .expired: "expired"
      case .notEntitled: "not_entitled"
      case .purchaseNotAllowed: "purchase_not_allowed"
      case .app(let reason): reason.rawValue
      case .noHandler: "no_handler"
      case .badLink: "bad_link"
      case .fallbackNotAllowed: "fallback_not_allowed"
      }
    }
  }
}
