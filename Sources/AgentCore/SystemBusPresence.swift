/// Whether the agent has its name on the system bus, and when it asks for it again (design, The local bus).
///
/// The private socket is served whatever happens here. An attempt that fails is made again after 1 s, then twice as long
/// each time up to a minute; a name that was held for 10 s makes the next wait short again.
package struct SystemBusPresence: Sendable, Equatable {
  package static let firstWait = Duration.seconds(1)
  package static let longestWait = Duration.seconds(60)
  /// How long the name has to be held for the waits to begin anew.
  package static let healthBeforeReset = Duration.seconds(10)

  package enum State: Sendable, Equatable {
    /// The settings want no system bus.
    case off
    case waiting(until: Moment)
    /// The shell connects and asks for the name.
    case connecting
    case named(since: Moment)
  }

  /// What keeps the name away.
  package enum Fault: Sendable, Equatable {
    /// No broker, or it has gone.
    case unreachable
    /// The broker's policy does not let this user own the name.
    case nameRefused
    /// Another process owns it.
    case nameTaken

    package static let all: [Fault] = [.unreachable, .nameRefused, .nameTaken]

    package var code: HealthItem.Code {
      switch self {
      case .unreachable: .busUnreachable
      case .nameRefused: .busNameRefused
      case .nameTaken: .busNameTaken
      }
    }

    package var severity: HealthItem.Severity { self == .unreachable ? .warning : .error }
  }

  package private(set) var state: State
  /// The fault of the last attempt; nil once the name is held, and before the first attempt has ended.
  package private(set) var fault: Fault?
  private var wait = SystemBusPresence.firstWait

  package init(isWanted: Bool, at now: Moment) { state = isWanted ? .waiting(until: now) : .off }

  /// Whether an attempt is to be made now; it counts as begun.
  package mutating func begin(at now: Moment) -> Bool {
    guard case .waiting(let until) = state, until <= now else { return false }
    state = .connecting
    return true
  }

  package var deadline: Moment? {
    switch state {
    case .waiting(let until): until
    case .off, .connecting, .named: nil
    }
  }

  /// The name is the agent's; returns the fault that this ends.
  package mutating func succeeded(at now: Moment) -> Fault? {
    guard state == .connecting else { return nil }
    state = .named(since: now)
    defer { fault = nil }
    return fault
  }

  /// The attempt failed, or the name is lost; returns whether the fault is another one than before.
  package mutating func failed(_ fault: Fault, at now: Moment) -> Bool {
    switch state {
    case .off, .waiting: return false
    case .named(let since): if now - since >= Self.healthBeforeReset { wait = Self.firstWait }
    case .connecting: break
    }
    state = .waiting(until: now + wait)
    wait = min(wait * 2, Self.longestWait)
    defer { self.fault = fault }
    return self.fault != fault
  }
}

/// What the shell reports of the system bus.
package enum SystemBusReport: Sendable, Equatable {
  case named
  /// `cause` is one line for the log.
  case failed(SystemBusPresence.Fault, cause: String)
}

extension Agent {
  mutating func handleSystemBus(_ report: SystemBusReport, at now: Now) {
    switch report {
    case .named:
      let ended = systemBus.succeeded(at: now.boot)
      guard case .named = systemBus.state else { return }
      log(.notice, "the name on the system bus is held")
      if let ended { clear(ended.code, at: now) }
    case .failed(let fault, let cause):
      guard systemBus.failed(fault, at: now.boot) else { return }
      log(.warning, "no name on the system bus; the private socket is served", .init("cause", cause))
      for other in SystemBusPresence.Fault.all where other != fault { clear(other.code, at: now) }
      raise(fault.code, fault.severity, at: now)
    }
  }

  mutating func turnSystemBus(at now: Now, next: inout Deadline) {
    if systemBus.begin(at: now.boot) { effects.append(.connectSystemBus) }
    next.at(systemBus.deadline)
  }
}
