/// Where in a document something is, as a JSON Pointer (RFC 6901).
package enum JSONPointer {
  /// The member that an error is about; an absent member is named as if it were there.
  package static func path(of error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context): text(context.codingPath + [key])
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      text(context.codingPath)
    @unknown default: ""
    }
  }

  /// What the error misses there, in some words.
  package static func complaint(of error: DecodingError) -> String {
    switch error {
    case .keyNotFound: "is absent and required"
    case .typeMismatch(let type, _): "has a wrong type" + expectation(of: type)
    case .valueNotFound(let type, _): "may not be null" + expectation(of: type)
    case .dataCorrupted(let context): context.debugDescription
    @unknown default: "cannot be read"
    }
  }

  package static func text(_ path: [any CodingKey]) -> String { path.map { "/" + token($0) }.joined() }

  /// A member's name as a part of a pointer: `~` and `/` are written as `~0` and `~1` (RFC 6901 §3).
  package static func escaped(_ name: String) -> String {
    name.reduce(into: "") { text, character in
      switch character {
      case "~": text += "~0"
      case "/": text += "~1"
      default: text.append(character)
      }
    }
  }

  /// A place in an array is its number.
  private static func token(_ key: any CodingKey) -> String {
    if let index = key.intValue, key.stringValue == "Index \(index)" { return String(index) }
    return escaped(key.stringValue)
  }

  /// In JSON's own words, where the type is one of JSON's.
  private static func expectation(of type: Any.Type) -> String {
    switch type {
    case is String.Type: ": expected a text"
    case is Bool.Type: ": expected true or false"
    case is any BinaryInteger.Type: ": expected a whole number"
    case is Double.Type: ": expected a number"
    default: ""
    }
  }
}
