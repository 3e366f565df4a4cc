extension LinkParser {
  /// One segment of a path, as written and with its percent-encoding decoded once.
  struct Segment {
    let raw: ArraySlice<UInt8>
    let decoded: ArraySlice<UInt8>

    init(raw: ArraySlice<UInt8>, decoded: ArraySlice<UInt8>) { (self.raw, self.decoded) = (raw, decoded) }

    /// A segment that decodes to `..`, or to something with a slash or a control character, is malformed.
    init(decoding raw: ArraySlice<UInt8>) throws(LinkError) {
      self.raw = raw
      decoded = raw.contains(UInt8(ascii: "%")) ? percentDecoded(raw) : raw
      guard !decoded.elementsEqual("..".utf8), !decoded.contains(UInt8(ascii: "/")), !holdsControl(decoded) else {
        throw .malformed
      }
    }

    /// Whether it is a locale: `xx`, `xx-xx`, `xx_xx` or `intl-xx`, letters in any case.
    var isLocale: Bool {
      let bytes = Array(decoded)
      switch bytes.count {
      case 2: return bytes.allSatisfy(isLetter)
      case 5:
        let separator = bytes[2]
        return bytes[..<2].allSatisfy(isLetter) && bytes[3...].allSatisfy(isLetter)
          && (separator == UInt8(ascii: "-") || separator == UInt8(ascii: "_"))
      case 7: return equalsIgnoringCase(bytes[..<5], "intl-") && bytes[5...].allSatisfy(isLetter)
      default: return false
      }
    }
  }

  /// The items of a query; names and values are taken as written, and of a repeated name the first counts.
  struct Query {
    /// Without the question mark; nil where there is none.
    let bytes: ArraySlice<UInt8>?

    func first(_ name: [UInt8]) -> ArraySlice<UInt8>? {
      guard let bytes else { return nil }
      for item in bytes.split(separator: UInt8(ascii: "&")) {
        let equals = item.firstIndex(of: UInt8(ascii: "="))
        guard item[..<(equals ?? item.endIndex)].elementsEqual(name) else { continue }
        return equals.map { item[($0 + 1)...] } ?? item[item.endIndex...]
      }
      return nil
    }
  }
}
