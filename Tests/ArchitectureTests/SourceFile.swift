/// A text file of the project with its place in it.
struct SourceFile {
  /// From the project's root, for example `Sources/AgentCore/Limits.swift`.
  let path: String
  let text: String
  /// The text with comments and the contents of strings blanked, line for line; empty where it is not Swift.
  let code: String
  let tokens: [Token]

  init(path: String, text: String) {
    self.path = path
    self.text = text
    code = path.hasSuffix(".swift") ? CodeScanner.code(of: text) : ""
    tokens = Token.tokens(of: code)
  }

  var isSwift: Bool { path.hasSuffix(".swift") }

  var name: String { String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]) }

  /// The target that the file belongs to: the directory below `Sources` or `Tests`.
  var target: String? {
    let parts = path.split(separator: "/")
    return parts.count > 2 && (parts[0] == "Sources" || parts[0] == "Tests") ? String(parts[1]) : nil
  }

  var isInTests: Bool { path.hasPrefix("Tests/") }

  /// The modules that the file imports, each with its line.
  var imports: [(module: String, line: Int)] {
    code.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
      var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == ";" })[...]
      words = words.drop { $0.hasPrefix("@") || Self.importModifiers.contains($0) }
      guard words.popFirst() == "import" else { return nil }
      words = words.drop { Self.importKinds.contains($0) }
      return words.first.map { (String($0.prefix { $0 != "." }), index + 1) }
    }
  }

  func violation(_ line: Int, _ message: String) -> Violation { Violation(path: path, line: line, message: message) }

  private static let importModifiers: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
  private static let importKinds: Set<Substring> = [
    "struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor",
  ]
}

/// One place where a rule is broken.
struct Violation: CustomStringConvertible, Equatable {
  let path: String
  let line: Int
  let message: String

  var description: String { "\(path):\(line): \(message)" }
}
