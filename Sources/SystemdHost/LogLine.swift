internal import AgentCore

/// The form of a log line for readers.
package enum LogLine {
  /// `level   message key=value`, control characters escaped.
  static func text(
    _ level: Log.Level, _ message: String, _ metadata: [(String, String)], isColoured: Bool
  ) -> String {
    let name = level.name + String(repeating: " ", count: max(0, 7 - level.name.count))
    let shown = isColoured ? "\u{1B}[\(colour(of: level))m\(name)\u{1B}[0m" : name
    return ([shown, message] + metadata.map { "\($0)=\(value($1))" }).joined(separator: " ")
  }

  /// A UTC time such as `2026-11-24T20:10:00Z`.
  static func stamp(_ seconds: Int64) -> String { WallTime(seconds: seconds).description }

  /// A journal field of our own: upper case, digits and `_` (journal export format), with our prefix.
  package static func fieldName(_ key: String) -> String {
    let letters = key.utf8.map { byte -> Character in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): Character(Unicode.Scalar(byte - 32))
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        Character(Unicode.Scalar(byte))
      default: "_"
      }
    }
    return "AXOLOTLY_" + String(letters.prefix(48))
  }

  /// The value, quoted where it has spaces, quotes or control characters.
  static func value(_ text: String) -> String {
    let isPlain = !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0.value != 0x7F }
    guard !isPlain else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      default:
        if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
          quoted += "\\x" + String(scalar.value, radix: 16)
        } else {
          quoted.unicodeScalars.append(scalar)
        }
      }
    }
    return quoted + "\""
  }

  private static func colour(of level: Log.Level) -> Int {
    switch level {
    case .error: 31
    case .warning: 33
    case .notice: 36
    case .info: 32
    case .debug: 90
    }
  }
}
