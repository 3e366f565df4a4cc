import AgentCore
import Synchronization
import SystemdHost

/// Trusted time as the core last had it, for threads that date an assertion: an anchor and the boot time since.
final class TrustedTime: Sendable {
  private struct Anchor {
    var wall = WallTime(seconds: AgentVersion.builtAtSeconds)
    var boot = Moment(nanoseconds: 0)
  }

  private let anchor = Mutex(Anchor())

  func set(_ wall: WallTime, at boot: Moment) { anchor.withLock { $0 = Anchor(wall: wall, boot: boot) } }

  func now() -> WallTime {
    let boot = SystemClocks.boot()
    return anchor.withLock { $0.wall + (boot - $0.boot).wholeSeconds }
  }
}
