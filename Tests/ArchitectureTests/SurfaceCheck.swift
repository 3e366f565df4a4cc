/// We ship programs: nothing is public, nothing crashes without a sentence, names say what a thing is.
enum SurfaceCheck {
  static func violations(in file: SourceFile) -> [Violation] {
    let tokens = file.tokens
    return tokens.indices.compactMap { index in
      message(tokens, index).map { file.violation(tokens[index].line, $0) }
    }
  }

  private static let declarations: Set<Substring> = [
    "class", "func", "var", "let", "subscript", "override", "init", "static", "final", "required", "convenience",
  ]
  private static let types: Set<Substring> = ["struct", "class", "enum", "actor", "protocol", "typealias"]
  /// Names that end so because the field calls the thing so: systemd's own word for PID 1 towards a service.
  private static let fieldsOwn: Set<Substring> = ["ServiceManager"]
  private static let emptyNames = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utilities"]

  private static func message(_ tokens: [Token], _ index: Int) -> String? {
    let (previous, word, next) = (tokens.text(at: index - 1), tokens[index].text, tokens.text(at: index + 1))
    let isName = previous == "."
    switch word {
    case "public" where !isName, "open" where !isName && declarations.contains(next):
      return "\(word) is for libraries; across targets it is package"
    case "try" where next == "!" && tokens[index + 1].isAttached:
      return "try! hides an error"
    case "fatalError" where tokens.text(at: index + 1) == "(" && tokens.text(at: index + 2) == ")",
      "preconditionFailure" where tokens.text(at: index + 1) == "(" && tokens.text(at: index + 2) == ")":
      return "\(word) needs a sentence that says what was impossible"
    case _ where types.contains(previous) && !fieldsOwn.contains(word) && emptyNames.contains { word.hasSuffix($0) }:
      return "\(word) does not say what it is"
    default:
      return nil
    }
  }
}
