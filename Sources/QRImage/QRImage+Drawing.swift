/// The code drawn for a terminal: dark modules on a light ground, four modules of margin, both colours set explicitly.
extension QRImage {
  /// Light modules on each side (ISO/IEC 18004 §5.3.8, quiet zone).
  package static let margin = 4

  /// What a module is drawn with.
  package enum Shape: Sendable {
    /// Two modules, one above the other, in a cell: block elements of Unicode.
    case halfBlocks
    /// One module in two cells: spaces alone, for terminals without Unicode.
    case spaces
  }

  /// Where the two colours come from.
  package enum Palette: Sendable {
    /// Black and white of the 256-colour cube, which themes leave alone.
    case indexed
    /// Black on light grey of the eight first colours, for the Linux console.
    case basic

    var darkInk: String { self == .indexed ? "38;5;16" : "30" }
    var darkGround: String { self == .indexed ? "48;5;16" : "40" }
    var lightGround: String { self == .indexed ? "48;5;231" : "47" }
  }

  /// Terminal columns that the drawing takes.
  package func columns(_ shape: Shape) -> Int {
    let side = width + 2 * Self.margin
    return shape == .halfBlocks ? side : 2 * side
  }

  /// Terminal rows that the drawing takes.
  package func rows(_ shape: Shape) -> Int {
    let side = width + 2 * Self.margin
    return shape == .halfBlocks ? (side + 1) / 2 : side
  }

  /// One text a row, each of which begins with its colours and ends with their reset.
  package func lines(_ shape: Shape, _ palette: Palette) -> [String] {
    switch shape {
    case .halfBlocks: (0..<rows(shape)).map { halfBlockLine($0, palette) }
    case .spaces: (0..<rows(shape)).map { spaceLine($0, palette) }
    }
  }

  /// | upper | lower | cell, in dark ink on light ground |
  /// |---|---|---|
  /// | light | light | space |
  /// | dark | light | upper half block |
  /// | light | dark | lower half block |
  /// | dark | dark | full block |
  private func halfBlockLine(_ line: Int, _ palette: Palette) -> String {
    let row = 2 * line - Self.margin
    let cells = (-Self.margin..<width + Self.margin).map { column in
      switch (isDark(column: column, row: row), isDark(column: column, row: row + 1)) {
      case (false, false): " "
      case (true, false): "\u{2580}"
      case (false, true): "\u{2584}"
      case (true, true): "\u{2588}"
      }
    }
    return "\u{1B}[0;\(palette.darkInk);\(palette.lightGround)m" + cells.joined() + "\u{1B}[0m"
  }

  private func spaceLine(_ line: Int, _ palette: Palette) -> String {
    let row = line - Self.margin
    var text = ""
    var ground: String?
    for column in -Self.margin..<width + Self.margin {
      let wanted = isDark(column: column, row: row) ? palette.darkGround : palette.lightGround
      if wanted != ground { text += "\u{1B}[0;\(wanted)m" }
      ground = wanted
      text += "  "
    }
    return text + "\u{1B}[0m"
  }
}
