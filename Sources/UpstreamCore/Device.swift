/// A box of a family, known by the key that it was paired with.
package struct Device: Sendable, Equatable, Codable {
  package var id: String
  package var key: BoxKey
  /// A key that replaces `key` once it is first used for a token.
  package var nextKey: BoxKey?
  package var info: DeviceInfo
  package var pairedAt: UpstreamInstant
  package var state = State.active
  /// The `Axolotly-Instance` that speaks for this device.
  package var instance: String?
  package var firstRequestAt: UpstreamInstant?
  /// At most `UpstreamLimits.lastRequestSeconds` behind the truth.
  package var lastRequestAt: UpstreamInstant?
  /// The trust that the box was given or last reported.
  package var trustVersion: Int
  package var usage = UsagePosition()
  package var report: DeviceReport?
  package var reportedAt: UpstreamInstant?
  /// Until the box acknowledges them.
  package var commands: [DeviceCommand] = []
  /// At most one a profile.
  package var leases: [HeldLease] = []

  package enum State: Sendable, Equatable, Codable {
    case active
    /// The box said so itself.
    case unpaired
    case revoked
  }

  package init(id: String, key: BoxKey, info: DeviceInfo, pairedAt: UpstreamInstant, trustVersion: Int) {
    self.id = id
    self.key = key
    self.info = info
    self.pairedAt = pairedAt
    self.trustVersion = trustVersion
  }
}
