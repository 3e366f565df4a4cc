extension LinkParser {
  /// A line of the table: a path with places for the id and for slugs, and the canonical link that it leads to.
  ///
  /// Written as in `spec/links.md` §1: `/movies/SLUG/ID`, `/watch?v=ID`; a last segment in brackets may be absent
  /// (`/series/ID/[SLUG]`) and is left out of the canonical link. In `entity-ID` the id is the whole segment.
  struct Pattern {
    let form: Locator.Form
    private let elements: [Element]
    private let isLastOptional: Bool
    /// The query item that carries the id, where no segment does.
    private let queryItem: [UInt8]?
    private let shape: Shape
    private let canonical: [Piece]

    private enum Element {
      case word([UInt8])
      case slug, uuid
      case id(prefix: [UInt8])
    }

    private enum Piece {
      case text(String)
      case slug, id
    }

    /// Without `canonical` the path is its own.
    init(_ form: Locator.Form, _ path: String, _ shape: Shape, canonical: String? = nil) {
      self.form = form
      self.shape = shape
      let halves = path.split(separator: "?", maxSplits: 1)
      var words = halves[0].split(separator: "/").map(String.init)
      isLastOptional = words.last?.hasPrefix("[") ?? false
      if isLastOptional { words.append(String(words.removeLast().dropFirst().dropLast())) }
      elements = words.map(Pattern.element)
      queryItem = halves.count == 2 ? Array(halves[1].prefix { $0 != "=" }.utf8) : nil
      self.canonical = Pattern.pieces(of: canonical ?? String(path.prefix { $0 != "[" }).droppingLastSlash)
    }

    enum Match {
      case no
      /// The path is this pattern's, the id has another shape.
      case wrongID
      case found(id: String, slugs: [String])
    }

    /// `ignoringCaseOfFirst`: the first segment stands where a host does.
    func match(_ segments: ArraySlice<Segment>, query: Query, ignoringCaseOfFirst: Bool) -> Match {
      guard segments.count == elements.count || (isLastOptional && segments.count == elements.count - 1) else {
        return .no
      }
      var idSegment: Segment?
      var slugs: [String] = []
      for (position, (element, segment)) in zip(elements, segments).enumerated() {
        switch element {
        case .word(let word):
          let isSame =
            ignoringCaseOfFirst && position == 0
            ? equalsIgnoringCase(segment.decoded, String(decoding: word, as: UTF8.self))
            : segment.decoded.elementsEqual(word)
          guard isSame else { return .no }
        case .slug:
          guard isSlug(segment.raw) else { return .no }
          slugs.append(String(decoding: segment.raw, as: UTF8.self))
        case .uuid: guard isUUID(segment.decoded) else { return .no }
        case .id(let prefix):
          guard segment.decoded.starts(with: prefix) else { return .no }
          idSegment = segment
        }
      }
      if let queryItem {
        guard let value = query.first(queryItem) else { return .no }
        idSegment = Segment(raw: value, decoded: value)
      }
      guard let idSegment, let id = shape.id(in: idSegment) else { return .wrongID }
      return .found(id: id, slugs: slugs)
    }

    /// `root` precedes a canonical link that names no host of its own.
    func canonicalLink(root: String, id: String, slugs: [String]) -> String {
      var rest = slugs[...]
      var result = ""
      for piece in canonical {
        switch piece {
        case .text(let text): result += text
        case .slug: result += rest.popFirst() ?? ""
        case .id: result += id
        }
      }
      return result.hasPrefix("/") ? root + result : result
    }

    private static func element(_ word: String) -> Element {
      switch word {
      case "SLUG": .slug
      case "UUID": .uuid
      case let word where word.hasSuffix("ID"): .id(prefix: Array(word.dropLast(2).utf8))
      default: .word(Array(word.utf8))
      }
    }

    /// Capital letters are places, everything else is text.
    private static func pieces(of template: String) -> [Piece] {
      var result: [Piece] = []
      var rest = template[...]
      while let first = rest.first {
        let isPlace = first.isUppercase
        let run = rest.prefix { $0.isUppercase == isPlace }
        rest = rest.dropFirst(run.count)
        result.append(isPlace ? (run == "SLUG" ? .slug : .id) : .text(String(run)))
      }
      return result
    }
  }
}

extension String {
  fileprivate var droppingLastSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
