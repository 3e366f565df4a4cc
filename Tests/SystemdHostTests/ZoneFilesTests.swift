import AgentCore
import SystemdHost
import Testing

@Suite(.enabled(if: ZoneFiles.rules(name: "America/New_York", rule: nil) != nil, "needs the system's time zone files"))
struct ZoneFilesTests {
  /// Many names of the system's zones are links to others: a policy may name them all the same.
  @Test(arguments: ["UTC", "Etc/UTC", "Europe/Berlin", "Asia/Calcutta"])
  func rules_ofANameThatMayBeALink_areFound(name: String) {
    #expect(ZoneFiles.rules(name: name, rule: nil) != nil)
  }

  @Test(arguments: ["../../../etc/passwd", "/etc/passwd", "Mars/Olympus", "", "Europe/", "Europe"])
  func rules_ofNoName_areThoseOfTheRule(name: String) throws {
    #expect(ZoneFiles.rules(name: name, rule: nil) == nil)
    #expect(ZoneFiles.rules(name: name, rule: "EST5") == (try TimeZoneRules(posix: "EST5")))
  }
}
