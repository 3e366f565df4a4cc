/// What is asked of a code.
package enum PairingRequest: Sendable, Equatable {
  /// A box asks for a code; the shell made both codes from randomness and verified the box's assertion.
  case show(code: PairingCode, deviceCode: String, box: PairedBox)
  /// The box asks whether it was let in. `hasAsked`: its device has made a private request already.
  case poll(keyThumbprint: String, hasAsked: Bool)
  /// A parent typed the code and is to be shown what asks.
  case inspect
  /// The device's row stands; this makes the code point at it.
  case approve(family: String, device: String)
  case deny
  /// A parent makes a code for a box that has none.
  case offer(code: PairingCode, family: String)
  /// A box brings a parent's code.
  case claim(keyThumbprint: String, hasAsked: Bool)
  /// The claiming box's device row stands.
  case claimed(device: String, keyThumbprint: String)
}
