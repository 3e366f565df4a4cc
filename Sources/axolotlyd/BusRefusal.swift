import AgentCore
import LocalAPI

/// A refusal of the core as an error of the bus: a stable name and one line that says what to do.
enum BusRefusal {
  static func of(_ refusal: CommandRefusal) -> (name: String, message: String) {
    switch refusal {
    case .notPaired:
      (Agent1.ErrorName.notPaired, "this box belongs to no family yet; run: axolotlyctl pair")
    case .alreadyPaired:
      (Agent1.ErrorName.alreadyPaired, "this box belongs to a family already; run: axolotlyctl unpair first")
    case .noPolicy:
      (Agent1.ErrorName.noPolicy, "no policy has arrived yet; a parent makes one, then: axolotlyctl sync")
    case .unknownProfile: (Agent1.ErrorName.unknownProfile, "the policy has no such profile; see: axolotlyctl profiles")
    case .noActiveProfile:
      (Agent1.ErrorName.noActiveProfile, "no profile is active; choose one: axolotlyctl select PROFILE")
    case .unknownSession:
      (Agent1.ErrorName.unknownSession, "there is no such open session of this user; begin one first")
    case .wrongPIN(let wait):
      (
        Agent1.ErrorName.wrongPIN,
        wait > 0 ? "the PIN is not right; the next may be tried in \(wait) s" : "the PIN is not right"
      )
    case .pinLocked(let seconds):
      (Agent1.ErrorName.pinLocked, "too many PINs were wrong; the next may be tried in \(seconds) s")
    case .noAdultPIN:
      (
        Agent1.ErrorName.accessDenied,
        "unpairing takes the PIN of an adult profile, or root or a member of group axolotly-admin"
      )
    case .denied(let decision):
      (
        Agent1.ErrorName.denied,
        "\(decision.verdict.rawValue): " + decision.reasons.map(\.rawValue).joined(separator: ", ")
      )
    case .nothingToLaunch:
      (Agent1.ErrorName.noHandler, "no handler of this box opens it; 'axolotlyctl resolve' says why")
    case .launchFailed(let cause): (Agent1.ErrorName.launchFailed, cause)
    case .pairing(let name): (Agent1.ErrorName.pairingFailed, pairing(name))
    case .unreachable(let cause): (Agent1.ErrorName.unavailable, cause)
    case .resting(let seconds):
      (
        Agent1.ErrorName.unavailable,
        "after repeated crashes the upstream is left alone for \(seconds) s more; to ask now: systemctl restart axolotlyd"
      )
    case .tooManySessions(let limit): (Agent1.ErrorName.limit, "\(limit) sessions are open; end one first")
    case .requestsNotTaken: (Agent1.ErrorName.denied, "the family's policy takes no requests of this kind")
    case .tooManyRequests(let limit):
      (Agent1.ErrorName.limit, "\(limit) requests wait for a parent's answer; wait for one of them")
    case .storage(let cause): (Agent1.ErrorName.storage, "not stored, so not done (\(cause)); free space and try again")
    case .cancelled: (Agent1.ErrorName.pairingFailed, "cancelled by another request")
    }
  }

  private static func pairing(_ name: String) -> String {
    switch name {
    case "unknown_code": "the upstream does not know this code; check it with the parent"
    case "expired_code": "this code has expired; a parent makes a new one"
    case "used_code": "this code was used for another box; a parent makes a new one"
    case "invalid_client":
      "the upstream refuses this box's signature (invalid_client); check the box's clock, and that the upstream knows the address in the settings as its own"
    default: name
    }
  }
}
