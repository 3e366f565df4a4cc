import AgentCore
import FoundationEssentials
import Testing

/// The worked bytes of the protocol, `shared/vectors/wire`, where they lie beside the project.
enum Vectors {
  /// Said of every test that is skipped because a clone stands alone.
  static let absence: Comment = "shared/vectors/wire is not beside this clone: its cases are not run"

  /// Found by walking up from this file.
  static let directory: String? = {
    var path = #filePath
    while let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      path = String(path[..<slash])
      let candidate = path + "/shared/vectors/wire"
      if FileManager.default.fileExists(atPath: candidate) { return candidate }
    }
    return nil
  }()

  static var areHere: Bool { directory != nil }

  /// A file of the vectors as a value; nil where the vectors are absent. A file that is not as expected ends the run.
  static func read<File: Decodable>(_ type: File.Type, _ name: String) -> File? {
    guard let directory else { return nil }
    guard let data = FileManager.default.contents(atPath: directory + "/" + name) else {
      preconditionFailure("\(name) is missing among the vectors")
    }
    do { return try JSONDecoder().decode(type, from: data) } catch {
      preconditionFailure("\(name) of the vectors is not as expected: \(error)")
    }
  }

  /// `keys.json`: the private halves too.
  struct Keys: Decodable, Sendable {
    var ed25519: [Ed25519]
    var p256: [P256]
    var trust: TrustSet

    struct Ed25519: Decodable, Sendable, CustomTestStringConvertible {
      var kid: String
      var x: String
      var d: String
      var testDescription: String { kid }
    }

    struct P256: Decodable, Sendable, CustomTestStringConvertible {
      var name: String
      var jkt: String
      var x: String
      var y: String
      var d: String
      var testDescription: String { name }
    }
  }

  static let keys = read(Keys.self, "keys.json")
}

/// Any JSON, for the documents within the vectors that the readers take as text.
indirect enum JSONValue: Codable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// The value as JSON text.
  func text() throws -> [UInt8] { Array(try JSONEncoder().encode(self)) }
}
