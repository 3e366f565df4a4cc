/// The clocks as the shell read them for one call of `Agent.handle`.
package struct Now: Sendable, Equatable {
  package var boot: Moment
  package var play: PlayTime
  /// CLOCK_REALTIME, seconds; believed only as far as `TrustedClock` says.
  package var systemSeconds: Int64
  /// The kernel says that a time service keeps its clock (adjtimex).
  package var isSynchronised: Bool

  package init(boot: Moment, play: PlayTime, systemSeconds: Int64, isSynchronised: Bool) {
    (self.boot, self.play, self.systemSeconds, self.isSynchronised) = (boot, play, systemSeconds, isSynchronised)
  }
}
