import FoundationEssentials

extension Figure {
  init(line: String) throws { self = try JSONDecoder().decode(Figure.self, from: Data(line.utf8)) }

  /// Prints the figure as one line of JSON.
  func write() throws { print(try Self.text(self, isPretty: false)) }

  static func text(_ value: some Encodable, isPretty: Bool) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = isPretty ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
