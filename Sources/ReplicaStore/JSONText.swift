import AgentCore
import Database
import FoundationEssentials

/// JSON as the journal stores and sends it: members sorted, slashes as they are.
struct JSONText {
  private let encoder: JSONEncoder
  private let decoder = JSONDecoder()

  init() {
    encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  func bytes(_ value: some Encodable) throws(DatabaseError) -> [UInt8] {
    do { return Array(try encoder.encode(value)) } catch {
      throw .form("\(type(of: value)) cannot be written as JSON", call: "JSONEncoder")
    }
  }

  func text(_ value: some Encodable) throws(DatabaseError) -> String {
    String(decoding: try bytes(value), as: UTF8.self)
  }

  func value<T: Decodable>(_ type: T.Type, _ text: String) throws(DatabaseError) -> T {
    do { return try decoder.decode(type, from: Data(text.utf8)) } catch {
      throw .form("no \(type) is stored where one should be", call: "JSONDecoder")
    }
  }
}
