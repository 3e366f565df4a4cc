extension LinkResolver {
  /// The app of the policy that a link belongs to: its service, for a `plugin:` link the service of its add-on; nil
  /// for an add-on that is not in the table (`spec/links.md` §3).
  package static func appID(of locator: Locator) -> String? {
    guard locator.form == .plugin else { return locator.service }
    return kodiAddOns[String(locator.id.prefix { $0 != "/" })]
  }

  /// Add-ons of Kodi whose service is known.
  private static let kodiAddOns = [
    "plugin.audio.spotify": "spotify",
    "plugin.video.amazon-test": "prime",
    "plugin.video.amazonvod": "prime",
    "plugin.video.composite_for_plex": "plex",
    "plugin.video.crunchyroll": "crunchyroll",
    "plugin.video.netflix": "netflix",
    "plugin.video.plexkodiconnect": "plex",
    "plugin.video.twitch": "twitch",
    "plugin.video.youtube": "youtube",
    "slyguy.disney.plus": "disney",
    "slyguy.hbo.max": "max",
    "slyguy.hulu": "hulu",
    "slyguy.max": "max",
    "slyguy.paramount.plus": "paramount",
  ]
}
