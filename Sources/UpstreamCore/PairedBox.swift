/// A box that a parent lets in.
package struct PairedBox: Sendable, Equatable {
  package var key: BoxKey
  package var info: DeviceInfo
  package init(key: BoxKey, info: DeviceInfo) { (self.key, self.info) = (key, info) }
}

/// A box's public key.
package struct BoxKey: Hashable, Sendable, Codable {
  /// RFC 7638, base64url.
  package var thumbprint: String
  /// The JWK's text, opaque to the rules.
  package var jwk: String
  package init(thumbprint: String, jwk: String) { (self.thumbprint, self.jwk) = (thumbprint, jwk) }
}

/// What a box tells of itself when it pairs (`spec/wire.md` §1).
package struct DeviceInfo: Sendable, Equatable, Codable {
  package var model: String
  package var agent: String
  package var host: String
  package var arch: String
  package init(model: String, agent: String, host: String, arch: String) {
    (self.model, self.agent, self.host, self.arch) = (model, agent, host, arch)
  }
}
