import CSystemd
import Glibc

/// Turns the loop when the system clock was set or the box resumed from suspend; it never wakes the box by itself.
///
/// What happened shows in the clocks (`ClockWatch` of the core). Confined to the loop's thread.
package final class ClockChanges {
  private let timer: Descriptor
  private var source: EventSource?

  /// - Throws: `HostError` where the kernel gives no timer.
  package init(loop: EventLoop, changed: @escaping () -> Void) throws {
    let number = axolotly_clock_timer()
    guard number >= 0 else { throw HostError.failed("timerfd_create", number, "steps of the clock are not noticed") }
    timer = Descriptor(adopting: number)
    try Self.arm(number)
    source = try loop.watch(number, events: EPOLLIN.rawValue) { _ in
      var expirations: UInt64 = 0
      // ECANCELED: the clock was set; it is armed for the next time.
      _ = unsafe read(number, &expirations, MemoryLayout<UInt64>.size)
      try? Self.arm(number)
      changed()
    }
  }

  deinit { source = nil }

  private static func arm(_ timer: Int32) throws {
    let result = axolotly_clock_timer_arm(timer)
    guard result >= 0 else { throw HostError.failed("timerfd_settime", result, "steps of the clock are not noticed") }
  }
}
