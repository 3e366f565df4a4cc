import AgentCore
import FoundationEssentials
import Testing

/// Our own worked cases, `policy-cases.json` beside this file: each names what it shows, and was written from the specification's text. A case
/// goes there rather than into a test of its own; `axolotlyctl policy test` runs the same file.
@Suite(.enabled(if: SystemZones.arePresent, "needs the system's time zone files"))
struct PolicyCaseTests {
  private struct File: Decodable {
    var policies: [String: Policy]
    var cases: [Case]
  }

  private struct Case: Decodable {
    var name: String
    var policy: String
    var question: Question
    var answer: Decision
  }

  @Test func decide_everyCaseOfOurOwn_answersAsGiven() throws {
    let path = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let bytes = try #require(fileBytes(path.joined(separator: "/") + "/policy-cases.json"))
    let file = try JSONDecoder().decode(File.self, from: Data(bytes))
    let compiled = try file.policies.mapValues { CompiledPolicy($0, zone: try SystemZones.zone(of: $0)) }
    for item in file.cases {
      let policy = try #require(compiled[item.policy], "\(item.name): no policy \(item.policy)")
      #expect(policy.decide(item.question) == item.answer, "\(item.policy): \(item.name)")
    }
    #expect(file.cases.count >= 150)
    #expect(Set(file.cases.map(\.name)).count == file.cases.count, "each case names what it alone shows")
  }
}
