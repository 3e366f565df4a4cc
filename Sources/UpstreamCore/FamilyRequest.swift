/// What is asked of a family: by one of its boxes, by a parent, or by the pairing of a new box.
package enum FamilyRequest: Sendable, Equatable {
  case device(DeviceCall)
  /// A token by `client_credentials`; the shell has verified the assertion by the key with this thumbprint.
  case token(device: String, keyThumbprint: String)
  /// Adds the box with this key, or finds it again; `candidate` is the id that a new one gets.
  case pair(PairedBox, candidate: String)
  case parent(ParentAction)
}
