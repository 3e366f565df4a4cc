/// Figures as lines of aligned columns, their notes numbered below.
struct FigureTable {
  private var rows = [["FIGURE", "VALUE", "LIMIT", "RATIO", "TO REACH", "THE LIMIT IS"]]
  private var notes: [String] = []

  init(_ figures: [Figure]) {
    for figure in figures {
      rows.append([
        figure.title + mark(of: figure.note), Self.text(figure.value, figure.unit),
        figure.limit.map { Self.text($0, figure.unit) } ?? "-", figure.ratio.map { Self.number($0) + " ×" } ?? "-",
        figure.reach ?? "-", figure.limitIs ?? "-",
      ])
    }
  }

  private mutating func mark(of note: String?) -> String {
    guard let note else { return "" }
    if !notes.contains(note) { notes.append(note) }
    return " [\((notes.firstIndex(of: note) ?? 0) + 1)]"
  }

  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      var cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return Self.numeric.contains(column) ? space + cell : cell + space
      }
      cells[cells.count - 1] = row[row.count - 1]
      return cells.joined(separator: "  ")
    }
    return (lines + notes.enumerated().map { "[\($0 + 1)] \($1)" }).joined(separator: "\n")
  }

  private static let numeric = 1...3

  private static func text(_ value: Double, _ unit: String) -> String {
    guard unit.isEmpty else { return "\(number(value)) \(unit)" }
    return value == value.rounded() ? String(Int(value)) : number(value)
  }

  /// Three digits that count: 0.151, 1.51, 15.1, 151, 1510; nothing is 0.
  static func number(_ value: Double) -> String {
    let size = value.magnitude
    let decimals = size == 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3
    let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
    let digits = String(Int((size * scale).rounded()))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let sign = value < 0 && Int((size * scale).rounded()) != 0 ? "-" : ""
    guard decimals > 0 else { return sign + padded }
    return "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
  }
}
