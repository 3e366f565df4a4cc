import AgentCore
import FoundationEssentials

/// Holds a JSON document to a JSON Schema, as far as ours go: a keyword that is not known here is a violation itself.
///
/// Stricter than a schema's own word: every member of a document has to be described.
struct SchemaCheck {
  private let schema: JSONValue

  init(_ text: String) throws { schema = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) }

  /// What is wrong with a document, each with the path of its value; empty where nothing is.
  func violations(of document: JSONValue) -> [String] { Self.violations(of: document, by: schema, at: "") }

  func violations(ofText text: String) throws -> [String] {
    violations(of: try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)))
  }

  private static func violations(of value: JSONValue, by schema: JSONValue, at path: String) -> [String] {
    guard case .object(let keywords) = schema else { return ["\(path): the schema is no object"] }
    return keywords.sorted { $0.key < $1.key }.flatMap { keyword, wanted -> [String] in
      switch keyword {
      case "$schema", "title", "description": []
      case "type": wanted.string == typeName(of: value) ? [] : ["\(path): is no \(wanted.string ?? "?")"]
      case "enum": wanted.array?.contains(value) == true ? [] : ["\(path): is none of those listed"]
      case "minimum": number(value) ?? .min >= number(wanted) ?? .max ? [] : ["\(path): is too small"]
      case "format":
        wanted.string == "date-time" && isInstant(value.string ?? "") ? [] : ["\(path): is no instant"]
      case "required":
        (wanted.array ?? []).filter { value[$0.string ?? ""] == nil }.map { "\(path): lacks \($0.string ?? "?")" }
      case "properties": violations(ofMembers: value, by: wanted, at: path)
      case "items":
        (value.array ?? []).enumerated().flatMap { violations(of: $1, by: wanted, at: "\(path)/\($0)") }
      default: ["\(path): the schema's keyword \(keyword) is not known"]
      }
    }
  }

  private static func violations(ofMembers value: JSONValue, by members: JSONValue, at path: String) -> [String] {
    guard case .object(let held) = value else { return [] }
    return held.sorted { $0.key < $1.key }.flatMap { name, member in
      members[name].map { violations(of: member, by: $0, at: "\(path)/\(name)") } ?? [
        "\(path)/\(name): is not described"
      ]
    }
  }

  private static func typeName(of value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool: "boolean"
    case .integer, .unsigned: "integer"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  private static func number(_ value: JSONValue) -> Int64? {
    guard case .integer(let number) = value else { return nil }
    return number
  }

  private static func isInstant(_ text: String) -> Bool {
    let form = "0000-00-00T00:00:00Z"
    return text.utf8.count == form.utf8.count
      && zip(text, form).allSatisfy { $1 == "0" ? $0.isASCII && $0.isNumber : $0 == $1 }
  }
}
