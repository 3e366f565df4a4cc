package import AgentCore
import CSystemd
import Glibc

/// The clocks of the box, read at once.
package enum SystemClocks {
  package struct Reading: Sendable {
    /// CLOCK_BOOTTIME.
    package var boot: Moment
    /// CLOCK_MONOTONIC.
    package var play: PlayTime
    /// CLOCK_REALTIME, whole seconds since 1970; not trusted by itself (design, Process model).
    package var wallSeconds: Int64 { wallMilliseconds / 1_000 }
    /// The same in milliseconds.
    package var wallMilliseconds: Int64
    /// What adjtimex says; false where it may not be asked.
    package var isSynchronised: Bool
  }

  package static func read() -> Reading {
    // In this order, so that `boot` is never behind `play`.
    let play = PlayTime(nanoseconds: nanoseconds(of: CLOCK_MONOTONIC))
    let boot = boot()
    return Reading(
      boot: boot, play: play, wallMilliseconds: nanoseconds(of: CLOCK_REALTIME) / 1_000_000,
      isSynchronised: axolotly_clock_is_synchronised() != 0)
  }

  /// CLOCK_BOOTTIME alone: what a deadline is compared with.
  package static func boot() -> Moment { Moment(nanoseconds: nanoseconds(of: CLOCK_BOOTTIME)) }

  private static func nanoseconds(of clock: clockid_t) -> Int64 {
    let time = reading(of: clock)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  private static func reading(of clock: clockid_t) -> timespec {
    var time = timespec()
    let result = unsafe clock_gettime(clock, &time)
    precondition(result == 0, "the kernel has CLOCK_BOOTTIME, CLOCK_MONOTONIC and CLOCK_REALTIME")
    return time
  }
}
