package import AgentCore

/// Finds the rules of a time zone in the system's tzdata (TZif).
package enum ZoneFiles {
  package static let directory = "/usr/share/zoneinfo"
  private static let fileBytes = 64 << 10
  private static let nameBytes = 64

  /// The rules of an IANA name, many of which are links to another, or those of the POSIX rule where tzdata lacks it; nil where neither tells.
  package static func rules(name: String, rule: String?) -> TimeZoneRules? {
    if isName(name), let bytes = try? ReadFile.bytes("\(directory)/\(name)", limit: fileBytes, followsLinks: true),
      let rules = try? TimeZoneRules(tzif: bytes)
    {
      return rules
    }
    return rule.flatMap { try? TimeZoneRules(posix: $0) }
  }

  /// What tells one content of a zone's file from another; nil where there is none.
  package static func stamp(name: String) -> FileStamp? { isName(name) ? FileStamp("\(directory)/\(name)") : nil }

  /// Letters, digits and `_+-` in segments: a name never leaves the directory.
  private static func isName(_ name: String) -> Bool {
    guard (1...nameBytes).contains(name.utf8.count), !name.hasPrefix("/"), !name.hasSuffix("/"), !name.contains("//")
    else {
      return false
    }
    return name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "/"):
        true
      default: false
      }
    }
  }
}
