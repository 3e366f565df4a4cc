/// The requests of the last minute, for a budget (`spec/wire.md` §7).
package struct RequestWindow: Sendable, Equatable {
  /// Oldest first.
  private var times: [UpstreamInstant] = []

  package init() {}

  /// Nil where another request fits now, else the seconds after which one does, at least 1.
  package func secondsUntilFree(limit: Int, now: UpstreamInstant) -> Int? {
    let recent = times.filter { now.milliseconds - $0.milliseconds < 60_000 }
    guard recent.count >= limit else { return nil }
    let leaves = recent[recent.count - limit].milliseconds + 60_000
    return max(1, Int((leaves - now.milliseconds + 999) / 1_000))
  }

  package mutating func record(at now: UpstreamInstant) {
    times.removeAll { now.milliseconds - $0.milliseconds >= 60_000 }
    times.append(now)
  }
}
