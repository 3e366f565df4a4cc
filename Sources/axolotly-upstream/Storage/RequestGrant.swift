import AgentCore
import UpstreamCore

/// What a parent's yes to a request adds to the policy: the title for a while, or the minutes, and the hours too where the child is outside
/// them.
struct RequestGrant: Sendable {
  var request: ChildRequest
  /// Other minutes than those that were asked for; nil: those, for a title a day.
  var minutes: Int?

  /// How long a title that was asked for is given, unless the parent says otherwise.
  private static let titleMinutes = 1_440

  private var id: String { "r_" + request.id }

  /// The document with the grants; nil where it has them: a parent may say yes twice.
  func applied(to policy: JSONValue, now: WallTime, zone: TimeZoneRules?) throws -> JSONValue? {
    let profile = policy["profiles"]?.array?.first { $0["id"]?.string == request.profile }
    guard profile?["grants"]?.array?.contains(where: { $0["id"]?.string == id }) != true else { return nil }
    var edit = PolicyEdit(edit: .grant, profile: request.profile)
    switch request.asks {
    case .title(let title): (edit.title, edit.minutes) = (title.text, minutes ?? Self.titleMinutes)
    case .time(let asked): edit.minutes = minutes ?? asked
    }
    let given = try edit.applied(to: policy, now: now, zone: zone, grantID: id)
    guard case .time = request.asks, let zone, try isOutsideSchedule(given, now: now, zone: zone) else { return given }
    edit.opensHours = true
    return try edit.applied(to: given, now: now, zone: zone, grantID: id + "_w")
  }

  private func isOutsideSchedule(_ policy: JSONValue, now: WallTime, zone: TimeZoneRules) throws -> Bool {
    let read = try JSON.decode(Policy.self, from: try JSON.text(policy))
    let decision = CompiledPolicy(read, zone: zone).decide(Question(profile: request.profile, at: now))
    return decision.reasons.contains(.outsideSchedule)
  }
}
