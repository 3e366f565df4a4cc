import AgentCore
import Synchronization
import SystemdHost
import Trust
import UpstreamClient

/// What is needed to open signed things, kept as the loop last said; asked from the upstream's thread.
final class OpeningContext: Sendable {
  private struct State {
    var trust: TrustSet?
    var family: String?
    /// Accepted from the heads that are being read: their policy may be signed by its keys already.
    var offered: TrustSet?
  }

  private let state = Mutex(State())

  func set(_ identity: Identity?) {
    state.withLock { $0 = State(trust: identity?.trust, family: identity?.family, offered: nil) }
  }

  var openers: WireOpeners {
    WireOpeners(
      openEnvelope: { [self] text in open(envelope: text) }, openTrust: { [self] json in open(trust: json) },
      openManifest: { [self] text, shelf in open(manifest: text, shelf) })
  }

  private func open(envelope text: String) -> OpenedEnvelope {
    let (trust, family) = state.withLock { ($0.offered ?? $0.trust, $0.family) }
    guard let trust, let family else { return .refused(PolicyRefusal(reason: .unknownKey)) }
    return PolicyEnvelopeReader.open(text, trust: trust, family: family, zone: ZoneFiles.rules)
  }

  private func open(trust json: [UInt8]) -> TrustUpdate {
    guard let trusted = state.withLock({ $0.trust }) else { return .refused }
    let update = TrustUpdateReader.open(json, trusted: trusted)
    if case .accepted(let trust) = update { state.withLock { $0.offered = trust } }
    return update
  }

  private func open(manifest text: String, _ shelf: ShelfName) -> OpenedManifest {
    guard let trust = state.withLock({ $0.trust }) else { return .refused }
    return ShelfManifestReader.open(text, shelf: shelf, trust: trust)
  }
}
