import FoundationEssentials

/// Reads and writes JSON as `spec/wire.md` §0 wants it: UTF-8 and nothing else.
enum JSONText {
  /// Reads a document; it throws where the text is no JSON in UTF-8 or is not what the type wants.
  static func decode<Document: Decodable>(_ type: Document.Type, from text: [UInt8]) throws -> Document {
    try checkEncoding(text)
    return try JSONDecoder().decode(type, from: Data(text))
  }

  /// Reads a document by a type that needs to know something before it reads.
  static func decode<Document: DecodableWithConfiguration>(
    _ type: Document.Type, from text: [UInt8], configuration: Document.DecodingConfiguration
  ) throws -> Document {
    try checkEncoding(text)
    return try JSONDecoder().decode(type, from: Data(text), configuration: configuration)
  }

  /// Writes a document, its members sorted by name, so that the same value always gives the same text.
  static func encode(_ document: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(document))
  }

  /// The decoder also takes UTF-16 and UTF-32, which our signatures and limits do not mean: a NUL or a byte order
  /// mark gives them away, and neither has a place in JSON (RFC 8259 §7, §8.1).
  private static func checkEncoding(_ text: [UInt8]) throws {
    guard text.first != 0xef, !text.contains(0), String(validating: text, as: UTF8.self) != nil else {
      throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "no JSON in UTF-8"))
    }
  }
}
