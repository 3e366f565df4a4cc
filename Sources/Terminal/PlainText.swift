/// Texts from elsewhere, made harmless for a terminal and measured in its columns.
package enum PlainText {
  /// The text with every control character, and every one that turns the direction of writing, replaced by `?`.
  package static func shown(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(isControl(scalar) ? "?" : scalar) }
    return String(result)
  }

  /// Columns that the text takes: East Asian wide characters and emoji two each, combining marks none.
  package static func columns(_ text: String) -> Int { text.reduce(0) { $0 + columns($1) } }

  /// The text cut to so many columns, with `...` at its end where something was cut.
  package static func clipped(_ text: String, to limit: Int) -> String {
    guard columns(text) > limit else { return text }
    var left = max(0, limit - 3)
    let kept = text.prefix { character in
      left -= columns(character)
      return left >= 0
    }
    return kept + String(repeating: ".", count: min(3, limit))
  }

  private static func columns(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
    default: (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }
  }

  /// The large blocks of width W and F (UAX #11).
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
    0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD,
  ]
}
