import Terminal

/// Rows of text in aligned columns under a heading.
///
/// On a terminal that is too narrow the widest column that may be cut is cut.
struct Table {
  struct Column {
    var heading: String
    var isNumber = false
    /// Whether it may be cut where the terminal is too narrow.
    var mayBeCut = false
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  init(_ columns: [Column]) { self.columns = columns }

  var isEmpty: Bool { rows.isEmpty }

  mutating func add(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row has a cell for each column")
    rows.append(cells.map(PlainText.shown))
  }

  func print(to output: Output, indentation: Int = 0) throws {
    let widths = widths(within: output.style.size.map { $0.columns - indentation })
    let indent = String(repeating: " ", count: indentation)
    try output.raw(indent + output.marked(text(of: columns.map(\.heading), widths), .heading))
    for row in rows { try output.raw(indent + text(of: row, widths)) }
  }

  private static let gap = 2
  private static let narrowestCut = 12

  private func widths(within limit: Int?) -> [Int] {
    var widths = columns.indices.map { index in
      rows.reduce(PlainText.columns(columns[index].heading)) { max($0, PlainText.columns($1[index])) }
    }
    guard let limit else { return widths }
    var excess = widths.reduce(0, +) + Self.gap * (widths.count - 1) - limit
    while excess > 0 {
      let candidates = widths.indices.filter { columns[$0].mayBeCut && widths[$0] > Self.narrowestCut }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }

  private func text(of cells: [String], _ widths: [Int]) -> String {
    var text = ""
    for (index, cell) in cells.enumerated() {
      let shown = PlainText.clipped(cell, to: widths[index])
      let space = String(repeating: " ", count: widths[index] - PlainText.columns(shown))
      let isLast = index == cells.count - 1
      text += columns[index].isNumber ? space + shown : shown + (isLast ? "" : space)
      if !isLast { text += String(repeating: " ", count: Self.gap) }
    }
    return text
  }
}
