import AgentCore

/// The header of an answer as it arrives line by line; interim answers (1xx) are passed over.
///
/// Limit: `Limits.answerHeaderBytes` for all lines of one exchange together, those of interim answers too.
struct AnswerHead {
  private(set) var status = 0
  private(set) var headers: [String: String] = [:]
  /// The final answer's header is complete; what follows are body and trailers.
  private(set) var isComplete = false
  private var bytesTaken = 0

  enum Step: Equatable { case more, complete, tooLarge }

  /// Takes one line with its line break. Trailers are ignored.
  mutating func take(_ line: [UInt8]) -> Step {
    bytesTaken += line.count
    guard bytesTaken <= Limits.answerHeaderBytes else { return .tooLarge }
    guard !isComplete else { return .more }
    let text = line[..<(line.lastIndex { $0 != 0x0D && $0 != 0x0A }.map { $0 + 1 } ?? 0)]
    if text.isEmpty {
      isComplete = status >= 200
      return isComplete ? .complete : .more
    }
    if text.starts(with: "HTTP/".utf8) { beginAnswer(text) } else { takeField(text) }
    return .more
  }

  private mutating func beginAnswer(_ line: ArraySlice<UInt8>) {
    let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
    status = words.count > 1 ? Int(String(decoding: words[1], as: UTF8.self)) ?? 0 : 0
    headers = [:]
  }

  private mutating func takeField(_ line: ArraySlice<UInt8>) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else { return }
    let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
    let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    var value = line[(colon + 1)...].drop(while: isBlank)
    while let last = value.last, isBlank(last) { value.removeLast() }
    headers[name] = String(decoding: value, as: UTF8.self)
  }
}
