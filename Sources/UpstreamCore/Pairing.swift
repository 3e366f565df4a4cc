/// A code on its way to become a device: shown by a box (RFC 8628) or made by a parent (`spec/wire.md` §1).
///
/// A code works once, for one key.
package struct Pairing: Sendable, Equatable, Codable {
  package var code: PairingCode
  package var origin: Origin
  package var createdAt: UpstreamInstant
  package var expiresAt: UpstreamInstant
  package var state = State.open

  package enum Origin: Sendable, Equatable, Codable {
    case box(ShownCode)
    case parent(family: String)
  }

  /// A code that a box shows while it polls.
  package struct ShownCode: Sendable, Equatable, Codable {
    package var deviceCode: String
    package var box: BoxKey
    package var info: DeviceInfo
    package var intervalSeconds: Int64
    /// When the last poll was answered.
    package var answeredAt: UpstreamInstant?
  }

  package enum State: Sendable, Equatable, Codable {
    case open
    /// A parent let this key in as this device; the box may not know yet.
    case granted(Grant)
    case denied
  }

  package struct Grant: Sendable, Equatable, Codable {
    package var family: String
    package var device: String
    package var keyThumbprint: String
    package var at: UpstreamInstant
    /// When the success was first given; nil: not yet.
    package var givenAt: UpstreamInstant?
  }
}
