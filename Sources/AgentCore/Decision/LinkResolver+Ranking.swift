extension LinkResolver {
  /// Orders targets: exact before fallback; free, subscription, addon, rent, buy; the family's order of services;
  /// native, Kodi, browser; a video before a page; the better quality; the service's id.
  ///
  /// What is equal in all of these keeps its order, so that the answer is the same each time.
  static func ranked(_ targets: [Resolution.LaunchTarget], services: [String]) -> [Resolution.LaunchTarget] {
    let places = Dictionary(services.enumerated().map { ($1, $0) }, uniquingKeysWith: min)
    let ranked = targets.enumerated().map { (rank: rank(of: $1, places: places), position: $0, target: $1) }
    return ranked.sorted { a, b in
      for (left, right) in zip(a.rank, b.rank) where left != right { return left < right }
      if a.target.offer.service != b.target.offer.service {
        return a.target.offer.service.utf8.lexicographicallyPrecedes(b.target.offer.service.utf8)
      }
      return a.position < b.position
    }.map(\.target)
  }

  /// The keys that are numbers, the most important first; the smaller the better.
  private static func rank(of target: Resolution.LaunchTarget, places: [String: Int]) -> [Int] {
    [
      target.isFallback ? 1 : 0,
      Offer.Access.allCases.firstIndex(of: target.offer.type) ?? Offer.Access.allCases.count,
      places[target.offer.service] ?? places.count,
      Handler.Kind.allCases.firstIndex(of: target.kind) ?? Handler.Kind.allCases.count,
      target.isVideo ? 0 : 1,
      -(target.quality.flatMap { Offer.Quality.allCases.firstIndex(of: $0) } ?? -1),
    ]
  }
}
