import AgentCore
import Testing

private let uuid = "0ec7a9e6-d59c-4a73-b9d4-0bb336af58f6"
private let other = "b74b5959-7e68-48dc-8250-c03cff8b3c50"
private let hex = "a36d0840164709ab7f3f386d0cd56664"

@Suite struct LinkParserTests {
  // The cases lie beside a checkout of the project; where they do not, this test says that it was skipped.
  @Test(.enabled(if: LinkVectors.path != nil, "shared/vectors/links.json is not beside this checkout"))
  func parse_workedCases_answerAsWritten() throws {
    let cases = try LinkVectors.read()
    #expect(cases.count > 200)
    for item in cases {
      #expect(parsed(item.link) == item.answer.line, "\(item.link.prefix(200))")
    }
  }

  @Test(.enabled(if: LinkVectors.path != nil, "shared/vectors/links.json is not beside this checkout"))
  func parse_canonicalOfWorkedCase_isTheSameLocator() throws {
    for item in try LinkVectors.read() {
      guard let canonical = item.answer.canonical else { continue }
      #expect(parsed(canonical) == item.answer.line)
    }
  }

  @Test(arguments: forms) func parse_formOfTheTable_isItsLocator(link: String, expected: String) {
    #expect(parsed(link) == expected)
  }

  @Test(arguments: forms) func parse_decoratedLink_isTheSameLocator(link: String, expected: String) {
    guard link.hasPrefix("https://") else { return }
    let rest = link.dropFirst("https://".count)
    let host = rest.prefix { $0 != "/" }
    let path = rest.dropFirst(host.count)
    let hasQuery = path.contains("?")
    let links = [
      "http://\(rest)", "HTTPS://\(host.uppercased())\(path)", "https://\(host):443\(path)",
      "https://m.\(host)\(path)", "https://www.\(host)\(path)", link + (hasQuery ? "&" : "?") + "utm_source=share",
      link + "#part", hasQuery ? link : link + "/", hasQuery ? link : link + "/?v=1#x",
    ]
    for decorated in links { #expect(parsed(decorated) == expected, "\(decorated)") }
  }

  @Test(arguments: forms) func parse_canonicalLink_isTheSameLocatorAndNoOption(link: String, expected: String) throws {
    let locator = try LinkParser.parse(link).get()
    #expect(parsed(locator.canonical) == expected)
    #expect(locator.canonical.utf8.first.map { $0 >= 0x61 && $0 <= 0x7A } == true)
  }

  @Test(arguments: [
    ("us", true), ("PT", true), ("en-gb", true), ("pt_BR", true), ("intl-de", true), ("INTL-DE", true),
    ("e", false), ("eng", false), ("e1", false), ("en.gb", false), ("intl_de", false), ("intl-d3", false),
  ])
  func parse_localeInFront_isSkippedWhereTheTableSaysSo(locale: String, isLocale: Bool) {
    let netflix = parsed("https://www.netflix.com/\(locale)/title/1")
    #expect(netflix == (isLocale ? "netflix title 1 https://www.netflix.com/title/1" : "unknown_form"))
    #expect(parsed("https://www.hulu.com/\(locale)/watch/\(uuid)") == "unknown_form")
    #expect(parsed("spotify:\(locale):track:4uLU6hMCjMI75M1A2tKUQC") == "unknown_form")
  }

  @Test(arguments: otherLinks)
  func parse_linkThatIsNone_namesTheFirstReason(link: String, expected: String) {
    #expect(parsed(link) == expected)
  }

  /// R49: shorts, live and list links are the video, and the list is dropped.
  @Test(arguments: [
    "https://www.youtube.com/shorts/dQw4w9WgXcQ?feature=share", "https://www.youtube.com/live/dQw4w9WgXcQ?si=abc",
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PLbYMReQLhxM31QZzCMZtuOrYJ9NDE9SYX",
    "https://youtu.be/dQw4w9WgXcQ?list=PLbYMReQLhxM31QZzCMZtuOrYJ9NDE9SYX",
  ])
  func r49_shortsLiveAndListLinks_areTheVideo(link: String) {
    #expect(parsed(link) == "youtube watch dQw4w9WgXcQ https://www.youtube.com/watch?v=dQw4w9WgXcQ")
  }

  /// R50: the service changed name and host twice; every host leads to the same service and canonical host.
  @Test func r50_everyHostOfTheRenamedService_isOneService() {
    #expect(parsed("https://play.max.com/show/\(uuid)") == "max show \(uuid) https://play.hbomax.com/show/\(uuid)")
    #expect(
      parsed("https://hbomax.com/movies/dune/\(uuid)") == "max movie \(uuid) https://play.hbomax.com/movie/\(uuid)")
  }

  @Test func titleReference_ofALinkWithoutOffer_followsTheForm() throws {
    let table = [
      ("https://www.netflix.com/watch/80057281", "netflix:movie:80057281"),
      ("https://www.netflix.com/title/80057281", "netflix:tv:80057281"),
      ("https://youtu.be/-_abcdefghi", "youtube:movie:-_abcdefghi"),
      ("spotify:track:4uLU6hMCjMI75M1A2tKUQC", "spotify:movie:4uLU6hMCjMI75M1A2tKUQC"),
      ("https://tubitv.com/tv-shows/12", "tubi:movie:12"),
      ("https://www.disneyplus.com/browse/entity-\(uuid)", "disney:tv:entity-\(uuid)"),
      ("https://app.primevideo.com/detail?gti=amzn1.dv.gti.\(uuid)", "prime:tv:amzn1-dv-gti-\(uuid)"),
      (
        "plugin://plugin.video.x/é?a=\(String(repeating: "b", count: 90))",
        "kodi:tv:plugin-video-x---a-\(String(repeating: "b", count: 45))"
      ),
      ("https://www.imdb.com/title/tt0133093", "imdb:movie:tt0133093"),
      ("https://www.themoviedb.org/tv/1399/season/1", "tmdb:tv:1399/1"),
      ("axolotly://title/tmdb:movie:603", "tmdb:movie:603"),
    ]
    for (link, expected) in table {
      #expect(try LinkParser.parse(link).get().titleReference?.text == expected)
    }
  }

  /// Whatever is done to a link, the answer is bounded, and a canonical link is its own.
  @Test func parse_mutatedLinks_neverTrapAndStayCanonical() {
    var numbers = SeededNumbers(state: 49)
    let pool = Array("/?#%&=:.@-_[]\\ \u{0}é2Fn../".utf8)
    for round in 0..<20_000 {
      var bytes = Array(forms[round % forms.count].0.utf8)
      for _ in 0..<Int.random(in: 1...3, using: &numbers) {
        let at = Int.random(in: 0...bytes.count, using: &numbers)
        let byte = pool[Int.random(in: 0..<pool.count, using: &numbers)]
        switch Int.random(in: 0..<3, using: &numbers) {
        case 0: bytes.insert(byte, at: at)
        case 1: if at < bytes.count { bytes[at] = byte }
        default: bytes.removeSubrange(at..<min(at + 2, bytes.count))
        }
      }
      let link = String(decoding: bytes, as: UTF8.self)
      guard case .success(let locator) = LinkParser.parse(link) else { continue }
      #expect(LinkParser.parse(locator.canonical) == .success(locator), "\(link)")
    }
  }
}

/// A link for each form of the table, and its locator.
private let forms: [(String, String)] = [
  ("https://netflix.com/title/80057281", "netflix title 80057281 https://www.netflix.com/title/80057281"),
  ("https://netflix.com/watch/1", "netflix watch 1 https://www.netflix.com/watch/1"),
  ("https://netflix.com/browse?jbv=2", "netflix title 2 https://www.netflix.com/title/2"),
  ("https://netflix.com/%74itle/%31", "netflix title 1 https://www.netflix.com/title/1"),
  ("nflx://www.netflix.com/de/title/3/", "netflix title 3 https://www.netflix.com/title/3"),
  ("NFLX://WWW.netflix.com/browse?jbv=3#x", "netflix title 3 https://www.netflix.com/title/3"),
  ("netflix://TITLE/4?x=y", "netflix title 4 https://www.netflix.com/title/4"),
  ("netflix://watch/5", "netflix watch 5 https://www.netflix.com/watch/5"),
  (
    "https://disneyplus.com/movies/toy-story/8ad768591d6a",
    "disney movie 8ad768591d6a https://www.disneyplus.com/movies/toy-story/8ad768591d6a"
  ),
  (
    "https://disneyplus.com/series/%C3%A9/fYAGQQRvV986",
    "disney series fYAGQQRvV986 https://www.disneyplus.com/series/%C3%A9/fYAGQQRvV986"
  ),
  ("https://disneyplus.com/video/\(uuid)", "disney watch \(uuid) https://www.disneyplus.com/play/\(uuid)"),
  ("https://disneyplus.com/play/\(uuid)", "disney watch \(uuid) https://www.disneyplus.com/play/\(uuid)"),
  (
    "https://disneyplus.com/browse/entity-\(uuid)",
    "disney entity entity-\(uuid) https://www.disneyplus.com/browse/entity-\(uuid)"
  ),
  (
    "https://amazon.co.uk/gp/video/detail/B0CMHD44JC/ref=atv_dp",
    "prime detail B0CMHD44JC https://www.amazon.co.uk/gp/video/detail/B0CMHD44JC"
  ),
  (
    "https://amazon.com.tr/dp/B0CMHD44JC",
    "prime detail B0CMHD44JC https://www.amazon.com.tr/gp/video/detail/B0CMHD44JC"
  ),
  ("https://amazon.pl/a-b/dp/B0CMHD44JC", "prime detail B0CMHD44JC https://www.amazon.pl/gp/video/detail/B0CMHD44JC"),
  (
    "https://amazon.in/gp/video/detail/amzn1.dv.gti.\(uuid)",
    "prime gti amzn1.dv.gti.\(uuid) https://app.primevideo.com/detail?gti=amzn1.dv.gti.\(uuid)"
  ),
  (
    "https://primevideo.com/detail/0KMVA0TJ6A3WFQJN18D1ZVCC3A/ref=atv_dp",
    "prime detail 0KMVA0TJ6A3WFQJN18D1ZVCC3A https://www.primevideo.com/detail/0KMVA0TJ6A3WFQJN18D1ZVCC3A"
  ),
  (
    "https://primevideo.com/region/fe/detail/amzn1.dv.gti.\(uuid)",
    "prime gti amzn1.dv.gti.\(uuid) https://app.primevideo.com/detail?gti=amzn1.dv.gti.\(uuid)"
  ),
  (
    "https://app.primevideo.com/detail?gti=amzn1.dv.gti.\(uuid)",
    "prime gti amzn1.dv.gti.\(uuid) https://app.primevideo.com/detail?gti=amzn1.dv.gti.\(uuid)"
  ),
  (
    "https://app.primevideo.com/detail?asin=B0CMHD44JC",
    "prime detail B0CMHD44JC https://www.amazon.com/gp/video/detail/B0CMHD44JC"
  ),
  (
    "https://watch.amazon.com/detail?asin=B0CMHD44JC",
    "prime detail B0CMHD44JC https://www.amazon.com/gp/video/detail/B0CMHD44JC"
  ),
  (
    "aiv://aiv/view?gti=amzn1.dv.gti.\(uuid)",
    "prime gti amzn1.dv.gti.\(uuid) https://app.primevideo.com/detail?gti=amzn1.dv.gti.\(uuid)"
  ),
  ("https://hulu.com/movie/goldeneye-\(uuid)", "hulu movie \(uuid) https://www.hulu.com/movie/\(uuid)"),
  ("https://hulu.com/movie/\(uuid)", "hulu movie \(uuid) https://www.hulu.com/movie/\(uuid)"),
  ("https://hulu.com/series/a-b-\(uuid)", "hulu series \(uuid) https://www.hulu.com/series/\(uuid)"),
  ("https://hulu.com/watch/\(uuid)", "hulu watch \(uuid) https://www.hulu.com/watch/\(uuid)"),
  ("hulu://watch/\(uuid)", "hulu watch \(uuid) https://www.hulu.com/watch/\(uuid)"),
  ("https://youtube.com/watch?v=dQw4w9WgXcQ", "youtube watch dQw4w9WgXcQ https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
  (
    "https://tv.youtube.com/shorts/-Qw4w9WgXcQ", "youtube watch -Qw4w9WgXcQ https://www.youtube.com/watch?v=-Qw4w9WgXcQ"
  ),
  (
    "https://music.youtube.com/embed/dQw4w9WgXcQ",
    "youtube watch dQw4w9WgXcQ https://www.youtube.com/watch?v=dQw4w9WgXcQ"
  ),
  ("https://youtu.be/dQw4w9WgXcQ", "youtube watch dQw4w9WgXcQ https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
  ("vnd.youtube:dQw4w9WgXcQ", "youtube watch dQw4w9WgXcQ https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
  ("vnd.youtube://dQw4w9WgXcQ?x=1", "youtube watch dQw4w9WgXcQ https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
  (
    "https://youtube.com/playlist?list=PLbYMReQLhxM3",
    "youtube playlist PLbYMReQLhxM3 https://www.youtube.com/playlist?list=PLbYMReQLhxM3"
  ),
  ("https://max.com/movie/\(uuid)", "max movie \(uuid) https://play.hbomax.com/movie/\(uuid)"),
  ("https://play.hbomax.com/shows/a/\(uuid)", "max show \(uuid) https://play.hbomax.com/show/\(uuid)"),
  (
    "https://play.max.com/video/watch/\(uuid)/\(other)", "max watch \(uuid) https://play.hbomax.com/video/watch/\(uuid)"
  ),
  ("max://play/\(uuid)", "max watch \(uuid) https://play.hbomax.com/video/watch/\(uuid)"),
  (
    "https://tv.apple.com/ar/movie/el-origen/umc.cmc.6loas01ow0w4lkatxxloz7a6e",
    "appletv movie umc.cmc.6loas01ow0w4lkatxxloz7a6e https://tv.apple.com/movie/umc.cmc.6loas01ow0w4lkatxxloz7a6e"
  ),
  (
    "https://tv.apple.com/show/umc.cmc.6loas01ow0w4lkatxxloz7a6e",
    "appletv show umc.cmc.6loas01ow0w4lkatxxloz7a6e https://tv.apple.com/show/umc.cmc.6loas01ow0w4lkatxxloz7a6e"
  ),
  (
    "https://tv.apple.com/episode/e/umc.cmc.6loas01ow0w4lkatxxloz7a6e",
    "appletv episode umc.cmc.6loas01ow0w4lkatxxloz7a6e https://tv.apple.com/episode/umc.cmc.6loas01ow0w4lkatxxloz7a6e"
  ),
  (
    "https://peacocktv.com/watch/asset/movies/a/\(uuid)",
    "peacock movie \(uuid) https://www.peacocktv.com/watch/asset/movies/a/\(uuid)"
  ),
  (
    "https://peacocktv.com/watch/asset/movies/horror/a/\(uuid)",
    "peacock movie \(uuid) https://www.peacocktv.com/watch/asset/movies/horror/a/\(uuid)"
  ),
  ("https://peacocktv.com/watch/asset/tv/a/12", "peacock series 12 https://www.peacocktv.com/watch/asset/tv/a/12"),
  (
    "https://peacocktv.com/watch/playback/vod/GMO_1_01/\(uuid)",
    "peacock watch \(uuid) https://www.peacocktv.com/watch/playback/vod/GMO_1_01/\(uuid)"
  ),
  (
    "https://paramountplus.com/gb/movies/top-gun/a_b-C",
    "paramount movie a_b-C https://www.paramountplus.com/movies/video/a_b-C"
  ),
  (
    "https://paramountplus.com/shows/a/video/ID1/b", "paramount watch ID1 https://www.paramountplus.com/shows/video/ID1"
  ),
  ("https://paramountplus.com/shows/%C3%A9", "paramount series %C3%A9 https://www.paramountplus.com/shows/%C3%A9"),
  (
    "https://crunchyroll.com/pt-br/series/G6MG0N5KY/a",
    "crunchyroll series G6MG0N5KY https://www.crunchyroll.com/series/G6MG0N5KY"
  ),
  (
    "https://crunchyroll.com/watch/GLE227ZJW", "crunchyroll watch GLE227ZJW https://www.crunchyroll.com/watch/GLE227ZJW"
  ),
  ("https://tubitv.com/movies/1/a", "tubi movie 1 https://tubitv.com/movies/1"),
  ("https://tubitv.com/series/2", "tubi series 2 https://tubitv.com/series/2"),
  ("https://tubitv.com/tv-shows/3/s01-e01", "tubi episode 3 https://tubitv.com/tv-shows/3"),
  ("https://twitch.tv/videos/12", "twitch watch 12 https://www.twitch.tv/videos/12"),
  ("https://twitch.tv/NASA_TV", "twitch channel nasa_tv https://www.twitch.tv/nasa_tv"),
  (
    "https://open.spotify.com/intl-de/artist/4uLU6hMCjMI75M1A2tKUQC",
    "spotify artist 4uLU6hMCjMI75M1A2tKUQC https://open.spotify.com/artist/4uLU6hMCjMI75M1A2tKUQC"
  ),
  (
    "spotify:playlist:4uLU6hMCjMI75M1A2tKUQC",
    "spotify playlist 4uLU6hMCjMI75M1A2tKUQC https://open.spotify.com/playlist/4uLU6hMCjMI75M1A2tKUQC"
  ),
  (
    "plugin://plugin.video.x/?mode=play&url=a%2Fb#frag",
    "kodi plugin plugin.video.x/?mode=play&url=a%2Fb plugin://plugin.video.x/?mode=play&url=a%2Fb"
  ),
  ("https://vudu.com/content/tv/details/a/12", "vudu detail 12 https://www.vudu.com/content/tv/details/a/12"),
  (
    "https://play.google.com/store/movies/details/a?hl=de&id=YX8XM5mSLFy.P",
    "googleplay movie YX8XM5mSLFy.P https://play.google.com/store/movies/details?id=YX8XM5mSLFy.P"
  ),
  (
    "https://play.google.com/store/tv/show?id=YX8XM5mSLFy",
    "googleplay show YX8XM5mSLFy https://play.google.com/store/tv/show?id=YX8XM5mSLFy"
  ),
  (
    "https://therokuchannel.roku.com/details/\(hex)/a",
    "roku detail \(hex) https://therokuchannel.roku.com/details/\(hex)"
  ),
  ("https://therokuchannel.roku.com/watch/\(hex)", "roku watch \(hex) https://therokuchannel.roku.com/watch/\(hex)"),
  ("https://watch.plex.tv/de/movie/a", "plex movie a https://watch.plex.tv/movie/a"),
  ("https://watch.plex.tv/show/b", "plex show b https://watch.plex.tv/show/b"),
  ("https://pluto.tv/en/on-demand/movies/a/details", "pluto movie a https://pluto.tv/on-demand/movies/a"),
  ("https://pluto.tv/on-demand/series/b", "pluto series b https://pluto.tv/on-demand/series/b"),
  ("https://hoopladigital.com/title/12", "hoopla title 12 https://www.hoopladigital.com/title/12"),
  (
    "https://shudder.com/movies/watch/a/3bd7f393",
    "shudder movie 3bd7f393 https://www.shudder.com/movies/watch/a/3bd7f393"
  ),
  (
    "https://zee5.com/in/tv-shows/details/a/0-6-1z5",
    "zee5 series 0-6-1z5 https://www.zee5.com/tv-shows/details/a/0-6-1z5"
  ),
  ("https://imdb.com/de/title/tt0133093", "imdb reference tt0133093 https://www.imdb.com/title/tt0133093"),
  ("https://themoviedb.org/movie/603-the-matrix", "tmdb reference tmdb:movie:603 https://www.themoviedb.org/movie/603"),
  ("https://themoviedb.org/tv/1399", "tmdb reference tmdb:tv:1399 https://www.themoviedb.org/tv/1399"),
  (
    "https://themoviedb.org/tv/1399-a/season/1/episode/3",
    "tmdb reference tmdb:tv:1399/1/3 https://www.themoviedb.org/tv/1399/season/1/episode/3"
  ),
  ("axolotly://title/tmdb:tv:1399/1/3?x#y", "axolotly reference tmdb:tv:1399/1/3 axolotly://title/tmdb:tv:1399/1/3"),
]

/// Links that are none, with the first reason, and those just within the limits.
private let otherLinks: [(String, String)] = [
  // Length counts in bytes, before anything else.
  (
    "https://www.netflix.com/title/1?" + String(repeating: "a", count: 2_048 - 32),
    "netflix title 1 https://www.netflix.com/title/1"
  ),
  ("https://www.netflix.com/title/1?" + String(repeating: "a", count: 2_049 - 32), "too_long"),
  (String(repeating: " ", count: 2_049), "too_long"),
  (String(repeating: "é", count: 1_025), "too_long"),
  // Text that is no absolute URI, or an https link without a proper host.
  ("", "malformed"), (":", "malformed"), ("netflix", "malformed"), ("//www.netflix.com/title/1", "malformed"),
  ("1ab://x", "malformed"), ("-x:y", "malformed"), ("ftp://a b", "malformed"), ("ftp://a\\b", "malformed"),
  ("ftp://a\tb", "malformed"), ("ftp://a\u{7F}b", "malformed"), ("ftp://a\u{85}b", "malformed"),
  ("ftp://a\u{0}b", "malformed"), ("ftp://x/%zz", "malformed"), ("ftp://x/%4", "malformed"),
  ("https:", "malformed"), ("https:/www.netflix.com/title/1", "malformed"),
  ("https:www.netflix.com/title/1", "malformed"), ("https://", "malformed"), ("https://:443/title/1", "malformed"),
  ("https://?x", "malformed"), ("https://u@www.netflix.com/title/1", "malformed"),
  ("https://www.netflix.com@evil.example/title/1", "malformed"), ("https://@www.netflix.com/title/1", "malformed"),
  ("https://www.netflix.com:80/title/1", "malformed"), ("http://www.netflix.com:80/title/1", "malformed"),
  ("https://evil.example:8443/", "malformed"), ("https://[::1]:8443/", "malformed"),
  ("https://www.netflix.com/title/../watch/1", "malformed"), ("https://www.netflix.com/%2E%2e/title/1", "malformed"),
  ("https://www.netflix.com/a%2Ftitle/1", "malformed"), ("https://www.netflix.com/title/1%7F", "malformed"),
  ("https://www.disneyplus.com/movies/a%C2%85b/jIozwVWFh4vE", "malformed"),
  // Scheme, then host.
  ("javascript:alert(1)", "unsupported_scheme"), ("file:///etc/passwd", "unsupported_scheme"),
  ("data:text/html,x", "unsupported_scheme"), ("www.netflix.com:443/title/1", "unsupported_scheme"),
  ("https://evil.example/title/1", "unknown_service"), ("http://evil.example/title/1", "unknown_service"),
  ("https://www.netflix.com.evil.example/title/1", "unknown_service"), ("https://[::1]/x", "unknown_service"),
  ("https://www.www.netflix.com/title/1", "unknown_service"), ("https://amazon.ch/dp/B0CMHD44JC", "unknown_service"),
  ("https://watch.amazon.de/detail?asin=B0CMHD44JC", "unknown_service"),
  ("https://www.netflix.com./title/1", "unknown_service"), ("nflx://netflix.com.evil/title/1", "unknown_service"),
  // Path, then id.
  ("https://www.netflix.com", "unknown_form"), ("https://www.netflix.com/", "unknown_form"),
  ("https://www.netflix.com?jbv=1", "unknown_form"), ("https://www.netflix.com/en/", "unknown_form"),
  ("https://www.netflix.com/TITLE/1", "unknown_form"), ("https://www.netflix.com/title/1/2", "unknown_form"),
  ("https://www.netflix.com/search?q=x", "unknown_form"), ("https://www.netflix.com/title//", "malformed"),
  ("https://www.netflix.com/browse?jbv=", "malformed"), ("https://www.netflix.com/title/-1", "malformed"),
  ("https://www.netflix.com/title/１", "malformed"),
  ("https://www.disneyplus.com/movies/a+b/jIozwVWFh4vE", "unknown_form"),
  ("https://www.disneyplus.com/movies//jIozwVWFh4vE", "unknown_form"),
  ("https://www.disneyplus.com/browse/collection-\(uuid)", "unknown_form"),
  ("https://www.disneyplus.com/browse/entity-1", "malformed"),
  ("https://www.disneyplus.com/movies/\(String(repeating: "a", count: 129))/jIozwVWFh4vE", "unknown_form"),
  ("https://www.primevideo.com/region/xx/detail/B0CMHD44JC", "unknown_form"),
  ("https://www.amazon.com/dp/ref=x", "unknown_form"),
  ("https://www.amazon.com/gp/video/detail/b0cmhd44jc", "malformed"),
  ("https://app.primevideo.com/detail?gti=amzn1.dv.gti.x", "malformed"),
  ("https://app.primevideo.com/detail", "unknown_form"),
  ("https://www.hulu.com/movie/slug\(uuid)", "malformed"), ("https://www.hulu.com/movie/-\(uuid)", "malformed"),
  ("https://youtu.be/", "unknown_form"), ("https://youtu.be/short", "malformed"),
  ("https://www.youtube.com/results?search_query=x", "unknown_form"),
  ("https://www.youtube.com/watch?v=a&v=dQw4w9WgXcQ", "malformed"),
  ("https://www.youtube.com/watch?V=dQw4w9WgXcQ", "unknown_form"),
  ("https://www.youtube.com/watch?v=%64Qw4w9WgXcQ", "malformed"),
  ("vnd.youtube:", "malformed"), ("vnd.youtube:/dQw4w9WgXcQ", "unknown_form"),
  ("vnd.youtube://dQw4w9WgXcQ/", "unknown_form"),
  ("https://play.max.com/video/watch/\(uuid)/next", "unknown_form"), ("https://max.com/movie/x", "malformed"),
  ("https://tv.apple.com/us/movie/a/b/umc.cmc.2w9gsodu34xfgr9wjpa4a3llb", "unknown_form"),
  ("https://www.crunchyroll.com/series/g6mg0n5ky", "malformed"), ("https://www.twitch.tv/a-b-c", "malformed"),
  ("https://therokuchannel.roku.com/details/\(hex.uppercased())", "malformed"),
  ("https://www.shudder.com/movies/watch/a/abc", "malformed"),
  ("https://www.zee5.com/movies/details/a/0--1", "malformed"),
  ("https://www.imdb.com/title/nm0000206", "malformed"), ("https://www.imdb.com/title/tt123456", "malformed"),
  ("https://www.themoviedb.org/movie/12/x", "unknown_form"),
  ("https://www.themoviedb.org/tv/12/season", "unknown_form"),
  ("https://www.themoviedb.org/movie/abc", "malformed"), ("https://www.themoviedb.org/movie/12-", "malformed"),
  ("https://www.themoviedb.org/tv/12/season/12345", "malformed"),
  ("https://www.themoviedb.org/person/1", "unknown_form"),
  ("https://www.themoviedb.org/movie/12/season/1", "unknown_form"),
  ("spotify:", "unknown_form"), ("spotify:track", "unknown_form"), ("spotify:track:", "malformed"),
  ("spotify://track/4uLU6hMCjMI75M1A2tKUQC", "unknown_form"),
  ("spotify:concert:4uLU6hMCjMI75M1A2tKUQC", "unknown_form"),
  ("netflix:title/1", "malformed"), ("netflix://title/1/", "unknown_form"), ("netflix://title", "unknown_form"),
  ("netflix://browse?jbv=1", "unknown_form"), ("aiv://aiv/view", "unknown_form"),
  ("aiv://aiv/view?gti=x", "malformed"),
  ("plugin://", "malformed"), ("plugin:plugin.video.x/y", "malformed"), ("plugin://plugin.video.x/", "malformed"),
  ("plugin://Plugin.video.x/y", "malformed"), ("plugin://plugin.video.x/a%2Fb", "malformed"),
  ("plugin://plugin.video.x/\(String(repeating: "a", count: 1_010))", "malformed"),
  ("axolotly://title", "unknown_form"), ("axolotly://title/", "malformed"),
  ("axolotly://title/tmdb:movie:1/", "malformed"),
  ("axolotly://title/tmdb:tv:1/2/3/4", "malformed"), ("axolotly://titles/tmdb:tv:1", "unknown_form"),
]
