import AgentCore
import Testing

private let now = WallTime(seconds: 1_000_000)

/// A question whose policy is a table: what is not in it is allowed.
private struct World {
  var services = ["netflix", "max"]
  var kind = Profile.Kind.child
  var purchases = false
  var blockedTitles: [String] = []
  /// Verdicts by title reference, with app nil.
  var titles: [String: Decision] = [:]
  /// Verdicts by app.
  var apps: [String: Decision] = [:]
  var handlers = [browser]
  var display: Offer.Quality?

  func resolver() -> LinkResolver {
    var profile = Profile(id: "mia", name: "Mia", kind: kind)
    profile.purchases = purchases
    profile.titles.block = blockedTitles.compactMap { TitleReference($0) }
    let policy = Policy(
      family: "f", version: 1, issuedAt: now, timeZone: "UTC", region: "US", services: services, profiles: [profile])
    return LinkResolver(
      policy: policy, profile: profile, handlers: handlers, displayQuality: display,
      profileDirectory: { "/var/lib/axolotly/apps/\($1)/\($0)" },
      decide: { title, app in
        if let title, let decision = titles[title.reference.text] { return decision }
        if let app, let decision = apps[app] { return decision }
        return Decision(verdict: .allow, reasons: [])
      })
  }

  func resolve(_ offers: [Offer]) -> Resolution {
    resolver().resolve(title: title("tmdb:movie:603", .movie, offers), at: now)
  }
}

private func handler(
  _ id: String, _ services: [String], _ kind: Handler.Kind, app: Handler.App = .service, forms: [Locator.Form] = [],
  quality: Offer.Quality? = nil, _ argv: [String] = ["player", "{canonical}"]
) -> Handler {
  Handler(
    id: id, app: app, services: services, forms: forms, kind: kind, requires: .binary("player"), quality: quality,
    launch: argv.compactMap { try? Handler.Argument(parsing: $0) })
}

private let browser = handler(
  "browser", ["netflix", "max", "youtube", "disney", "hulu", "tubi", "prime"], .browser,
  ["chromium", "--user-data-dir={profile_dir}", "--app={canonical}"])

private func title(_ reference: String, _ kind: Title.Kind, _ offers: [Offer]) -> Title {
  guard let reference = TitleReference(reference) else { preconditionFailure("the tests write well-formed references") }
  return Title(reference: reference, kind: kind, name: "", offers: offers)
}

private func offer(
  _ service: String = "netflix", _ type: Offer.Access = .subscription,
  _ link: String = "https://www.netflix.com/title/1",
  video: String? = nil, region: String = "US", quality: Offer.Quality? = nil, since: Int64? = nil, until: Int64? = nil
) -> Offer {
  Offer(
    region: region, service: service, type: type, link: link, videoLink: video, quality: quality,
    availableSince: since.map { now + $0 }, expiresOn: until.map { now + $0 })
}

private func denied(_ reason: Decision.Reason, until: Int64? = nil) -> Decision {
  Decision(verdict: .deny, reasons: [reason], until: until.map { now + $0 })
}

private func codes(_ resolution: Resolution) -> [String] { resolution.leftOut.map(\.reason.code) }

@Suite struct LinkResolverTests {
  @Test func resolve_usableOffer_fillsTheHandlersArguments() {
    let resolution = World().resolve([offer(quality: .uhd)])
    #expect(resolution.decision.verdict == .allow)
    #expect(resolution.leftOut.isEmpty)
    #expect(resolution.targets.count == 1)
    let target = resolution.targets.first
    #expect(
      target?.argv == [
        "chromium", "--user-data-dir=/var/lib/axolotly/apps/mia/browser", "--app=https://www.netflix.com/title/1",
      ])
    #expect(target?.app == "netflix" && target?.handler == "browser" && target?.quality == .uhd)
    #expect(target?.isFallback == false && target?.isVideo == false)
  }

  @Test func resolve_offerThatCannotBeUsed_namesTheFirstReason() {
    let listed = denied(.appBlocked)
    let table: [(Offer, World, String)] = [
      (offer(region: "DE"), World(), "region"),
      (offer(since: 1), World(), "not_yet"),
      (offer(until: 0), World(), "expired"),
      (offer("hulu", .subscription), World(), "not_entitled"),
      (offer("hulu", .addon), World(), "not_entitled"),
      (offer("prime", .rent), World(), "purchase_not_allowed"),
      (offer("prime", .buy), World(), "purchase_not_allowed"),
      (offer(), World(apps: ["netflix": listed]), "app_blocked"),
      (offer(), World(apps: ["netflix": denied(.appLimitReached)]), "app_limit_reached"),
      (offer(), World(apps: ["netflix": Decision(verdict: .ask, reasons: [.appLimitReached])]), "app_limit_reached"),
      (offer(), World(handlers: []), "no_handler"),
      (offer("netflix", .free, "https://www.imdb.com/title/tt0133093"), World(), "no_handler"),
      (
        offer("youtube", .free, "https://youtu.be/dQw4w9WgXcQ"),
        World(handlers: [handler("lists", ["youtube"], .native, forms: [.playlist])]), "no_handler"
      ),
      (offer("netflix", .subscription, "https://www.netflix.com/search?q=matrix"), World(), "bad_link"),
      (offer("netflix", .subscription, "--help"), World(), "bad_link"),
      // In the order of the list: what stands further up wins.
      (offer("hulu", .subscription, region: "DE", since: 1, until: 0), World(), "region"),
      (offer("hulu", .subscription, since: 1, until: 0), World(), "not_yet"),
      (offer("hulu", .subscription, until: 0), World(), "expired"),
      (offer("hulu", .subscription, "bad"), World(apps: ["hulu": listed], handlers: []), "not_entitled"),
      (offer("netflix", .subscription, "bad"), World(apps: ["netflix": listed], handlers: []), "app_blocked"),
      (offer("netflix", .subscription, "bad"), World(handlers: []), "no_handler"),
    ]
    for (offer, world, expected) in table {
      let resolution = world.resolve([offer])
      #expect(codes(resolution) == [expected])
      #expect(resolution.targets.isEmpty)
    }
  }

  @Test func resolve_boundariesOfAvailability_areClosedBelowAndOpenAbove() {
    #expect(World().resolve([offer(since: 0, until: 1)]).targets.count == 1)
    #expect(
      World(purchases: true).resolve([offer("prime", .rent, "https://amazon.com/dp/B0CMHD44JC")]).targets.count == 1)
    #expect(World(services: []).resolve([offer("tubi", .free, "https://tubitv.com/movies/1")]).targets.count == 1)
  }

  @Test func resolve_linkOfAnotherService_countsAsTheLinksService() {
    let resolution = World(apps: ["youtube": denied(.appBlocked)])
      .resolve([offer("netflix", .subscription, "https://youtu.be/dQw4w9WgXcQ")])
    #expect(codes(resolution) == ["app_blocked"])
  }

  @Test func resolve_nativeAppWithItsOwnId_countsAsThatApp() {
    let native = handler("tube", ["youtube"], .native, app: .named("tube"))
    var world = World(apps: ["tube": denied(.appLimitReached)], handlers: [native, browser])
    let offers = [offer("youtube", .free, "https://youtu.be/dQw4w9WgXcQ")]
    #expect(world.resolve(offers).targets.map(\.handler) == ["browser"])
    world.apps = ["youtube": denied(.appBlocked)]
    #expect(world.resolve(offers).targets.map(\.app) == ["tube"])
    world.apps["tube"] = denied(.appLimitReached)
    #expect(codes(world.resolve(offers)) == ["app_blocked"])
  }

  @Test func resolve_kodiAddOn_countsAsItsServiceOrIsAnAdultsAlone() {
    let kodi = handler("kodi", ["kodi"], .kodi)
    let known = offer("netflix", .free, "plugin://plugin.video.netflix/play/movie/1/")
    let unknown = offer("netflix", .free, "plugin://plugin.video.x/play/1")
    #expect(World(handlers: [kodi]).resolve([known]).targets.map(\.app) == ["netflix"])
    #expect(codes(World(apps: ["netflix": denied(.appBlocked)], handlers: [kodi]).resolve([known])) == ["app_blocked"])
    for profile in [Profile.Kind.child, .teen, .guest] {
      #expect(codes(World(kind: profile, handlers: [kodi]).resolve([unknown])) == ["app_blocked"])
    }
    #expect(World(kind: .adult, handlers: [kodi]).resolve([unknown]).targets.map(\.app) == ["kodi"])
  }

  @Test func resolve_idThatWouldBeAnOption_isABadLink() {
    let bare = handler("bare", ["youtube"], .native, ["player", "{id}"])
    let joined = handler("joined", ["youtube"], .native, ["player", "--play={id}"])
    let dashed = offer("youtube", .free, "https://youtu.be/-Qw4w9WgXcQ")
    #expect(codes(World(handlers: [bare]).resolve([dashed])) == ["bad_link"])
    #expect(
      World(handlers: [bare, joined]).resolve([dashed]).targets.map(\.argv) == [["player", "--play=-Qw4w9WgXcQ"]])
    #expect(
      World(handlers: [bare]).resolve([offer("youtube", .free, "https://youtu.be/dQw4w9WgXcQ")]).targets.count == 1)
  }

  @Test func resolve_withoutAllow_hasTheDecisionAlone() {
    for verdict in [Decision.Verdict.ask, .deny] {
      let decision = Decision(verdict: verdict, reasons: [.maturityExceeded], until: now + 60)
      let resolution = World(titles: ["tmdb:movie:603": decision]).resolve([offer(until: 5), offer(region: "DE")])
      #expect(resolution == Resolution(decision: decision, until: now + 60))
    }
  }

  /// Each pair differs in one key, the better one given last; keys further down speak for the worse one.
  @Test func resolve_ranking_followsTheOrderOfTheKeys() {
    let netflix = "https://www.netflix.com/title/1"
    let max = "https://play.max.com/movie/0ec7a9e6-d59c-4a73-b9d4-0bb336af58f6"
    let tubi = "https://tubitv.com/movies/1"
    let native = handler("native", ["max", "tubi"], .native)
    let kodi = handler("kodi", ["max"], .kodi)
    func first(_ offers: [Offer], _ handlers: [Handler] = [browser], display: Offer.Quality? = nil) -> Resolution
      .LaunchTarget?
    {
      let services = ["netflix", "max", "disney"]
      return World(services: services, purchases: true, handlers: handlers, display: display).resolve(offers).targets
        .first
    }
    // Type, although the service and the handler are worse.
    let types: [Offer.Access] = [.free, .subscription, .addon, .rent, .buy]
    for (better, worse) in zip(types, types.dropFirst()) {
      let target = first([offer("max", worse, max), offer("netflix", better, netflix)], [native, browser])
      #expect(target?.offer.type == better)
    }
    // The family's order of services, although the handler is worse; an unlisted service comes last.
    #expect(first([offer("max", .subscription, max), offer()], [native, browser])?.offer.service == "netflix")
    #expect(first([offer("tubi", .free, tubi), offer("max", .free, max)], [native, browser])?.offer.service == "max")
    // The handler, although it opens the page and not the video.
    let both = offer("max", .subscription, max, video: "max://play/b74b5959-7e68-48dc-8250-c03cff8b3c50")
    let pages = handler("pages", ["max"], .native, forms: [.movie])
    #expect(first([both], [browser, kodi])?.handler == "kodi")
    #expect(first([both], [kodi, native])?.handler == "native")
    #expect(first([both], [kodi, pages])?.handler == "pages")
    // A video before a page, although its quality is less.
    #expect(
      first([offer(quality: .uhd), offer(video: "https://www.netflix.com/watch/1", quality: .sd)])?.isVideo == true)
    // Quality, as far as the display and the handler show it.
    #expect(first([offer(quality: .hd), offer(quality: .uhd)])?.quality == .uhd)
    #expect(first([offer(), offer(quality: .sd)])?.quality == .sd)
    let capped = first([offer(quality: .hd), offer(quality: .uhd)], display: .hd)
    #expect(capped?.quality == .hd && capped?.offer.quality == .hd)
    let weak = handler("weak", ["netflix"], .browser, quality: .sd)
    #expect(first([offer(quality: .uhd)], [weak, browser])?.handler == "browser")
    #expect(first([offer(quality: .uhd)], [weak])?.quality == .sd)
    // The service's id, where the family names neither.
    let free = [
      offer("tubi", .free, tubi), offer("hulu", .free, "https://hulu.com/movie/0ec7a9e6-d59c-4a73-b9d4-0bb336af58f6"),
    ]
    #expect(first(free)?.offer.service == "hulu")
  }

  /// R50: the service changed name and host twice; the family's `services` entry stays as it is.
  @Test func r50_offerOnAnOldHost_opensTheNewOneForTheSameSubscription() {
    let uuid = "0ec7a9e6-d59c-4a73-b9d4-0bb336af58f6"
    for host in ["play.max.com", "www.max.com", "www.hbomax.com", "play.hbomax.com"] {
      let resolution = World(services: ["max"]).resolve([offer("max", .subscription, "https://\(host)/movie/\(uuid)")])
      #expect(resolution.targets.map(\.argv.last) == ["--app=https://play.hbomax.com/movie/\(uuid)"])
    }
  }

  @Test func resolve_movie_hasVideoAndPageOfEachOffer() {
    let resolution = World().resolve([offer(video: "https://www.netflix.com/watch/1")])
    #expect(resolution.targets.map(\.locator.form) == [.watch, .title])
    #expect(World().resolve([offer(video: "nonsense")]).targets.map(\.locator.form) == [.title])
    let videoAlone = offer("netflix", .subscription, "nonsense", video: "https://www.netflix.com/watch/1")
    #expect(World().resolve([videoAlone]).targets.map(\.locator.form) == [.watch])
  }

  @Test func resolve_showOrSeason_opensItsPageAlone() {
    let offers = [offer(video: "https://www.netflix.com/watch/1")]
    for (reference, kind) in [("tmdb:tv:1", Title.Kind.show), ("tmdb:tv:1/2", .season)] {
      let resolution = World().resolver().resolve(title: title(reference, kind, offers), at: now)
      #expect(resolution.targets.map(\.locator.form) == [.title])
    }
  }

  @Test func resolve_episode_fallsBackToSeasonThenShow() {
    let season = title(
      "tmdb:tv:1/2", .season, [offer("max", .subscription, "https://max.com/show/0ec7a9e6-d59c-4a73-b9d4-0bb336af58f6")]
    )
    let show = title("tmdb:tv:1", .show, [offer("netflix", .subscription, video: "https://www.netflix.com/watch/9")])
    let episode = title("tmdb:tv:1/2/3", .episode, [offer("netflix", .subscription, "https://www.netflix.com/watch/7")])
    let resolution = World().resolver().resolve(title: episode, ancestors: [season, show], at: now)
    #expect(resolution.targets.map(\.isFallback) == [false, true, true])
    #expect(resolution.targets.map(\.locator.id).first == "7")
    #expect(resolution.targets.map(\.locator.service) == ["netflix", "netflix", "max"])
    let bare = title("tmdb:tv:1/2/3", .episode, [])
    let same = World(services: ["netflix", "max"]).resolver().resolve(title: bare, ancestors: [season, show], at: now)
    #expect(same.targets.map(\.locator.form) == [.title, .show])
    // A movie has no ancestors.
    #expect(
      World().resolver().resolve(title: title("tmdb:movie:1", .movie, []), ancestors: [show], at: now).targets.isEmpty)
  }

  @Test func resolve_fallback_isLeftOutWhereItsPageWouldOpenWhatIsNotAllowed() {
    let show = title("tmdb:tv:1", .show, [offer()])
    let episode = title("tmdb:tv:1/2/3", .episode, [])
    let below = [title("tmdb:tv:1/1", .season, []), title("tmdb:tv:1/1/1", .episode, [])]
    let table: [(World, [Title], [String])] = [
      (World(), below, []),
      (World(titles: ["tmdb:tv:1": denied(.maturityExceeded)]), [], ["fallback_not_allowed"]),
      (World(titles: ["tmdb:tv:1": Decision(verdict: .ask, reasons: [.titleNotListed])]), [], ["fallback_not_allowed"]),
      (World(blockedTitles: ["tmdb:tv:1/9"]), [], ["fallback_not_allowed"]),
      (World(blockedTitles: ["tmdb:tv:1/2/4"]), [], ["fallback_not_allowed"]),
      (World(blockedTitles: ["tmdb:tv:12/1"]), [], []),
      (World(titles: ["tmdb:tv:1/1/1": denied(.maturityExceeded)]), below, ["fallback_not_allowed"]),
      (World(titles: ["tmdb:tv:1": denied(.titleBlocked)], handlers: []), [], ["no_handler"]),
    ]
    for (world, below, expected) in table {
      let resolution = world.resolver().resolve(title: episode, ancestors: [show], below: below, at: now)
      #expect(codes(resolution) == expected)
      #expect(resolution.targets.isEmpty == !expected.isEmpty)
      #expect(!resolution.leftOut.contains { !$0.isFallback })
    }
  }

  @Test func resolve_until_isTheEarliestChange() {
    let table: [(World, [Offer], Int64?)] = [
      (World(), [offer()], nil),
      (World(), [offer(since: -5, until: 50), offer(since: 70)], 50),
      (World(), [offer(until: 50), offer(since: 30)], 30),
      (World(), [offer(until: -1)], nil),
      (World(), [offer(region: "DE", until: 10)], nil),
      (World(apps: ["netflix": denied(.appLimitReached, until: 20)]), [offer(until: 50)], 20),
      (
        World(titles: ["tmdb:movie:603": Decision(verdict: .allow, reasons: [], until: now + 9)]), [offer(until: 50)], 9
      ),
    ]
    for (world, offers, expected) in table {
      #expect(world.resolve(offers).until == expected.map { now + $0 })
    }
  }

  @Test func titleFacts_missingMembers_comeFromTheNearestAncestorEachByItself() {
    var show = title("tmdb:tv:1", .show, [])
    var season = title("tmdb:tv:1/2", .season, [])
    var episode = title("tmdb:tv:1/2/3", .episode, [])
    show.ratings = [Rating(system: "US:tv", value: "TV-14")]
    show.genres = ["drama"]
    season.ratings = [Rating(system: "US:tv", value: "TV-MA")]
    episode.descriptors = ["fear"]
    let facts = TitleFacts(of: episode, ancestors: [season, show])
    #expect(facts.reference == episode.reference && facts.ratings == season.ratings)
    #expect(facts.genres == ["drama"] && facts.descriptors == ["fear"])
  }

  @Test func resolve_linkWithoutOffer_isDecidedAsATitleWithoutRatings() throws {
    let link = "https://youtu.be/dQw4w9WgXcQ?si=x"
    let locator = try LinkParser.parse(link).get()
    let open = World().resolver().resolve(link: link, locator: locator, at: now)
    #expect(open?.targets.map(\.locator) == [locator])
    let world = World(titles: ["youtube:movie:dQw4w9WgXcQ": denied(.titleBlocked)])
    #expect(world.resolver().resolve(link: link, locator: locator, at: now)?.decision.verdict == .deny)
  }
}
