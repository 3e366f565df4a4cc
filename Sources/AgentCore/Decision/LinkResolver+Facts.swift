extension TitleFacts {
  /// The facts that a question is asked with: ratings, genres and descriptors, each by itself, are those of the
  /// nearest of the title and its ancestors that has any (`spec/policy.md` §2).
  package init(of title: Title, ancestors: [Title]) {
    let line = [title] + ancestors
    self.init(
      reference: title.reference,
      ratings: line.first { !$0.ratings.isEmpty }?.ratings ?? [],
      genres: line.first { !$0.genres.isEmpty }?.genres ?? [],
      descriptors: line.first { !$0.descriptors.isEmpty }?.descriptors ?? [])
  }
}

extension TitleReference {
  /// Whether it names a season or an episode of the other.
  package func isBelow(_ other: TitleReference) -> Bool { text.utf8.starts(with: (other.text + "/").utf8) }
}
