import AgentCore

/// A zone's clock as the C library has it, over the years that the tests ask about: a list of stretches, found hour by hour.
struct NaiveZone {
  /// Offsets from each instant on, the first from `first`.
  private var starts: [Int] = []
  private var offsets: [Int] = []

  static let first = 631_152_000  // 1990-01-01T00:00:00Z
  static let end = 1_924_992_000  // 2031-01-01T00:00:00Z

  init(_ name: String) {
    let found = GlibcZone.with(name) {
      var starts = [Self.first]
      var offsets = [GlibcZone.offset(at: Self.first)]
      for hour in stride(from: Self.first, to: Self.end, by: 3_600) {
        let offset = GlibcZone.offset(at: hour + 3_600)
        guard offset != offsets[offsets.count - 1] else { continue }
        var (before, after) = (hour, hour + 3_600)
        while after - before > 1 {
          let middle = (before + after) / 2
          if GlibcZone.offset(at: middle) == offset { after = middle } else { before = middle }
        }
        starts.append(after)
        offsets.append(offset)
      }
      return (starts, offsets)
    }
    (starts, offsets) = found
  }

  /// The instants at which the clock is put forward or back.
  var changes: [Int] { Array(starts.dropFirst()) }

  func changes(from: Int, through: Int) -> [Int] { changes.filter { from <= $0 && $0 <= through } }

  func offset(at instant: Int) -> Int {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= instant { low = middle } else { high = middle }
    }
    return offsets[low]
  }

  /// The number of the date that the calendar shows, and the second that the clock shows.
  func local(_ instant: Int) -> (date: Int, second: Int) {
    let time = instant + offset(at: instant)
    let date = time >= 0 ? time / 86_400 : -((86_399 - time) / 86_400)
    return (date, time - date * 86_400)
  }

  /// The family-local day: the last date of which an instant has been. A clock that is put back brings none back.
  func day(_ instant: Int) -> Int {
    let before = changes(from: instant - 200_000, through: instant).map { local($0 - 1).date }
    return max(local(instant).date, before.max() ?? .min)
  }
}
