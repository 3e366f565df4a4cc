/// What the upstream knows of a family only while it runs: requests of the last minute and held ones.
///
/// It is never stored; a restart forgets it, which ends no promise: boxes ask again, and budgets start anew.
package struct FamilyPresence: Sendable, Equatable {
  package var requests = RequestWindow()
  /// By device id.
  package var devices: [String: DevicePresence] = [:]

  package init() {}
}

/// One device's part of a family's presence.
package struct DevicePresence: Sendable, Equatable {
  package var requests = RequestWindow()
  package var lastRequestAt: UpstreamInstant?
  /// The newest held request; an older one is over.
  package var lastHold: HoldNumber?
  package var held: Held?
  /// When the ledger alone last ended a hold.
  package var ledgerAnsweredAt: UpstreamInstant?

  package struct Held: Sendable, Equatable {
    /// What the box knows, its own doings since included.
    package var baseline: HeadsCursor
    package var usage: UsagePosition
  }

  package init() {}
}
