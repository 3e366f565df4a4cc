import AgentCore
import FoundationEssentials
import Testing

/// The worked cases beside the specification; where they are absent these tests show as skipped.
@Suite(.enabled(if: SharedFolder.isPresent, "needs shared/vectors beside the project"))
struct PolicyVectorTests {
  private struct File: Decodable {
    var policies: [String: Policy]
    var cases: [Case]
  }

  private struct Case: Decodable {
    var policy: String
    var question: Question
    var answer: Decision
  }

  @Test(.enabled(if: SystemZones.arePresent, "needs the system's time zone files"))
  func decide_everyWorkedCase_answersAsGiven() throws {
    let file = try JSONDecoder().decode(File.self, from: Data(SharedFolder.bytes("vectors/policy.json")))
    let compiled = try file.policies.mapValues { CompiledPolicy($0, zone: try SystemZones.zone($0.timeZone)) }
    var wrong = 0
    for (number, item) in file.cases.enumerated() {
      let policy = try #require(compiled[item.policy])
      let answer = policy.decide(item.question)
      let expected = item.answer
      if answer != expected { wrong += 1 }
      #expect(answer == expected, "case \(number) of \(item.policy) at \(item.question.at)")
    }
    #expect(file.cases.count == 360)
    #expect(wrong == 0)
  }

  @Test func age_everyRatingOfTheSpecification_isTheTables() throws {
    struct Ratings: Decodable { var systems: [String: [String: Int]] }
    let ratings = try JSONDecoder().decode(Ratings.self, from: Data(SharedFolder.bytes("spec/ratings.json")))
    for (system, values) in ratings.systems {
      for (value, age) in values {
        #expect(RatingTable.age(system: system, value: value) == age, "\(system) \(value)")
        #expect(RatingTable.age(system: system, value: value.lowercased()) == age, "\(system) \(value)")
        #expect(RatingTable.age(system: system, value: value.uppercased()) == age, "\(system) \(value)")
      }
    }
    #expect(ratings.systems.mapValues(\.count) == RatingTable.systems.mapValues(\.count))
  }
}
