import AgentCore
import Foundation
import UpstreamCore

/// Time zones from the system's tzdata, read once each.
///
/// A name that tzdata lacks is replaced by the policy's own rule (`spec/policy.md` §1).
final class ZoneTable {
  private var zones: [String: TimeZoneRules] = [:]
  private let directories = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo"]

  func rules(_ name: String, rule: String?) -> TimeZoneRules? {
    let key = name + "\u{0}" + (rule ?? "")
    if let known = zones[key] { return known }
    guard let rules = read(name) ?? rule.flatMap({ try? TimeZoneRules(posix: $0) }) else { return nil }
    zones[key] = rules
    return rules
  }

  /// The calendar of a family by its policy; UTC where it has none.
  func calendar(_ facts: PolicyFacts?) -> FamilyCalendar {
    guard let facts, let rules = rules(facts.timeZone, rule: facts.timeZoneRule) else { return .utc }
    return FamilyCalendar { time in LocalDay(date: rules.day(at: time), endsAt: rules.nextMidnight(after: time)) }
  }

  private func read(_ name: String) -> TimeZoneRules? {
    let letters = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "/_+-"))
    guard !name.isEmpty, name.unicodeScalars.allSatisfy(letters.contains), !name.hasPrefix("/") else { return nil }
    for directory in directories {
      if let data = FileManager.default.contents(atPath: directory + "/" + name),
        let rules = try? TimeZoneRules(tzif: Array(data))
      {
        return rules
      }
    }
    return nil
  }
}
