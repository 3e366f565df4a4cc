/// What the clocks said last: a suspend and a step of the system clock show in how they moved against each other.
///
/// | clock | in suspend | when the system clock is set |
/// |---|---|---|
/// | `boot` | goes on | goes on |
/// | `play` | stands still | goes on |
/// | `systemSeconds` | goes on | jumps |
package struct ClockWatch: Sendable, Equatable {
  package enum Change: Sendable, Equatable {
    case resumed(sleptSeconds: Int64)
    case stepped(bySeconds: Int64)
  }

  /// A shorter suspend breaks no connection, nanoseconds.
  private static let suspendNanoseconds: Int64 = 1_000_000_000
  /// A smaller step is the clock's own slewing, or the rounding of its seconds.
  package static let stepSeconds: Int64 = 2

  private var suspended: Int64
  private var systemOffset: Int64

  package init(_ now: Now) { (suspended, systemOffset) = (Self.suspended(now), Self.systemOffset(now)) }

  /// Looks at the clocks again.
  package mutating func observe(_ now: Now) -> [Change] {
    var changes: [Change] = []
    let slept = Self.suspended(now) - suspended
    suspended = Self.suspended(now)
    if slept >= Self.suspendNanoseconds { changes.append(.resumed(sleptSeconds: slept / 1_000_000_000)) }
    let (step, hasOverflowed) = Self.systemOffset(now).subtractingReportingOverflow(systemOffset)
    systemOffset = Self.systemOffset(now)
    if hasOverflowed || step.magnitude > Self.stepSeconds.magnitude { changes.append(.stepped(bySeconds: step)) }
    return changes
  }

  private static func suspended(_ now: Now) -> Int64 { now.boot.nanoseconds - now.play.nanoseconds }

  private static func systemOffset(_ now: Now) -> Int64 { now.systemSeconds &- now.boot.nanoseconds / 1_000_000_000 }
}
