import LocalAPI
import SystemdHost

/// Who may call what on the private socket (design, The local bus): by the caller's credentials alone.
///
/// | caller | Launcher | Device |
/// |---|---|---|
/// | root, the daemon's own user, group `axolotly-admin` | yes | yes |
/// | group `axolotly` | yes | Pair, PairWithCode and CancelPairing while unpaired |
/// | anyone else | no | no |
enum Access {
  static let launcherGroup = "axolotly"
  static let adminGroup = "axolotly-admin"
  static let pairing: Set<String> = ["Pair", "PairWithCode", "CancelPairing"]

  static func allows(_ call: BusCall, isPaired: Bool) -> Bool {
    let caller = call.caller
    if isAdministrator(caller) { return true }
    guard let group = Groups.identifier(launcherGroup), caller.belongs(toGroup: group) else { return false }
    if call.interface == Agent1.launcher.name { return true }
    return !isPaired && pairing.contains(call.member)
  }

  static func isAdministrator(_ caller: BusCaller) -> Bool {
    if caller.isRoot || caller.uid == Groups.ownUser { return true }
    return Groups.identifier(adminGroup).map(caller.belongs(toGroup:)) ?? false
  }

  static func explanation(of interface: String, member: String) -> String {
    let group = interface == Agent1.launcher.name ? launcherGroup : adminGroup
    return "\(member) is not for this user; it takes root or a member of group \(group)"
  }
}
