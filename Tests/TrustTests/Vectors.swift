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

extension JSONValue {
  /// The value as JSON text.
  func text() throws -> [UInt8] { Array(try JSONEncoder().encode(self)) }
}
