package struct PairingOutcome: Sendable, Equatable {
  /// As it is to be stored; nil: unchanged.
  package var pairing: Pairing?
  package var answer: PairingAnswer
}

package enum PairingAnswer: Sendable, Equatable {
  /// The code is made.
  case made(Pairing)
  case pending
  case slowDown
  case denied
  case expired
  /// A device code that is unknown, another's or used up.
  case invalidGrant
  case success(family: String, device: String)
  /// What a parent is shown.
  case asks(PairedBox)
  /// The code is good for this family: make the device's row, then `claimed`.
  case claimable(family: String)
  case unknownCode
  case expiredCode
  case usedCode
  /// The code that the shell made is in use already: make another.
  case taken
}
