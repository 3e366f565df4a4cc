extension LinkParser {
  /// One host, or one scheme of an app: whose it is and what its links look like.
  struct Site {
    let service: String
    /// Scheme and host of canonical links.
    let root: String
    var skipsLocale = false
    /// A last segment `ref=…` is ignored.
    var ignoresReferrer = false
    /// The first segment is compared without case, since a host stands there.
    var startsWithHost = false
    let grammar: Grammar

    enum Grammar {
      case patterns([Pattern])
      case movieDatabase
    }

    func locate(_ all: ArraySlice<Segment>, query: Query) throws(LinkError) -> Locator {
      var segments = all
      if skipsLocale, let first = segments.first, first.isLocale { segments.removeFirst() }
      if ignoresReferrer, let last = segments.last, last.decoded.starts(with: "ref=".utf8) { segments.removeLast() }
      switch grammar {
      case .patterns(let patterns): return try locate(segments, query: query, by: patterns)
      case .movieDatabase: return try movieDatabaseReference(segments, root: root)
      }
    }

    /// A path that some pattern knows but for the id is malformed; one that none knows is of unknown form.
    private func locate(
      _ segments: ArraySlice<Segment>, query: Query, by patterns: [Pattern]
    ) throws(LinkError) -> Locator {
      var error = LinkError.unknownForm
      for pattern in patterns {
        switch pattern.match(segments, query: query, ignoringCaseOfFirst: startsWithHost) {
        case .no: continue
        case .wrongID: error = .malformed
        case .found(let id, let slugs):
          let canonical = pattern.canonicalLink(root: root, id: id, slugs: slugs)
          return Locator(service: service, form: pattern.form, id: id, canonical: canonical)
        }
      }
      throw error
    }
  }
}
