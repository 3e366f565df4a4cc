/// A word or a single other character of Swift code.
struct Token: Equatable {
  let text: Substring
  /// From 1.
  let line: Int
  /// Whether nothing stands between this and the token before.
  var isAttached = false

  static func tokens(of code: String) -> [Token] {
    var tokens: [Token] = []
    var line = 1
    var isAttached = false
    var rest = code[...]
    while let first = rest.first {
      let word = rest.prefix(while: isWordCharacter)
      if !word.isEmpty {
        tokens.append(Token(text: word, line: line, isAttached: isAttached))
        isAttached = true
        rest = rest[word.endIndex...]
        continue
      }
      if first.isNewline {
        line += 1
      } else if !first.isWhitespace {
        tokens.append(Token(text: rest.prefix(1), line: line, isAttached: isAttached))
      }
      isAttached = !first.isWhitespace
      rest.removeFirst()
    }
    return tokens
  }

  private static func isWordCharacter(_ c: Character) -> Bool { c.isLetter || c.isNumber || c == "_" }
}

extension [Token] {
  /// The text of the token at an index; empty where there is none.
  func text(at index: Int) -> Substring { indices.contains(index) ? self[index].text : "" }

  /// The tokens between the parenthesis at `index` and the one that closes it; none where there is no parenthesis.
  func argument(at index: Int) -> ArraySlice<Token> {
    guard text(at: index) == "(" else { return [] }
    var depth = 0
    for end in index..<count {
      switch self[end].text {
      case "(": depth += 1
      case ")": depth -= 1
      default: break
      }
      if depth == 0 { return self[(index + 1)..<end] }
    }
    return self[(index + 1)...]
  }
}
