/// Where in a document something is wrong, as a JSON Pointer (RFC 6901).
enum JSONPointer {
  /// The member that an error is about; an absent member is named as if it were there.
  static func path(of error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context): text(context.codingPath + [key])
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      text(context.codingPath)
    @unknown default: ""
    }
  }

  static func text(_ path: [any CodingKey]) -> String { path.map { "/" + token($0) }.joined() }

  /// A place in an array is its number; a member's name has `~` and `/` written as `~0` and `~1` (RFC 6901 §3).
  private static func token(_ key: any CodingKey) -> String {
    if let index = key.intValue, key.stringValue == "Index \(index)" { return String(index) }
    return key.stringValue.reduce(into: "") { text, character in
      switch character {
      case "~": text += "~0"
      case "/": text += "~1"
      default: text.append(character)
      }
    }
  }
}
