import AgentCore

/// A private request of a box whose token was accepted.
package struct DeviceCall: Sendable, Equatable {
  package var device: String
  /// `Axolotly-Instance`.
  package var instance: String
  package var action: Action

  package init(device: String, instance: String, action: Action) {
    (self.device, self.instance, self.action) = (device, instance, action)
  }

  package enum Action: Sendable, Equatable {
    case heads(HeadsQuestion)
    case policy
    case usage(UsageBatch)
    case state(DeviceReport)
    case request(id: String, profile: String, asks: ChildRequest.Asks, at: WallTime)
    case replaceKey(BoxKey)
    case unpair
    /// The shell could not read the body; it still counts against the budget.
    case unreadable
  }
}
