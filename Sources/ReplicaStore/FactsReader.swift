import AgentCore
import Database

/// Reads the arrays of a title's facts, whose JSON has been walked over before.
enum FactsReader {
  /// The words of an array of strings; nil where it is something else or too long.
  static func words(_ range: Range<Int>?, _ title: Span<UInt8>) -> [String]? {
    guard let range else { return [] }
    var cursor = JSONCursor(at: range.lowerBound)
    var words: [String] = []
    var isRight = true
    do throws(JSONFault) {
      try cursor.array(title) { (cursor) throws(JSONFault) in
        if let word = try word(&cursor, title) { words.append(word) } else { isRight = false }
      }
    } catch { return nil }
    return isRight && words.count <= StoreLimits.wordsOfATitle ? words : nil
  }

  /// System and value in turn.
  static func ratings(_ range: Range<Int>?, _ title: Span<UInt8>) -> [String]? {
    guard let range else { return [] }
    var cursor = JSONCursor(at: range.lowerBound)
    var words: [String] = []
    var isRight = true
    do throws(JSONFault) {
      try cursor.array(title) { (cursor) throws(JSONFault) in
        if let rating = try rating(&cursor, title) { words += rating } else { isRight = false }
      }
    } catch { return nil }
    return isRight && words.count <= 2 * StoreLimits.ratingsOfATitle ? words : nil
  }

  private static func rating(_ cursor: inout JSONCursor, _ title: Span<UInt8>) throws(JSONFault) -> [String]? {
    guard try cursor.kind(title) == .object else {
      try cursor.skip(title)
      return nil
    }
    var system: String?
    var value: String?
    try cursor.object(title) { (cursor, name) throws(JSONFault) in
      if name.equals("system", title) {
        system = try word(&cursor, title)
      } else if name.equals("value", title) {
        value = try word(&cursor, title)
      } else {
        try cursor.skip(title)
      }
    }
    guard let system, let value else { return nil }
    return [system, value]
  }

  private static func word(_ cursor: inout JSONCursor, _ title: Span<UInt8>) throws(JSONFault) -> String? {
    guard case .value(let text) = try cursor.text(title, max: StoreLimits.wordBytes) else { return nil }
    return text.string(title).flatMap { FactsText.isWord($0) ? $0 : nil }
  }
}
