import UpstreamCore

extension FamilyRefusal {
  /// The problem document of `spec/wire.md` §0.
  var problem: Problem {
    switch self {
    case .badRequest: Problem(400, "bad_request", "The request cannot be understood.")
    case .badCursor: Problem(400, "bad_cursor", "The cursor is not of this upstream; ask without it.")
    case .tokenInvalid: Problem(401, "token_invalid", "The access token is of no device that is known.")
    case .invalidClient: Problem(401, "invalid_client", "The assertion is of no device that is known.")
    case .deviceRevoked: Problem(403, "device_revoked", "This device belongs to the family no longer.")
    case .clone: Problem(409, "clone", "Another box speaks as this device; pair anew.")
    case .slowDown(let seconds):
      Problem(429, "slow_down", "Too many requests; wait \(Problem.inWords(seconds: seconds)).").retry(after: seconds)
    case .fenced(let epoch):
      Problem(403, "outbox_fenced", "A later outbox of this device is known.").number("epoch", epoch)
    case .gap(let expected): Problem(409, "gap", "Numbers are missing.").number("expected", expected)
    case .conflict: Problem(409, "conflict", "It is known with other content.")
    case .notFound: Problem(404, "not_found", "The family has no such box or request; see: device list, family show.")
    case .full: Problem(409, "full", "The family can take no more of these.")
    }
  }
}
