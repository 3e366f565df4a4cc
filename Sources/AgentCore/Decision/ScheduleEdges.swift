/// A set of half-open stretches `start ..< end` on a line of whole numbers, kept as the ascending edges of their union.
///
/// A point lies inside where an odd number of edges is not above it. Units are the caller's.
struct ScheduleEdges: Sendable, Equatable {
  private(set) var edges: [Int64] = []

  /// The union of any stretches; those that are empty count for nothing.
  init(union stretches: some Sequence<(start: Int64, end: Int64)>) {
    for stretch in stretches.filter({ $0.start < $0.end }).sorted(by: { $0.start < $1.start }) {
      if let last = edges.last, stretch.start <= last {
        edges[edges.count - 1] = max(last, stretch.end)
      } else {
        edges += [stretch.start, stretch.end]
      }
    }
  }

  func contains(_ point: Int64) -> Bool { !edges.isEmpty && edges.count(upTo: point) % 2 == 1 }

  /// The first edge after a point; nil: there is none.
  func next(after point: Int64) -> Int64? {
    guard let last = edges.last, point < last else { return nil }
    return edges[edges.count(upTo: point)]
  }
}
