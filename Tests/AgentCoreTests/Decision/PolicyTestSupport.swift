import AgentCore
import FoundationEssentials
import Testing

/// The folder of specifications and vectors beside the project, where this machine has one.
enum SharedFolder {
  /// Found by walking up from this file; nil where it is absent.
  static let path: String? = {
    var folder = #filePath[...]
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      let candidate = "\(folder)/shared"
      if FileManager.default.fileExists(atPath: "\(candidate)/vectors") { return candidate }
    }
    return nil
  }()

  static var isPresent: Bool { path != nil }

  /// The bytes of a file in the folder.
  static func bytes(_ name: String) throws -> [UInt8] {
    let folder = try #require(path, "the shared folder is absent")
    return try #require(fileBytes("\(folder)/\(name)"), "no file \(name) in the shared folder")
  }
}

/// The whole of a file; nil where it cannot be read.
func fileBytes(_ path: String) -> [UInt8]? {
  (try? Data(contentsOf: URL(filePath: path))).map { [UInt8]($0) }
}

func decodeJSON<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
  try JSONDecoder().decode(type, from: Data(text.utf8))
}

/// The JSON Pointer (RFC 6901) to the member that an error refuses; nil for another error.
func jsonPointer(of error: any Error) -> String? {
  guard let error = error as? DecodingError else { return nil }
  var path: [any CodingKey]
  switch error {
  case .keyNotFound(let key, let context): path = context.codingPath + [key]
  case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
    path = context.codingPath
  @unknown default: return nil
  }
  return path.map { "/" + ($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
}

func at(_ text: String) throws -> WallTime { try #require(WallTime(text), "\(text) is no instant") }
func date(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text), "\(text) is no date") }
func title(_ text: String) throws -> TitleReference { try #require(TitleReference(text), "\(text) is no reference") }

/// This machine's time zone files.
enum SystemZones {
  private static let folder = "/usr/share/zoneinfo"

  static var arePresent: Bool { FileManager.default.fileExists(atPath: "\(folder)/America/New_York") }

  /// The zone of a policy; its rule stands in for a name that this machine lacks.
  static func zone(of policy: Policy) throws -> TimeZoneRules {
    guard let rule = policy.timeZoneRule, fileBytes("\(folder)/\(policy.timeZone)") == nil else {
      return try zone(policy.timeZone)
    }
    return try TimeZoneRules(posix: rule)
  }

  static func zone(_ name: String) throws -> TimeZoneRules {
    let bytes = try #require(fileBytes("\(folder)/\(name)"), "this machine has no time zone \(name)")
    return try TimeZoneRules(tzif: bytes)
  }
}
