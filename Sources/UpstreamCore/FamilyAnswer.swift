import AgentCore

/// The answer to a request of a family.
package enum FamilyAnswer: Sendable, Equatable {
  case heads(HeadsDocument)
  /// The heads' 204.
  case unchanged
  /// Look again when the family is announced, and at this time at the latest.
  case park(until: UpstreamInstant)
  case policy(version: Int, envelope: String)
  case usage(acked: Int, rejected: [RejectedEvent])
  case requestCreated
  case requestKnown
  /// A token may be given to this device.
  case tokenGranted(device: String)
  case paired(device: String)
  /// A 204 of anything else, and a parent's success.
  case done
  case refused(FamilyRefusal)
}

/// Why a request is not served (`spec/wire.md` §0).
package enum FamilyRefusal: Sendable, Equatable {
  case badRequest
  case badCursor
  case tokenInvalid
  case invalidClient
  case deviceRevoked
  case clone
  case slowDown(retryAfterSeconds: Int)
  case fenced(epoch: Int)
  case gap(expected: Int)
  case conflict
  case notFound
  case full
}
