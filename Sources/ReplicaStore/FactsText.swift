import AgentCore

/// The lists of a row of `facts` as text.
enum FactsText {
  /// It can stand in a list: not empty, since an empty list is the empty text.
  static func isWord(_ word: String) -> Bool {
    !word.isEmpty && !word.utf8.contains(CatalogueSchema.separator)
  }

  static func joined(_ words: [String]) -> String {
    words.joined(separator: String(Unicode.Scalar(CatalogueSchema.separator)))
  }

  static func words(_ text: String) -> [String] {
    text.utf8.split(separator: CatalogueSchema.separator).map { String(Substring($0)) }
  }

  /// System and value in turn.
  static func ratings(_ text: String) -> [Rating] {
    let words = words(text)
    return stride(from: 0, to: words.count - 1, by: 2).map { Rating(system: words[$0], value: words[$0 + 1]) }
  }
}
