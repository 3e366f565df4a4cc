import AgentCore

/// A question for a page of the titles that a profile may see.
package struct BrowseQuery: Sendable {
  package var kind: Title.Kind?
  /// Compared without case; a season or episode without genres has its show's.
  package var genre: String?
  package var offset: Int
  /// At most `Limits.browsePage`.
  package var limit: Int
  /// A number that is another one whenever `verdict` or `listed` may answer otherwise.
  package var generation: UInt64
  /// The decision on a title alone. It is asked once for each combination of facts, under a reference that no policy
  /// names, and for each title that `listed` matches, under its own.
  package var verdict: @Sendable (TitleFacts) -> Decision.Verdict
  /// References that the policy names for the profile in lists and grants; each stands for its seasons and episodes
  /// too.
  package var listed: Set<TitleReference>

  package init(
    kind: Title.Kind? = nil, genre: String? = nil, offset: Int, limit: Int, generation: UInt64,
    verdict: @escaping @Sendable (TitleFacts) -> Decision.Verdict, listed: Set<TitleReference>
  ) {
    self.kind = kind
    self.genre = genre
    self.offset = offset
    self.limit = limit
    self.generation = generation
    self.verdict = verdict
    self.listed = listed
  }
}
