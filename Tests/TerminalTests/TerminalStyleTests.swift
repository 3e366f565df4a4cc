import Terminal
import Testing

@Suite struct TerminalStyleTests {
  /// R64: a QR code is drawn only where colours may be set.
  @Test func style_byEnvironment_followsItsTable() {
    check(isTerminal: true, ["TERM": "xterm-256color"], .indexed, isLive: true)
    check(isTerminal: true, ["TERM": "linux"], .basic, isLive: true)
    check(isTerminal: true, ["TERM": "xterm", "NO_COLOR": "1"], .none, isLive: true)
    check(isTerminal: true, ["TERM": "dumb"], .none, isLive: false)
    check(isTerminal: true, [:], .none, isLive: false)
    check(isTerminal: false, ["TERM": "xterm"], .none, isLive: false)

    func check(
      isTerminal: Bool, _ variables: [String: String], _ colours: TerminalStyle.Colours, isLive: Bool,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let style = TerminalStyle(isTerminal: isTerminal, size: nil, variable: { variables[$0] })
      #expect(style.colours == colours, sourceLocation: sourceLocation)
      #expect(style.isLive == isLive, sourceLocation: sourceLocation)
    }
  }

  @Test func style_byLocale_knowsUnicode() {
    check(["LANG": "de_DE.UTF-8"], true)
    check(["LANG": "C.utf8"], true)
    check(["LANG": "C"], false)
    check([:], false)
    check(["LANG": "C", "LC_ALL": "en_GB.UTF-8"], true)
    check(["LANG": "en_GB.UTF-8", "LC_CTYPE": "C"], false)

    func check(_ variables: [String: String], _ isUnicode: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
      let style = TerminalStyle(isTerminal: true, size: nil, variable: { variables[$0] })
      #expect(style.isUnicode == isUnicode, sourceLocation: sourceLocation)
    }
  }
}
