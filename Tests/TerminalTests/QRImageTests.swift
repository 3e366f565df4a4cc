import QRImage
import Testing

@Suite struct QRImageTests {
  private let address = "https://pair.example/device?user_code=WDJB-MJHT"

  @Test func image_ofAnAddress_hasThreeFinders() throws {
    let image = try QRImage(address)
    #expect(image.width == 29)
    for (column, row) in [(0, 0), (image.width - 7, 0), (0, image.width - 7)] {
      for index in 0..<7 {
        #expect(image.isDark(column: column + index, row: row))
        #expect(image.isDark(column: column, row: row + index))
      }
      #expect(!image.isDark(column: column + 1, row: row + 1))
      #expect(image.isDark(column: column + 3, row: row + 3))
    }
  }

  @Test func image_ofUnsuitableText_isRefused() {
    for text in ["", "a\0b", String(repeating: "a", count: QRImage.textBytes + 1)] {
      #expect(throws: QRImageError.self) { try QRImage(text) }
    }
  }

  /// R64: codes in the terminal's own colours could not be read on dark ones.
  @Test(arguments: [QRImage.Shape.halfBlocks, .spaces], [QRImage.Palette.indexed, .basic])
  func lines_inEveryForm_areDarkOnLightWithFourModulesOfMargin(shape: QRImage.Shape, palette: QRImage.Palette) throws {
    let image = try QRImage(address)
    let lines = image.lines(shape, palette)
    #expect(lines.count == image.rows(shape))
    let pixels = try lines.flatMap { try PixelRow.rows(of: $0, shape) }
    let side = image.width + 8
    #expect(pixels.count >= side)
    for (row, line) in pixels.enumerated() {
      #expect(line.count == side)
      for (column, isDark) in line.enumerated() {
        #expect(isDark == image.isDark(column: column - 4, row: row - 4))
      }
    }
  }
}

/// Reads drawn lines back as a terminal shows them: every cell has to have explicit colours, all reset at the end.
private enum PixelRow {
  struct Unreadable: Error {}

  static func rows(of line: String, _ shape: QRImage.Shape) throws -> [[Bool]] {
    var upper: [Bool] = []
    var lower: [Bool] = []
    var ground: Bool?
    var ink: Bool?
    var rest = line[...]
    while let first = rest.first {
      if first == "\u{1B}" {
        guard let end = rest.firstIndex(of: "m") else { throw Unreadable() }
        (ink, ground) = colours(String(rest[..<end].dropFirst(2)))
        rest = rest[rest.index(after: end)...]
        continue
      }
      guard let ground else { throw Unreadable() }
      let isInk = try cell(first)
      if isInk.upper || isInk.lower, ink == nil { throw Unreadable() }
      upper.append(isInk.upper ? ink == true : ground)
      lower.append(isInk.lower ? ink == true : ground)
      rest = rest.dropFirst()
    }
    guard ground == nil else { throw Unreadable() }
    if shape == .halfBlocks { return [upper, lower] }
    return [stride(from: 0, to: upper.count, by: 2).map { upper[$0] }]
  }

  /// Dark is true; nil is the terminal's own.
  private static func colours(_ codes: String) -> (ink: Bool?, ground: Bool?) {
    let ink: Bool? = codes.contains("38;5;16") || codes.contains("30") ? true : nil
    if codes.contains("48;5;231") || codes.contains("47") { return (ink, false) }
    return (ink, codes.contains("48;5;16") || codes.contains("40") ? true : nil)
  }

  private static func cell(_ character: Character) throws -> (upper: Bool, lower: Bool) {
    switch character {
    case " ": (false, false)
    case "\u{2580}": (true, false)
    case "\u{2584}": (false, true)
    case "\u{2588}": (true, true)
    default: throw Unreadable()
    }
  }
}
