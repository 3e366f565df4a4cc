/// What every request needs beside its own meaning; made once by the composition.
package struct WireContext: Sendable {
  /// `axolotly-agent/VERSION (ARCH)`.
  package var userAgent: String
  /// VERSION alone, for the state report.
  package var agentVersion: String
  /// `Axolotly-Instance`: 32 hex digits (`spec/wire.md` §1).
  package var instance: String
  /// The public JWK of the box's key, JSON text.
  package var deviceKey: String
  /// `{"model","agent","host","arch"}`, JSON text.
  package var deviceInfo: String
  /// A fresh client assertion: for a device id, or nil for the key's thumbprint; the second argument is the endpoint.
  package var assertion: @Sendable (_ subjectDevice: String?, _ endpoint: String) -> String
  /// A fresh `X-Request-Id`: at most 64 of `A-Za-z0-9-`.
  package var requestID: @Sendable () -> String

  package init(
    userAgent: String, agentVersion: String, instance: String, deviceKey: String, deviceInfo: String,
    assertion: @escaping @Sendable (_ subjectDevice: String?, _ endpoint: String) -> String,
    requestID: @escaping @Sendable () -> String
  ) {
    self.userAgent = userAgent
    self.agentVersion = agentVersion
    self.instance = instance
    self.deviceKey = deviceKey
    self.deviceInfo = deviceInfo
    self.assertion = assertion
    self.requestID = requestID
  }
}

/// A usage batch as the outbox has packed it.
package struct UsageBatch: Sendable, Equatable {
  package var epoch: Int
  /// NDJSON of `spec/wire.md` §5, gzipped; at most `Limits.batchSentBytes`.
  package var gzip: [UInt8]
  package init(epoch: Int, gzip: [UInt8]) { (self.epoch, self.gzip) = (epoch, gzip) }
}
