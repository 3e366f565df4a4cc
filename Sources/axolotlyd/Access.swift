import AgentCore
import LocalAPI
import SystemdHost

/// What the callers of the bus are to the agent, by users and groups of the system.
///
/// The numbers of the groups are looked up now and then alone, since the loop asks with every call: `Self.lookUpInterval`
/// after one was found, `Self.missingInterval` after it was not.
final class Access {
  static let lookUpInterval = Duration.seconds(60)
  static let missingInterval = Duration.seconds(1)

  private struct Known {
    var number: UInt32?
    var until: Moment
  }

  private var known: [String: Known] = [:]

  func standing(of caller: BusCaller) -> BusAccess.Standing {
    if caller.isRoot || caller.uid == Groups.ownUser { return .administrator }
    let now = SystemClocks.boot()
    if belongs(caller, to: BusAccess.adminGroup, at: now) { return .administrator }
    return belongs(caller, to: BusAccess.launcherGroup, at: now) ? .launcher : .stranger
  }

  private func belongs(_ caller: BusCaller, to name: String, at now: Moment) -> Bool {
    number(of: name, at: now).map(caller.belongs(toGroup:)) ?? false
  }

  private func number(of name: String, at now: Moment) -> UInt32? {
    if let group = known[name], group.until > now { return group.number }
    let number = Groups.identifier(name)
    known[name] = Known(number: number, until: now + (number == nil ? Self.missingInterval : Self.lookUpInterval))
    return number
  }
}
