/// Pointers end in the edges; what escapes the compiler's checks stands under a comment that says why it holds.
enum UnsafeCheck {
  /// Unsafe code outside the edges and the layers. A program's file may hold some where it wraps a C library.
  static func violations(in file: SourceFile) -> [Violation] {
    guard let target = file.target, let rule = TargetRule.rule(for: target, isTest: file.isInTests) else { return [] }
    switch rule.kind {
    case .edge, .layer, .library, .tests: return []
    case .program where file.imports.contains(where: { TargetRule.table[$0.module]?.kind == .library }): return []
    case .core, .vocabulary, .reasoning, .program: break
    }
    return file.tokens.filter { isUnsafe($0.text) }.map {
      file.violation($0.line, "unsafe code (\($0.text)) belongs into an edge, not into \(target)")
    }
  }

  /// `@unchecked Sendable` and `nonisolated(unsafe)` that do not stand directly under a comment.
  static func uncommented(in file: SourceFile) -> [Violation] {
    let tokens = file.tokens
    return tokens.indices.compactMap { index in
      let isEscape =
        tokens[index].text == "unchecked" && tokens.text(at: index - 1) == "@"
        || tokens[index].text == "nonisolated" && tokens.argument(at: index + 1).first?.text == "unsafe"
      guard isEscape, !isUnderComment(tokens[index].line, in: file.text) else { return nil }
      return file.violation(
        tokens[index].line, "this stands only under a comment that names the rule that makes it true")
    }
  }

  private static func isUnsafe(_ word: Substring) -> Bool {
    word == "unsafe" || word.hasPrefix("Unsafe") || word.hasPrefix("unsafe") || word.hasPrefix("withUnsafe")
      || word == "OpaquePointer" || word == "Unmanaged"
  }

  /// Whether the declaration that goes through a line begins under a comment; attributes may stand between.
  private static func isUnderComment(_ line: Int, in text: String) -> Bool {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for above in lines[..<(line - 1)].reversed() {
      let words = above.drop(while: \.isWhitespace)
      if words.hasPrefix("//") || words.hasSuffix("*/") { return true }
      let isSameDeclaration = words.hasPrefix("@") || [":", ",", "("].contains { words.hasSuffix($0) }
      guard isSameDeclaration else { return false }
    }
    return false
  }
}
