import AgentCore

/// What the rules need of a policy.
package struct PolicyFacts: Sendable, Equatable, Codable {
  package var timeZone: String
  package var timeZoneRule: String?
  package var region: String
  package var services: [String]
  package var profiles: [Profile]

  package struct Profile: Sendable, Equatable, Codable {
    package var id: String
    /// Minutes by weekday, Monday first; nil: unlimited.
    package var budget: [Int?]?
    package var timeGrants: [TimeGrant]
    package init(id: String, budget: [Int?]?, timeGrants: [TimeGrant]) {
      (self.id, self.budget, self.timeGrants) = (id, budget, timeGrants)
    }
  }

  package struct TimeGrant: Sendable, Equatable, Codable {
    package var from: WallTime
    package var until: WallTime
    package var minutes: Int
    package init(from: WallTime, until: WallTime, minutes: Int) {
      (self.from, self.until, self.minutes) = (from, until, minutes)
    }
  }

  package init(
    timeZone: String, timeZoneRule: String? = nil, region: String, services: [String], profiles: [Profile]
  ) {
    self.timeZone = timeZone
    self.timeZoneRule = timeZoneRule
    self.region = region
    self.services = services
    self.profiles = profiles
  }

  package init(_ policy: Policy) {
    timeZone = policy.timeZone
    timeZoneRule = policy.timeZoneRule
    region = policy.region
    services = policy.services
    profiles = policy.profiles.map { profile in
      let grants = profile.grants.compactMap { grant -> TimeGrant? in
        guard case .time(let minutes) = grant.kind else { return nil }
        return TimeGrant(from: grant.from, until: grant.until, minutes: minutes)
      }
      return Profile(id: profile.id, budget: profile.budget?.days, timeGrants: grants)
    }
  }
}
