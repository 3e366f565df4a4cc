import Terminal
import Testing

@Suite struct PlainTextTests {
  @Test func shown_ofForeignText_holdsNoControlCharacters() {
    #expect(PlainText.shown("Amélie 猫 🎬") == "Amélie 猫 🎬")
    #expect(PlainText.shown("a\u{1B}[31mb\r\nc") == "a?[31mb??c")
    #expect(PlainText.shown("a\u{202E}b\u{9B}c") == "a?b?c")
  }

  @Test func columns_ofWideAndCombiningCharacters_areTheTerminals() {
    for (text, columns) in [("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("猫と", 4), ("🎬", 2), ("ﾈｺ", 2)] {
      #expect(PlainText.columns(text) == columns, "\(text)")
    }
  }

  @Test func clipped_beyondTheLimit_endsInDots() {
    check("abcdef", 6, "abcdef")
    check("abcdefg", 6, "abc...")
    check("猫猫猫猫", 6, "猫...")
    check("abc", 2, "..")

    func check(_ text: String, _ limit: Int, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) {
      #expect(PlainText.clipped(text, to: limit) == expected, sourceLocation: sourceLocation)
    }
  }
}
