import Terminal
import Testing

@Suite struct HiddenLineTests {
  @Test func take_ofKeys_editsTheLine() {
    check("1234\r", "1234")
    check("12\u{7F}34\n", "134")
    check("é\u{7F}a\n", "a")
    check("\u{8}1\n", "1")
    check("12\u{15}34\n", "34")
    check("1\u{1B}2\n", "12")
    check("12\u{4}", "12")
    check("\n", "")
    check("12\u{3}", nil)
    check("\u{4}", nil)

    func check(_ keys: String, _ text: String?, sourceLocation: SourceLocation = #_sourceLocation) {
      var line = HiddenLine()
      for byte in keys.utf8 {
        #expect(!line.isOver, sourceLocation: sourceLocation)
        line.take(byte)
      }
      #expect(line.isOver, sourceLocation: sourceLocation)
      #expect(line.text == text, sourceLocation: sourceLocation)
    }
  }

  @Test func take_ofMoreThanTheLimit_leavesTheRestOut() {
    var line = HiddenLine()
    for _ in 0...Terminal.hiddenBytes { line.take(UInt8(ascii: "1")) }
    line.take(nil)
    #expect(line.text?.count == Terminal.hiddenBytes)
  }
}
