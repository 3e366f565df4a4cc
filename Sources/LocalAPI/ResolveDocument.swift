/// How a title is opened on this box: what `Resolve` answers, and `axolotlyctl resolve --json` prints.
package struct ResolveDocument: Codable, Sendable, Equatable {
  package var profile: String
  package var title: String
  package var name: String?
  package var verdict: String
  package var reasons: [String]
  /// When the decision or an offer's state changes next.
  package var until: String?
  /// Best first; none without `allow`.
  package var targets: [Target]
  package var leftOut: [LeftOut]

  package struct Target: Codable, Sendable, Equatable {
    package var service: String
    package var form: String
    package var id: String
    package var type: String
    package var handler: String
    package var app: String
    package var quality: String?
    package var fallback: Bool
    package var argv: [String]
    package init(
      service: String, form: String, id: String, type: String, handler: String, app: String, quality: String?,
      fallback: Bool, argv: [String]
    ) {
      self.service = service
      self.form = form
      self.id = id
      self.type = type
      self.handler = handler
      self.app = app
      self.quality = quality
      self.fallback = fallback
      self.argv = argv
    }
  }

  package struct LeftOut: Codable, Sendable, Equatable {
    package var service: String
    package var type: String
    package var link: String
    package var reason: String
    package init(service: String, type: String, link: String, reason: String) {
      (self.service, self.type, self.link, self.reason) = (service, type, link, reason)
    }
  }

  package init(
    profile: String, title: String, name: String?, verdict: String, reasons: [String], until: String?,
    targets: [Target], leftOut: [LeftOut]
  ) {
    self.profile = profile
    self.title = title
    self.name = name
    self.verdict = verdict
    self.reasons = reasons
    self.until = until
    self.targets = targets
    self.leftOut = leftOut
  }

  enum CodingKeys: String, CodingKey {
    case profile, title, name, verdict, reasons, until, targets
    case leftOut = "left_out"
  }
}
