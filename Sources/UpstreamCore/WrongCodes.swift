/// The wrong codes of one address in the last minute; the shell keeps one for each address.
package struct WrongCodes: Sendable, Equatable {
  private var window = RequestWindow()

  package init() {}

  /// Nil where another try is allowed, else the seconds to wait.
  package func secondsUntilFree(now: UpstreamInstant) -> Int? {
    window.secondsUntilFree(limit: UpstreamLimits.wrongCodesPerMinute, now: now)
  }

  package mutating func record(at now: UpstreamInstant) { window.record(at: now) }
}
