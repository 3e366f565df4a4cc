/// A family as the upstream keeps it: the unit of every private rule (design, The upstream's shape).
///
/// One transaction changes one family. Usage events are kept beside it, in rows that are only appended.
package struct Family: Sendable, Equatable, Codable {
  package var id: String
  package var createdAt: UpstreamInstant
  /// The latest time that a rule changed this family at; rules never see an earlier one.
  package var lastTime: UpstreamInstant
  /// By device id, the removed ones too.
  package var devices: [String: Device] = [:]
  package var policy: SignedPolicy?
  /// Former versions, oldest first, at most `UpstreamLimits.policyRecords`.
  package var policyRecords: [PolicyRecord] = []
  /// What each session was counted at, by device and session.
  package var sessions: [SessionKey: CountedSession] = [:]
  /// By request id.
  package var requests: [String: ChildRequest] = [:]

  package init(id: String, createdAt: UpstreamInstant) {
    (self.id, self.createdAt, lastTime) = (id, createdAt, createdAt)
  }

  /// Devices that are paired and have made a private request, by id.
  var askingDevices: [String] {
    devices.values.filter { $0.state == .active && $0.firstRequestAt != nil }.map(\.id).sorted()
  }
}
