import AgentCore
import FoundationEssentials
import Testing

@Suite struct PolicyLintTests {
  private static let head =
    #""schema":1,"family":"f","version":1,"issued_at":"2026-01-01T00:00:00Z","time_zone":"America/New_York","region":"US""#

  private func lint(_ family: String = "", _ profile: String = "", isZoneKnown: Bool = true) throws -> [String] {
    let text = "{\(Self.head)\(family),\"profiles\":[{\"id\":\"mia\",\"name\":\"Mia\",\"kind\":\"child\"\(profile)}]}"
    let findings = PolicyLint.findings(
      of: try decodeJSON(Policy.self, text), document: try decodeJSON(JSONValue.self, text),
      zone: try TimeZoneRules(posix: "EST5EDT,M3.2.0,M11.1.0"), isZoneKnown: isZoneKnown)
    return findings.map { "\($0.code.rawValue) \($0.path)" }
  }

  @Test func findings_plainPolicy_areNone() throws {
    #expect(
      try lint(
        #","services":["netflix"],"aud":"f","prev":null"#,
        #","schedule":{"mon":[["15:00","18:00"]]},"budget":{"mon":180},"titles":{"mode":"listed","allow":["tmdb:tv:1"]}"#
      ).isEmpty)
  }

  @Test(arguments: [
    (#","servces":[]"#, "unknown_member /servces"),
    (#","default_profile":"leo""#, "default_profile /default_profile"),
    (#","services":["max","max"]"#, "repeated /services"),
    (#","when_stale":"restrict","stale_after_s":60"#, "odd /stale_after_s"),
  ])
  func findings_ofTheFamily(members: String, finding: String) throws {
    #expect(try lint(members) == [finding])
  }

  @Test(arguments: [
    (#","maturity":{"max_age":7,"unrated":"ask","a~/b":1}"#, "unknown_member /profiles/0/maturity/a~0~1b"),
    (#","schedule":{"mon":[]}"#, "no_window /profiles/0/schedule/mon"),
    (
      #","schedule":{"tue":[["10:00","12:00"],["11:00","13:00"]]}"#,
      "overlapping_windows /profiles/0/schedule/tue"
    ),
    (
      #","titles":{"allow":["tmdb:movie:1","tmdb:tv:1399/1/2"],"block":["tmdb:tv:1399"]}"#,
      "allowed_and_blocked /profiles/0/titles/allow/1"
    ),
    (
      #","apps":{"mode":"listed","allow":["a","b"],"block":["b"]}"#, "allowed_and_blocked /profiles/0/apps/allow/1"
    ),
    (
      #","schedule":{"wed":[["10:00","11:00"],["10:30","11:30"]]},"budget":{"wed":91}"#,
      "budget_over_windows /profiles/0/budget/wed"
    ),
    (
      #","budget":{"mon":9,"tue":9,"wed":9,"thu":9,"fri":9,"sat":9,"sun":10},"apps":{"limits":{"a":11}}"#,
      "limit_over_budget /profiles/0/apps/limits/a"
    ),
    (#","apps":{"block":["a"],"limits":{"a":11}}"#, "limit_of_blocked /profiles/0/apps/limits/a"),
    (
      #","grants":[{"id":"g","kind":"time","minutes":9,"from":"2026-01-05T20:00:00Z","until":"2026-01-06T05:00:01Z"}]"#,
      "grant_over_midnight /profiles/0/grants/0"
    ),
    (
      #","grants":[{"id":"g","kind":"time","minutes":9,"from":"2026-01-05T20:00:00Z","until":"2026-01-05T20:00:00Z"}]"#,
      "grant_never_active /profiles/0/grants/0"
    ),
    (
      #","titles":{"block":["tmdb:tv:1"]},"grants":[{"id":"g","kind":"title","title":"tmdb:tv:1/2","from":"2026-01-05T20:00:00Z","until":"2026-01-05T21:00:00Z"}]"#,
      "grant_of_blocked /profiles/0/grants/0"
    ),
    (
      #","budget":{"mon":0,"tue":0,"wed":0,"thu":0,"fri":0,"sat":0,"sun":0}"#, "unusable_profile /profiles/0"
    ),
    (#","apps":{"mode":"listed"}"#, "unusable_profile /profiles/0"),
    (#","titles":{"mode":"listed"}"#, "unusable_profile /profiles/0"),
    (#","maturity":{"max_age":-1,"unrated":"ask"}"#, "odd /profiles/0/maturity/max_age"),
  ])
  func findings_ofAProfile(members: String, finding: String) throws {
    #expect(try lint("", members).contains(finding))
  }

  /// A grant that ends at the family's midnight, as the upstream makes it, is as it should be.
  @Test func findings_grantUntilMidnight_areNone() throws {
    #expect(
      try lint(
        "",
        #","grants":[{"id":"g","kind":"time","minutes":9,"from":"2026-01-05T20:00:00Z","until":"2026-01-06T05:00:00Z"}]"#
      ).isEmpty)
  }

  @Test func findings_defaultProfileWithPIN_isNamed() throws {
    #expect(
      try lint(
        #","default_profile":"mia""#, #","pin":{"n":2,"r":1,"p":1,"salt":"AA","hash":"AA"}"#
      ) == ["default_profile /default_profile"])
  }

  @Test func findings_zoneThatTheSystemLacks_isNamed() throws {
    #expect(try lint(#","time_zone_rule":"EST5""#, isZoneKnown: false) == ["unknown_zone /time_zone"])
  }
}
