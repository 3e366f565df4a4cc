/// Turns the text of a link into a locator, or says why it cannot (`spec/links.md` §1).
///
/// A pure function over the bytes of UTF-8. The order of the checks is the specification's: length, form of the URI,
/// scheme, host, path, id.
package enum LinkParser {
  package static func parse(_ text: String) -> Result<Locator, LinkError> {
    do throws(LinkError) {
      return .success(try locate(try Link(text)))
    } catch {
      return .failure(error)
    }
  }

  private static func locate(_ link: Link) throws(LinkError) -> Locator {
    switch link.scheme {
    case "https", "http": return try locateOnWeb(link)
    case "nflx":
      guard let host = link.authority, equalsIgnoringCase(host, "www.netflix.com") else { throw .unknownService }
      return try netflix.locate(link.pathSegments[...], query: link.query)
    case "spotify":
      return try spotifyApp.locate(link.colonSegments[...], query: link.query)
    case "vnd.youtube":
      return try youtubeShort.locate(link.allSegments[...], query: link.query)
    case "plugin": return try plugin(link)
    case "axolotly": return try ownReference(link)
    default:
      guard let site = appSites[link.scheme] else { throw .unsupportedScheme }
      return try site.locate(link.allSegments[...], query: link.query)
    }
  }

  private static func locateOnWeb(_ link: Link) throws(LinkError) -> Locator {
    guard let host = link.host, let site = site(ofHost: host) else { throw .unknownService }
    return try site.locate(link.pathSegments[...], query: link.query)
  }

  /// `www.` and `m.` stand for the bare host unless the table has the longer one.
  private static func site(ofHost host: String) -> Site? {
    if let site = webSites[host] { return site }
    for prefix in ["www.", "m."] where host.hasPrefix(prefix) {
      return webSites[String(host.dropFirst(prefix.count))]
    }
    return nil
  }
}

/// Why a text is no link that the agent knows, in the order of the checks.
package enum LinkError: String, Error, Sendable, CaseIterable {
  case tooLong = "too_long"
  case malformed
  case unsupportedScheme = "unsupported_scheme"
  case unknownService = "unknown_service"
  case unknownForm = "unknown_form"
}
