/// What a link names: a service, the form of the link there, and an id (`spec/links.md` §1).
///
/// `LinkParser` makes it; whatever cannot be parsed is handed to no program.
package struct Locator: Hashable, Sendable {
  /// The service's id as policies and offers write it, for example `netflix`.
  package let service: String
  package let form: Form
  /// The service's own id; for a reference the reference itself.
  package let id: String
  /// The one way in which the agent writes this link; it parses to this locator again and begins with its scheme.
  package let canonical: String

  /// What kind of page or stream the link opens.
  package enum Form: String, Sendable, Codable, CaseIterable {
    case title, watch, movie, series, entity, detail, gti, playlist, show, episode, channel
    case track, album, artist, plugin, reference
  }

  package init(service: String, form: Form, id: String, canonical: String) {
    self.service = service
    self.form = form
    self.id = id
    self.canonical = canonical
  }
}
