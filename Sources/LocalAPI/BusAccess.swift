/// Who may call what on the local bus (design, The local bus): one table for both buses.
///
/// | caller | Launcher | Device |
/// |---|---|---|
/// | root, the daemon's own user, group `axolotly-admin` | yes | yes |
/// | group `axolotly` | yes | `pairing` while unpaired; `Unpair`, for which the PIN of an adult profile is asked |
/// | anyone else | no | no |
///
/// Properties are their interface's: who may not call it may not read them.
package enum BusAccess {
  package static let launcherGroup = "axolotly"
  package static let adminGroup = "axolotly-admin"
  /// What a launcher may call of Device while the box is unpaired: it shows the code on the screen.
  package static let pairing: Set<String> = ["Pair", "PairWithCode", "CancelPairing"]
  /// What a launcher may call of Device at any time, with a PIN.
  package static let withPIN: Set<String> = ["Unpair"]

  /// What a caller is to the agent.
  package enum Standing: Sendable, Equatable, CaseIterable {
    case administrator, launcher, stranger

    /// Signals tell what a family's policy, profiles and sessions are at: they are for those who may ask.
    package var mayHear: Bool { self != .stranger }
  }

  package static func allows(_ standing: Standing, interface: String, member: String, isPaired: Bool) -> Bool {
    switch standing {
    case .administrator: true
    case .launcher:
      interface == Agent1.launcher.name || withPIN.contains(member) || (!isPaired && pairing.contains(member))
    case .stranger: false
    }
  }

  /// What the error says to one who may not call.
  package static func explanation(of interface: String, member: String) -> String {
    if interface == Agent1.device.name, pairing.contains(member) {
      return
        "\(member) takes root or a member of group \(adminGroup), or a member of group \(launcherGroup) while the box is unpaired"
    }
    let group = interface == Agent1.launcher.name ? launcherGroup : adminGroup
    return "\(member) is not for this user; it takes root or a member of group \(group)"
  }
}
