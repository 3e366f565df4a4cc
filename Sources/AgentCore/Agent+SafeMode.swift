// Safe mode: after crash upon crash the box decides from its last policy and leaves the network alone for a while.
extension Agent {
  mutating func enterSafeMode(at now: Now) {
    safeMode = SafeMode(until: now.boot + SafeMode.length + random.duration(upTo: SafeMode.spread))
    log(.error, "crashed again and again; the network is left alone", .init("for_s", "\(SafeMode.length.wholeSeconds)"))
    raise(.safeMode, .error, at: now)
  }

  /// True while the network is left alone; a person who unpairs needs no upstream.
  mutating func turnSafeMode(at now: Now, next: inout Deadline) -> Bool {
    guard let rest = safeMode else { return false }
    guard rest.until > now.boot else {
      safeMode = nil
      log(.notice, "the network is used again")
      clear(.safeMode, at: now)
      return false
    }
    if case .asked = unpairing { eraseEverything(at: now) }
    next.at(rest.until)
    return true
  }

  /// The refusal of what would ask the upstream; nil outside safe mode.
  func restRefusal(at now: Now) -> CommandRefusal? {
    guard let rest = safeMode, rest.until > now.boot else { return nil }
    return .resting(seconds: (rest.until - now.boot).wholeSeconds + 1)
  }
}
