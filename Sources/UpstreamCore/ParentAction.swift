import AgentCore

/// What a parent does, through the administration's calls.
package enum ParentAction: Sendable, Equatable {
  /// Makes the family; void where it exists.
  case create(id: String)
  /// Signed by the shell as `FamilyRules.policyDraft` told; refused as a conflict where another came before.
  case setPolicy(SignedPolicy)
  case revoke(device: String)
  case command(device: String, DeviceCommand)
  case answer(request: String, isGranted: Bool)
}
