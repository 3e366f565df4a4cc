import AgentCore
import FoundationEssentials
import SystemdHost

/// A file that a command reads by itself, without the daemon.
enum InputFile {
  /// Larger ones are refused. Bytes.
  private static let limit = 64 << 20

  static func bytes(_ path: String) throws -> Data {
    do {
      guard let bytes = try ReadFile.bytes(path, limit: limit, followsLinks: true) else {
        throw CommandFailure(.noInput, "there is no file \(path)")
      }
      return Data(bytes)
    } catch let error as HostError {
      throw CommandFailure(.noInput, "\(path) cannot be read: \(error.message)")
    }
  }

  /// A value of the wanted form; what does not fit is named by its path.
  static func decode<Value: Decodable>(_ type: Value.Type, _ data: Data, of path: String) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let error as DecodingError {
      let place = JSONPointer.path(of: error)
      throw CommandFailure(
        .noInput,
        place.isEmpty ? "\(path) is no JSON of this form" : "\(path): \(place) \(JSONPointer.complaint(of: error))")
    } catch {
      throw CommandFailure(.noInput, "\(path) is no JSON of this form")
    }
  }
}
