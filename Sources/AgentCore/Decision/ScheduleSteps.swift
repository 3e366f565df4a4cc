/// A sum that changes at instants: how much the given stretches that a point lies in add up to.
struct ScheduleSteps: Sendable, Equatable {
  private(set) var edges: [Int64] = []
  /// The sum from each edge on.
  private var sums: [Int64] = []

  init(_ stretches: some Sequence<(start: Int64, end: Int64, amount: Int64)>) {
    var changes: [Int64: Int64] = [:]
    for stretch in stretches where stretch.start < stretch.end {
      changes[stretch.start, default: 0] += stretch.amount
      changes[stretch.end, default: 0] -= stretch.amount
    }
    var sum: Int64 = 0
    for (edge, change) in changes.sorted(by: { $0.key < $1.key }) {
      sum += change
      edges.append(edge)
      sums.append(sum)
    }
  }

  func sum(at point: Int64) -> Int64 {
    let passed = edges.isEmpty ? 0 : edges.count(upTo: point)
    return passed == 0 ? 0 : sums[passed - 1]
  }

  /// The first edge after a point; nil: there is none.
  func next(after point: Int64) -> Int64? {
    guard let last = edges.last, point < last else { return nil }
    return edges[edges.count(upTo: point)]
  }
}
