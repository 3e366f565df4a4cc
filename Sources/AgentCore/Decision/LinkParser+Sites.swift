extension LinkParser {
  /// Every https host that is known, without `www.` and `m.`.
  static let webSites: [String: Site] = {
    var sites = videoSites.merging(moreSites) { first, _ in first }
    for domain in amazonDomains {
      sites["amazon.\(domain)"] = amazon(domain)
    }
    return sites
  }()

  /// The schemes of apps whose links follow a table alone.
  static let appSites: [String: Site] = [
    "netflix": app("netflix", "https://www.netflix.com", netflixPages),
    "aiv": app(
      "prime", primeApp,
      [Pattern(.gti, "/aiv/view?gti=ID", gti, canonical: "/detail?gti=ID")]),
    "hulu": app("hulu", "https://www.hulu.com", [Pattern(.watch, "/watch/ID", .uuid)]),
    "max": app("max", maxRoot, [Pattern(.watch, "/play/ID", .uuid, canonical: "/video/watch/ID")]),
  ]

  static let netflix = Site(
    service: "netflix", root: "https://www.netflix.com", skipsLocale: true,
    grammar: .patterns(
      netflixPages + [Pattern(.title, "/browse?jbv=ID", .digits(1...12), canonical: "/title/ID")]))

  static let spotify = Site(
    service: "spotify", root: "https://open.spotify.com", skipsLocale: true, grammar: .patterns(spotifyKinds))

  /// `spotify:KIND:ID`
  static let spotifyApp = Site(
    service: "spotify", root: "https://open.spotify.com", grammar: .patterns(spotifyKinds))

  /// `youtu.be/ID` and `vnd.youtube:ID`.
  static let youtubeShort = Site(
    service: "youtube", root: youtubeRoot,
    grammar: .patterns([Pattern(.watch, "/ID", videoID, canonical: "/watch?v=ID")]))

  static let primeApp = "https://app.primevideo.com"
  static let gti = Shape.prefixedUUID("amzn1.dv.gti.")

  private static let netflixPages = [
    Pattern(.title, "/title/ID", .digits(1...12)),
    Pattern(.watch, "/watch/ID", .digits(1...12)),
  ]

  private static let spotifyKinds: [Pattern] = [
    (.track, "/track/ID"), (.album, "/album/ID"), (.playlist, "/playlist/ID"), (.show, "/show/ID"),
    (.episode, "/episode/ID"), (.artist, "/artist/ID"),
  ].map { (form: Locator.Form, path: String) in Pattern(form, path, .alphanumeric(22...22)) }

  private static let amazonDomains = [
    "com", "co.uk", "de", "co.jp", "fr", "it", "es", "ca", "in", "com.au", "com.br", "com.mx", "com.be", "com.tr",
    "nl", "se", "pl",
  ]

  private static let videoID = Shape.identifier(11...11)
  private static let youtubeRoot = "https://www.youtube.com"
  private static let maxRoot = "https://play.hbomax.com"
  private static let gtiDetail = primeApp + "/detail?gti=ID"

  private static func amazon(_ domain: String) -> Site {
    Site(
      service: "prime", root: "https://www.amazon.\(domain)", ignoresReferrer: true,
      grammar: .patterns([
        Pattern(.gti, "/gp/video/detail/ID", gti, canonical: gtiDetail),
        Pattern(.detail, "/gp/video/detail/ID", .asin),
        Pattern(.detail, "/dp/ID", .asin, canonical: "/gp/video/detail/ID"),
        Pattern(.detail, "/SLUG/dp/ID", .asin, canonical: "/gp/video/detail/ID"),
      ]))
  }

  private static let primeVideo = Site(
    service: "prime", root: "https://www.primevideo.com", ignoresReferrer: true,
    grammar: .patterns(
      ["/detail/ID", "/region/eu/detail/ID", "/region/na/detail/ID", "/region/fe/detail/ID"].flatMap {
        [Pattern(.gti, $0, gti, canonical: gtiDetail), Pattern(.detail, $0, .asin, canonical: "/detail/ID")]
      }))

  private static let primeVideoApp = Site(
    service: "prime", root: primeApp,
    grammar: .patterns([
      Pattern(.gti, "/detail?gti=ID", gti),
      Pattern(.detail, "/detail?asin=ID", .asin, canonical: "https://www.amazon.com/gp/video/detail/ID"),
    ]))

  private static let youtube = Site(
    service: "youtube", root: youtubeRoot,
    grammar: .patterns([
      Pattern(.watch, "/watch?v=ID", videoID),
      Pattern(.watch, "/shorts/ID", videoID, canonical: "/watch?v=ID"),
      Pattern(.watch, "/live/ID", videoID, canonical: "/watch?v=ID"),
      Pattern(.watch, "/embed/ID", videoID, canonical: "/watch?v=ID"),
      Pattern(.playlist, "/playlist?list=ID", .identifier(12...64)),
    ]))

  private static let max = Site(
    service: "max", root: maxRoot,
    grammar: .patterns([
      Pattern(.movie, "/movie/ID", .uuid),
      Pattern(.movie, "/movies/SLUG/ID", .uuid, canonical: "/movie/ID"),
      Pattern(.show, "/show/ID", .uuid),
      Pattern(.show, "/shows/SLUG/ID", .uuid, canonical: "/show/ID"),
      Pattern(.watch, "/video/watch/ID/[UUID]", .uuid),
    ]))

  private static func app(_ service: String, _ root: String, _ patterns: [Pattern]) -> Site {
    Site(service: service, root: root, startsWithHost: true, grammar: .patterns(patterns))
  }

  /// A host that serves one service by a table, its canonical links on `www.`.
  private static func web(
    _ service: String, _ host: String, www: Bool = true, locale: Bool = false, _ patterns: [Pattern]
  ) -> Site {
    Site(
      service: service, root: "https://\(www ? "www." : "")\(host)", skipsLocale: locale, grammar: .patterns(patterns))
  }

  private static let videoSites: [String: Site] = [
    "netflix.com": netflix,
    "primevideo.com": primeVideo, "app.primevideo.com": primeVideoApp, "watch.amazon.com": primeVideoApp,
    "youtube.com": youtube, "music.youtube.com": youtube, "tv.youtube.com": youtube, "youtu.be": youtubeShort,
    "max.com": max, "play.max.com": max, "hbomax.com": max, "play.hbomax.com": max,
    "open.spotify.com": spotify,
    "themoviedb.org": Site(service: "tmdb", root: "https://www.themoviedb.org", grammar: .movieDatabase),
    "disneyplus.com": web(
      "disney", "disneyplus.com", locale: true,
      [
        Pattern(.movie, "/movies/SLUG/ID", .alphanumeric(10...14)),
        Pattern(.series, "/series/SLUG/ID", .alphanumeric(10...14)),
        Pattern(.watch, "/video/ID", .uuid, canonical: "/play/ID"),
        Pattern(.watch, "/play/ID", .uuid),
        Pattern(.entity, "/browse/entity-ID", .prefixedUUID("entity-"), canonical: "/browse/ID"),
      ]),
    "hulu.com": web(
      "hulu", "hulu.com",
      [
        Pattern(.movie, "/movie/ID", .uuidAfterSlug),
        Pattern(.series, "/series/ID", .uuidAfterSlug),
        Pattern(.watch, "/watch/ID", .uuid),
      ]),
    "tv.apple.com": web(
      "appletv", "tv.apple.com", www: false, locale: true,
      [(.movie, "movie"), (.show, "show"), (.episode, "episode")].flatMap { (form: Locator.Form, word: String) in
        [
          Pattern(form, "/\(word)/ID", .umc),
          Pattern(form, "/\(word)/SLUG/ID", .umc, canonical: "/\(word)/ID"),
        ]
      }),
    "peacocktv.com": web(
      "peacock", "peacocktv.com",
      [
        Pattern(.movie, "/watch/asset/movies/SLUG/ID", .uuid),
        Pattern(.movie, "/watch/asset/movies/SLUG/SLUG/ID", .uuid),
        Pattern(.series, "/watch/asset/tv/SLUG/ID", .anyDigits),
        Pattern(.watch, "/watch/playback/vod/SLUG/ID", .uuid),
      ]),
    "paramountplus.com": web(
      "paramount", "paramountplus.com", locale: true,
      [
        Pattern(.movie, "/movies/SLUG/ID", .identifier(1...40), canonical: "/movies/video/ID"),
        Pattern(.watch, "/shows/video/ID", .identifier(1...40)),
        Pattern(.watch, "/shows/SLUG/video/ID/[SLUG]", .identifier(1...40), canonical: "/shows/video/ID"),
        Pattern(.series, "/shows/ID", .slug),
      ]),
  ]

  private static let moreSites: [String: Site] = [
    "crunchyroll.com": web(
      "crunchyroll", "crunchyroll.com", locale: true,
      [Pattern(.series, "/series/ID/[SLUG]", .crunchyroll), Pattern(.watch, "/watch/ID/[SLUG]", .crunchyroll)]),
    "tubitv.com": web(
      "tubi", "tubitv.com", www: false,
      [
        Pattern(.movie, "/movies/ID/[SLUG]", .anyDigits),
        Pattern(.series, "/series/ID/[SLUG]", .anyDigits),
        Pattern(.episode, "/tv-shows/ID/[SLUG]", .anyDigits),
      ]),
    "twitch.tv": web(
      "twitch", "twitch.tv",
      [Pattern(.watch, "/videos/ID", .anyDigits), Pattern(.channel, "/ID", .channel)]),
    "vudu.com": web(
      "vudu", "vudu.com",
      [
        Pattern(.detail, "/content/movies/details/SLUG/ID", .anyDigits),
        Pattern(.detail, "/content/tv/details/SLUG/ID", .anyDigits),
      ]),
    "play.google.com": web(
      "googleplay", "play.google.com", www: false,
      [
        Pattern(
          .movie, "/store/movies/details/[SLUG]?id=ID", .googlePlay, canonical: "/store/movies/details?id=ID"),
        Pattern(.show, "/store/tv/show/[SLUG]?id=ID", .googlePlay, canonical: "/store/tv/show?id=ID"),
      ]),
    "therokuchannel.roku.com": web(
      "roku", "therokuchannel.roku.com", www: false,
      [Pattern(.detail, "/details/ID/[SLUG]", .hex(32...32)), Pattern(.watch, "/watch/ID/[SLUG]", .hex(32...32))]),
    "watch.plex.tv": web(
      "plex", "watch.plex.tv", www: false, locale: true,
      [Pattern(.movie, "/movie/ID", .slug), Pattern(.show, "/show/ID", .slug)]),
    "pluto.tv": web(
      "pluto", "pluto.tv", www: false, locale: true,
      [
        Pattern(.movie, "/on-demand/movies/ID/[details]", .slug),
        Pattern(.series, "/on-demand/series/ID/[details]", .slug),
      ]),
    "hoopladigital.com": web("hoopla", "hoopladigital.com", [Pattern(.title, "/title/ID", .anyDigits)]),
    "shudder.com": web("shudder", "shudder.com", [Pattern(.movie, "/movies/watch/SLUG/ID", .hex(8...32))]),
    "zee5.com": web(
      "zee5", "zee5.com", locale: true,
      [Pattern(.movie, "/movies/details/SLUG/ID", .groups), Pattern(.series, "/tv-shows/details/SLUG/ID", .groups)]),
    "imdb.com": web("imdb", "imdb.com", locale: true, [Pattern(.reference, "/title/ID", .imdb)]),
  ]
}
