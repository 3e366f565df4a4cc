import AgentCore
import Terminal

/// Where a command's answer goes: a JSON document, or text for people.
struct Output {
  var isJSON: Bool
  var style: TerminalStyle

  /// What a colour means; without colours the words say it alone.
  enum Meaning {
    case good, doubtful, bad, heading

    var code: String {
      switch self {
      case .good: "32"
      case .doubtful: "33"
      case .bad: "31"
      case .heading: "1"
      }
    }
  }

  /// One line of text, made harmless for the terminal.
  func line(_ text: String = "") throws { try raw(PlainText.shown(text)) }

  /// A line whose first words carry a meaning.
  func line(_ words: String, _ meaning: Meaning, _ rest: String = "") throws {
    try raw(marked(PlainText.shown(words), meaning) + PlainText.shown(rest))
  }

  /// A fact under its name; nothing where there is no value.
  func fact(_ name: String, _ value: String?) throws {
    guard let value else { return }
    try raw(Self.padded(name, to: Self.nameColumns) + PlainText.shown(value))
  }

  func fact(_ name: String, _ words: String, _ meaning: Meaning, _ rest: String = "") throws {
    try raw(
      Self.padded(name, to: Self.nameColumns) + marked(PlainText.shown(words), meaning) + PlainText.shown(rest))
  }

  func json(_ value: JSONValue) throws { try raw(value.text()) }

  /// A line as it is, escape sequences included.
  func raw(_ text: String) throws { try Terminal.write(text + "\n", to: .output) }

  /// A line that the next one writes over; nothing where the style is not live. An empty one clears it.
  func passing(_ text: String) throws {
    guard style.isLive, !isJSON else { return }
    let cleared = "\r" + String(repeating: " ", count: Self.passingColumns) + "\r"
    try Terminal.write(cleared + String(text.prefix(Self.passingColumns)), to: .output)
  }

  /// A remark beside the answer, for people alone: it goes to standard error.
  func remark(_ text: String) throws {
    guard !isJSON else { return }
    try Terminal.write(PlainText.shown(text) + "\n", to: .error)
  }

  func marked(_ text: String, _ meaning: Meaning) -> String {
    style.colours == .none ? text : "\u{1B}[\(meaning.code)m\(text)\u{1B}[0m"
  }

  static func padded(_ text: String, to columns: Int) -> String {
    text + String(repeating: " ", count: max(1, columns - PlainText.columns(text)))
  }

  /// Columns of the names of facts.
  private static let nameColumns = 13
  private static let passingColumns = 60
}
