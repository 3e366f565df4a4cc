import Terminal

/// Lines of columns, aligned by spaces; what titles and boxes bring in cannot command the terminal.
struct Table {
  private var rows: [[String]] = []

  init(_ heading: [String]) { rows = [heading] }

  mutating func add(_ row: [String]) { rows.append(row.map(PlainText.shown)) }

  /// Without spaces at the end of a line; only the heading where there are no rows.
  var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? PlainText.columns($0[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { $1 + String(repeating: " ", count: widths[$0] - PlainText.columns($1)) }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}
