/// What came back for a request, already checked for form.
package struct UpstreamAnswer: Sendable, Equatable {
  /// The answer's `Date`; nil where it was absent or unreadable.
  package var date: WallTime?
  /// It came over verified TLS or from loopback, so that `date` may anchor trusted time and a revocation counts.
  package var isAuthentic: Bool
  package var content: Content

  package init(date: WallTime?, isAuthentic: Bool, content: Content) {
    (self.date, self.isAuthentic, self.content) = (date, isAuthentic, content)
  }

  package enum Content: Sendable, Equatable {
    case deviceAuthorization(DeviceAuthorization)
    case paired(PairingSuccess)
    case token(AccessToken)
    case heads(Heads)
    /// A 204 of the heads.
    case unchanged
    case policy(OpenedEnvelope)
    case usageAcknowledged(through: Int, rejected: [RejectedEvent])
    /// A 204 of anything else.
    case done
    case manifest(OpenedManifest)
    /// The blob is complete, its length and hash are right, and it lies in the shell's file for that hash.
    case blobStored
    /// An error answer; `name` is the problem's name or the OAuth error, nil without a readable document.
    case problem(Problem)
  }

  package struct Problem: Sendable, Equatable {
    package var status: Int
    package var name: String?
    /// A valid `Retry-After`, not yet clamped.
    package var retryAfter: Duration?
    /// With `gap`: the number that the upstream expects.
    package var expected: Int?
    /// With `outbox_fenced`: the epoch that the upstream knows.
    package var epoch: Int?
    package init(status: Int, name: String? = nil, retryAfter: Duration? = nil, expected: Int? = nil, epoch: Int? = nil)
    {
      (self.status, self.name, self.retryAfter, self.expected, self.epoch) = (status, name, retryAfter, expected, epoch)
    }
  }
}

/// A manifest as the shell opened it with the catalogue keys in force.
package enum OpenedManifest: Sendable, Equatable {
  case opened(ShelfManifest)
  case refused
}

/// RFC 8628 §3.2.
package struct DeviceAuthorization: Sendable, Equatable {
  package var deviceCode: String
  package var userCode: String
  package var verificationURI: String
  package var verificationURIComplete: String
  package var expiresInSeconds: Int
  package var intervalSeconds: Int
  package init(
    deviceCode: String, userCode: String, verificationURI: String, verificationURIComplete: String,
    expiresInSeconds: Int, intervalSeconds: Int
  ) {
    self.deviceCode = deviceCode
    self.userCode = userCode
    self.verificationURI = verificationURI
    self.verificationURIComplete = verificationURIComplete
    self.expiresInSeconds = expiresInSeconds
    self.intervalSeconds = intervalSeconds
  }
}

package struct AccessToken: Sendable, Equatable {
  package var text: String
  package var expiresInSeconds: Int
  package init(text: String, expiresInSeconds: Int) { (self.text, self.expiresInSeconds) = (text, expiresInSeconds) }
}

package struct PairingSuccess: Sendable, Equatable {
  package var token: AccessToken
  package var device: String
  package var family: String
  package var endpoints: [String]
  package var trust: TrustSet
  package init(token: AccessToken, device: String, family: String, endpoints: [String], trust: TrustSet) {
    self.token = token
    self.device = device
    self.family = family
    self.endpoints = endpoints
    self.trust = trust
  }
}

package struct RejectedEvent: Sendable, Equatable {
  package var sequence: Int
  package var type: String
  package init(sequence: Int, type: String) { (self.sequence, self.type) = (sequence, type) }
}

/// Why no usable answer came.
package enum TransportFailure: Error, Sendable, Equatable {
  case nameResolution
  case connect
  case tls(String)
  case timedOut
  /// The connection ended before the answer was complete.
  case interrupted
  case proxy(Int)
  /// A 200 of another type than the named one, or a redirect to another origin.
  case captivePortal
  case tooLarge(limit: Int)
  /// The body is not what the specification says; one line of what was wrong.
  case malformed(String)
  /// A blob whose bytes or hash are not what the manifest says.
  case mismatch
  /// Something of the box itself failed (a file that could not be written).
  case local(String)
}
