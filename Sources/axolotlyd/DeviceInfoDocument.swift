import FoundationEssentials

/// What the box tells of itself when it pairs (`spec/wire.md` §1).
struct DeviceInfoDocument: Encodable {
  var model: String
  var agent: String
  var host: String
  var arch: String

  var json: String { JSONText.of(self) }
}

/// JSON as this program writes it: members in order of their names.
enum JSONText {
  static func of(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
