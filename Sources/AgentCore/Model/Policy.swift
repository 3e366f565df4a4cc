/// A family's policy: what its parents decided, as `spec/policy.md` §1 defines the document (schema 1).
///
/// A value of this type is whole and valid: `Policy+Decoding.swift` refuses everything else with the member's path.
package struct Policy: Sendable, Equatable {
  package var family: String
  package var version: Int
  package var issuedAt: WallTime
  /// IANA name; the rules behind it are looked up by the shell and handed in as `TimeZoneRules`.
  package var timeZone: String
  package var timeZoneRule: String?
  package var region: String
  package var staleAfterSeconds: Int64
  package var whenStale: WhenStale
  package var pause: Pause?
  package var requests: Requests
  package var defaultProfile: String?
  package var offlineMinutes: Int
  /// The family's subscriptions, most preferred first.
  package var services: [String]
  package var profiles: [Profile]

  package enum WhenStale: String, Sendable, Codable { case keep, restrict }

  /// A pause without `until` holds until the policy changes.
  package struct Pause: Sendable, Equatable {
    package var until: WallTime?
    package var message: String
    package init(until: WallTime?, message: String) { (self.until, self.message) = (until, message) }
  }

  package struct Requests: Sendable, Equatable {
    package var titles: Bool
    package var time: Bool
    package init(titles: Bool, time: Bool) { (self.titles, self.time) = (titles, time) }
  }

  package init(
    family: String, version: Int, issuedAt: WallTime, timeZone: String, timeZoneRule: String? = nil, region: String,
    staleAfterSeconds: Int64 = 2_592_000, whenStale: WhenStale = .keep, pause: Pause? = nil,
    requests: Requests = Requests(titles: true, time: true), defaultProfile: String? = nil, offlineMinutes: Int = 60,
    services: [String] = [], profiles: [Profile]
  ) {
    self.family = family
    self.version = version
    self.issuedAt = issuedAt
    self.timeZone = timeZone
    self.timeZoneRule = timeZoneRule
    self.region = region
    self.staleAfterSeconds = staleAfterSeconds
    self.whenStale = whenStale
    self.pause = pause
    self.requests = requests
    self.defaultProfile = defaultProfile
    self.offlineMinutes = offlineMinutes
    self.services = services
    self.profiles = profiles
  }
}
