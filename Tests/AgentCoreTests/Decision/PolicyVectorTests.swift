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
    var question: QuestionDocument
    var answer: DecisionDocument
  }

  @Test(.enabled(if: SystemZones.arePresent, "needs the system's time zone files"))
  func decide_everyWorkedCase_answersAsGiven() throws {
    let file = try JSONDecoder().decode(File.self, from: Data(SharedFolder.bytes("vectors/policy.json")))
    let compiled = try file.policies.mapValues { CompiledPolicy($0, zone: try SystemZones.zone($0.timeZone)) }
    var wrong = 0
    for (number, item) in file.cases.enumerated() {
      let policy = try #require(compiled[item.policy])
      let answer = policy.decide(try item.question.question())
      let expected = item.answer.decision
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

/// A question in the form of `spec/policy.md` §2.
struct QuestionDocument: Decodable {
  struct Facts: Decodable {
    var ref: TitleReference
    var ratings: [Rating]
    var genres: [String]
    var descriptors: [String]
  }
  struct UsedDocument: Decodable {
    var total_s: Int64
    var apps: [String: Int64]
  }

  var profile: String
  var at: WallTime
  var title: Facts?
  var app: String?
  var used: UsedDocument
  var policy_age_s: Int64

  func question() throws -> Question {
    Question(
      profile: profile, at: at,
      title: title.map {
        TitleFacts(reference: $0.ref, ratings: $0.ratings, genres: $0.genres, descriptors: $0.descriptors)
      },
      app: app, used: Used(totalSeconds: used.total_s, appSeconds: used.apps), policyAgeSeconds: policy_age_s)
  }
}

/// An answer in the form of `spec/policy.md` §2.
struct DecisionDocument: Decodable {
  var verdict: Decision.Verdict
  var reasons: [Decision.Reason]
  var until: WallTime?
  var remaining_s: Int64?

  var decision: Decision {
    Decision(verdict: verdict, reasons: reasons, until: until, remainingSeconds: remaining_s)
  }
}
