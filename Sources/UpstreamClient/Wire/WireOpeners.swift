import AgentCore

/// How signed things are opened; the composition fills it from the edge that knows keys and from the trust in force.
package struct WireOpeners: Sendable {
  /// A policy envelope, the text of a compact JWS.
  package var openEnvelope: @Sendable (String) -> OpenedEnvelope
  /// A trust update, the bytes of a JSON value (members in order of their names).
  package var openTrust: @Sendable ([UInt8]) -> TrustUpdate
  /// The manifest of a shelf, the text of a compact JWS.
  package var openManifest: @Sendable (String, ShelfName) -> OpenedManifest

  package init(
    openEnvelope: @escaping @Sendable (String) -> OpenedEnvelope,
    openTrust: @escaping @Sendable ([UInt8]) -> TrustUpdate,
    openManifest: @escaping @Sendable (String, ShelfName) -> OpenedManifest
  ) {
    (self.openEnvelope, self.openTrust, self.openManifest) = (openEnvelope, openTrust, openManifest)
  }
}
