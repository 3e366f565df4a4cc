package import AgentCore

/// What `Explain` answers: a decision with its grounds; described by explain.schema.json.
package struct ExplanationDocument: Codable, Sendable, Equatable {
  package var profile: String
  package var at: String
  package var local: Local
  package var title: String?
  package var app: String?
  package var policyVersion: Int
  package var policyAgeSeconds: Int64
  package var used: UsedDocument
  package var checks: [Check]
  package var verdict: String
  package var reasons: [String]
  package var until: String?
  package var remainingSeconds: Int64?
  package var wouldChange: [String]

  enum CodingKeys: String, CodingKey {
    case profile, at, local, title, app, used, checks, verdict, reasons, until
    case policyVersion = "policy_version"
    case policyAgeSeconds = "policy_age_s"
    case remainingSeconds = "remaining_s"
    case wouldChange = "would_change"
  }

  /// What clock and calendar of the policy's zone show.
  package struct Local: Codable, Sendable, Equatable {
    package var date: String
    package var time: String
    package var weekday: String
    /// The date whose budget and use count.
    package var day: String
    package var timeZone: String

    enum CodingKeys: String, CodingKey {
      case date, time, weekday, day
      case timeZone = "time_zone"
    }
  }

  package struct UsedDocument: Codable, Sendable, Equatable {
    package var totalSeconds: Int64
    package var apps: [String: Int64]

    enum CodingKeys: String, CodingKey {
      case apps
      case totalSeconds = "total_s"
    }
  }

  package struct Check: Codable, Sendable, Equatable {
    package var check: Int
    package var reason: String
    package var result: String
    package var lookedAt: String
    package var found: String

    enum CodingKeys: String, CodingKey {
      case check, reason, result, found
      case lookedAt = "looked_at"
    }
  }

  package init(_ explanation: Explanation, policy: Policy) {
    let question = explanation.question
    profile = question.profile
    at = question.at.description
    local = Local(
      date: explanation.date.description, time: explanation.timeOfDay, weekday: explanation.weekday,
      day: explanation.day.description, timeZone: policy.timeZone)
    title = question.title?.reference.text
    app = question.app
    policyVersion = policy.version
    policyAgeSeconds = question.policyAgeSeconds
    used = UsedDocument(totalSeconds: question.used.totalSeconds, apps: question.used.appSeconds)
    checks = explanation.checks.map {
      Check(
        check: $0.number, reason: $0.reason.rawValue, result: $0.result.rawValue, lookedAt: $0.lookedAt,
        found: $0.found)
    }
    let decision = explanation.decision
    verdict = decision.verdict.rawValue
    reasons = decision.reasons.map(\.rawValue)
    until = decision.until?.description
    remainingSeconds = decision.remainingSeconds
    wouldChange = explanation.changes
  }
}
