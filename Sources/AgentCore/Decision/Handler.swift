/// A way to open links, or an app by itself, on this box: a file of `handlers.d` once read (`spec/links.md` §3).
///
/// A value of this type has been checked by its loader: no shell, no unknown placeholder, what it requires is there.
package struct Handler: Sendable, Equatable {
  /// 1 to 64 of `a-z0-9._-`; it names the handler's directory in a profile.
  package var id: String
  package var app: App
  /// The services whose links it opens; none for an app that is only started for itself.
  package var services: [String]
  /// The forms that it opens; empty: all.
  package var forms: [Locator.Form]
  package var kind: Kind
  package var requires: Requirement
  /// The best that it plays; nil: no limit.
  package var quality: Offer.Quality?
  /// The program and its arguments.
  package var launch: [Argument]

  /// Which app of the policy a launch counts as.
  package enum App: Sendable, Equatable {
    /// `{service}`: the service of the link.
    case service
    case named(String)
  }

  /// In the order of preference.
  package enum Kind: String, Sendable, Codable, CaseIterable { case native, kodi, browser }

  /// What must be there for the handler to work.
  package enum Requirement: Sendable, Equatable {
    /// A program, by its path or to be found in PATH.
    case binary(String)
    /// The name of a desktop entry, with or without `.desktop`.
    case desktopEntry(String)
    /// The id of an installed Flatpak.
    case flatpak(String)
  }

  package init(
    id: String, app: App = .service, services: [String], forms: [Locator.Form] = [], kind: Kind,
    requires: Requirement, quality: Offer.Quality? = nil, launch: [Argument]
  ) {
    self.id = id
    self.app = app
    self.services = services
    self.forms = forms
    self.kind = kind
    self.requires = requires
    self.quality = quality
    self.launch = launch
  }

  /// Whether it takes the link of a locator; a reference is no page of any app, so none does.
  package func opens(_ locator: Locator) -> Bool {
    locator.form != .reference && services.contains(locator.service) && (forms.isEmpty || forms.contains(locator.form))
  }
}
