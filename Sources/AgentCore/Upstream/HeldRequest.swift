/// The state of the one held request of a box: whether it is out, and when the next may go (`spec/wire.md` §2).
package struct HeldRequest: Sendable, Equatable {
  package enum State: Sendable, Equatable {
    /// Not before this moment.
    case waiting(until: Moment)
    case out(RequestID, waitSeconds: Int, since: Moment)
  }

  /// More answers than this in the interval without progress count as a failure.
  package static let fastLoopAnswers = 5
  package static let fastLoopInterval = Duration.milliseconds(500)
  package static let jitterAfterUnchanged = Duration.seconds(1)
  /// Failures in a row after which the next endpoint is tried.
  package static let failuresBeforeNextEndpoint = 3

  package var state: State
  package var ladder = HoldLadder()
  package var backoff = Backoff()
  package var cursor: String?
  package var poll: Heads.PollSettings?
  /// The next request asks with `wait=0`.
  package var asksAtOnce = true
  package var usesFreshConnection = false
  package var failuresInARow = 0
  package var endpointIndex = 0
  package var lastHeard: Moment?
  package var isOnline = false
  private var recentAnswers: [Moment] = []

  package init(at now: Moment) { state = .waiting(until: now) }

  /// Whether this answer, which brought nothing new, is one too many.
  package mutating func isFastLoop(at now: Moment) -> Bool {
    recentAnswers.removeAll { now - $0 > Self.fastLoopInterval }
    recentAnswers.append(now)
    return recentAnswers.count > Self.fastLoopAnswers
  }

  package mutating func madeProgress() { recentAnswers.removeAll() }

  package var requestOut: RequestID? {
    switch state {
    case .waiting: nil
    case .out(let id, _, _): id
    }
  }
}
