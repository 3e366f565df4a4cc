extension Handler {
  /// One argument of a launch, with places for what comes from the link and the profile.
  package struct Argument: Sendable, Equatable {
    package var pieces: [Piece]

    package enum Piece: Sendable, Equatable {
      case text(String)
      case placeholder(Placeholder)
    }

    package enum Placeholder: String, Sendable, CaseIterable {
      /// The service's id of what is opened.
      case id
      /// The canonical link.
      case canonical
      /// The link as the offer gives it.
      case uri
      /// A directory of the handler's own for each profile.
      case profileDirectory = "profile_dir"
    }

    /// What stands between the braces is no placeholder, or a brace is not closed.
    package struct UnknownPlaceholder: Error, Equatable { package let name: String }

    /// Reads `--app={canonical}`.
    package init(parsing text: String) throws(UnknownPlaceholder) {
      pieces = []
      var rest = text[...]
      while let open = rest.firstIndex(of: "{") {
        if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
        let inside = rest[rest.index(after: open)...]
        guard let close = inside.firstIndex(of: "}"), let placeholder = Placeholder(rawValue: String(inside[..<close]))
        else { throw UnknownPlaceholder(name: String(inside.prefix { $0 != "}" })) }
        pieces.append(.placeholder(placeholder))
        rest = inside[inside.index(after: close)...]
      }
      if !rest.isEmpty { pieces.append(.text(String(rest))) }
    }

    package var hasPlaceholder: Bool {
      pieces.contains {
        switch $0 {
        case .text: false
        case .placeholder: true
        }
      }
    }

    /// The argument with its places filled; nil where what was filled in would make an option of it.
    ///
    /// Each stays one argument whatever it holds; nothing is quoted, since no shell reads it.
    func filled(by value: (Placeholder) -> String) -> String? {
      let text = pieces.reduce(into: "") { result, piece in
        switch piece {
        case .text(let text): result += text
        case .placeholder(let placeholder): result += value(placeholder)
        }
      }
      if case .placeholder = pieces.first, text.utf8.first == UInt8(ascii: "-") { return nil }
      return text
    }
  }

  /// Whether its program is told a directory of its own for each profile.
  package var hasProfileDirectory: Bool { launch.contains { $0.pieces.contains(.placeholder(.profileDirectory)) } }

  /// The arguments of an app that is started for itself; its handler has no place for a link.
  package func argumentsByItself(profileDirectory: String) -> [String] {
    launch.compactMap { $0.filled { $0 == .profileDirectory ? profileDirectory : "" } }
  }

  /// The arguments for a link; nil where one of them would become an option.
  func arguments(for locator: Locator, link: String, profileDirectory: String) -> [String]? {
    var result: [String] = []
    for argument in launch {
      let filled = argument.filled { placeholder in
        switch placeholder {
        case .id: locator.id
        case .canonical: locator.canonical
        case .uri: link
        case .profileDirectory: profileDirectory
        }
      }
      guard let filled else { return nil }
      result.append(filled)
    }
    return result
  }
}
