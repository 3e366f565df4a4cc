extension LinkParser {
  /// A text that is an absolute URI of acceptable length and characters, cut into its parts; nothing is known yet of
  /// what it names.
  struct Link {
    /// In lower case.
    let scheme: String
    /// What stands between `//` and the path; nil where no `//` follows the scheme.
    let authority: ArraySlice<UInt8>?
    /// The host of an https link, in lower case.
    let host: String?
    /// As written, with its leading slash.
    let path: ArraySlice<UInt8>
    /// The path's segments, of an https, http or nflx link without the one trailing slash that is ignored.
    let pathSegments: [Segment]
    let query: Query

    init(_ text: String) throws(LinkError) {
      guard text.utf8.count <= Limits.linkBytes else { throw .tooLong }
      let bytes = Array(text.utf8)
      guard !bytes.isEmpty, !holdsForbidden(bytes[...]), hasWholeEscapes(bytes),
        let colon = bytes.firstIndex(of: UInt8(ascii: ":")), isScheme(bytes[..<colon])
      else { throw .malformed }
      scheme = lowerCased(bytes[..<colon])

      var rest = bytes[(colon + 1)...]
      if let hash = rest.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<hash] }
      if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
        query = Query(bytes: rest[(mark + 1)...])
        rest = rest[..<mark]
      } else {
        query = Query(bytes: nil)
      }
      if rest.starts(with: "//".utf8) {
        rest = rest.dropFirst(2)
        let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        authority = rest[..<end]
        rest = rest[end...]
      } else {
        authority = nil
      }
      path = rest
      host = isWeb(scheme) ? try Self.host(ofAuthority: authority) : nil
      if authority == nil, needsAuthority(scheme) { throw .malformed }
      let ignoresTrailingSlash = isWeb(scheme) || scheme == "nflx"
      pathSegments =
        authority == nil
        ? try Self.segments(of: rest) : try Self.segments(after: rest, ignoringTrailingSlash: ignoresTrailingSlash)
    }

    /// Authority and path together: the links of apps have their first word where a host stands.
    var allSegments: [Segment] {
      guard let authority else { return pathSegments }
      return [Segment(raw: authority, decoded: authority)] + pathSegments
    }

    /// The words of `spotify:KIND:ID`; none for a link of another build.
    var colonSegments: [Segment] {
      guard authority == nil, pathSegments.count == 1, let only = pathSegments.first else { return [] }
      return only.decoded.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        .map { Segment(raw: $0, decoded: $0) }
    }

    /// The host of an https link; a user part, no host, or a port other than 443 is malformed.
    private static func host(ofAuthority authority: ArraySlice<UInt8>?) throws(LinkError) -> String {
      guard let authority, !authority.contains(UInt8(ascii: "@")) else { throw .malformed }
      var host = authority
      let closing = authority.lastIndex(of: UInt8(ascii: "]")) ?? authority.startIndex
      if let colon = authority[closing...].firstIndex(of: UInt8(ascii: ":")) {
        let port = authority[(colon + 1)...]
        guard port.isEmpty || port.elementsEqual("443".utf8) else { throw .malformed }
        host = authority[..<colon]
      }
      guard !host.isEmpty else { throw .malformed }
      return lowerCased(host)
    }

    /// The segments of a path that follows an authority: none, or each after its slash.
    private static func segments(
      after path: ArraySlice<UInt8>, ignoringTrailingSlash: Bool
    ) throws(LinkError) -> [Segment] {
      var path = path
      if ignoringTrailingSlash, path.last == UInt8(ascii: "/") { path.removeLast() }
      return path.isEmpty ? [] : try segments(of: path.dropFirst())
    }

    private static func segments(of path: ArraySlice<UInt8>) throws(LinkError) -> [Segment] {
      var result: [Segment] = []
      for raw in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
        result.append(try Segment(decoding: raw))
      }
      return result
    }
  }
}

private func isWeb(_ scheme: String) -> Bool { scheme == "https" || scheme == "http" }

/// The known schemes that are nothing without `//`.
private func needsAuthority(_ scheme: String) -> Bool {
  scheme == "nflx" || scheme == "plugin" || scheme == "axolotly" || LinkParser.appSites[scheme] != nil
}
