/// A held request; the shell repeats the same value whenever it is woken.
package struct HeadsQuestion: Sendable, Equatable {
  package var after: String?
  package var hold: HoldNumber
  /// When the request came, and when its hold ends; equal where it does not wait.
  package var arrivedAt: UpstreamInstant
  package var deadline: UpstreamInstant

  /// `waitSeconds` is clamped to `UpstreamLimits.holdSeconds`.
  package init(after: String?, hold: HoldNumber, arrivedAt: UpstreamInstant, waitSeconds: Int64) {
    self.after = after
    self.hold = hold
    self.arrivedAt = arrivedAt
    deadline = arrivedAt.adding(seconds: min(max(waitSeconds, 0), UpstreamLimits.holdSeconds))
  }
}

/// Names a held request; the shell counts them up and never uses one twice in a life of the process.
package struct HoldNumber: Hashable, Comparable, Sendable {
  package var number: UInt64
  package init(_ number: UInt64) { self.number = number }
  package static func < (a: HoldNumber, b: HoldNumber) -> Bool { a.number < b.number }
}
