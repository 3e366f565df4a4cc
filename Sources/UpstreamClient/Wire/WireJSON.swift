import AgentCore
import FoundationEssentials

/// Reads and writes the JSON of the wire; what does not fit is named by its path.
enum WireJSON {
  /// A value of the wanted form, or `malformed` with the JSON Pointer (RFC 6901) of the member that does not fit.
  static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws(TransportFailure) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw .malformed(line(error))
    } catch {
      throw .malformed("no JSON")
    }
  }

  /// Members in order of their names, so that the same value gives the same bytes.
  static func encode(_ value: some Encodable) throws(TransportFailure) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do { return Array(try encoder.encode(value)) } catch { throw .local("this value has no JSON: \(error)") }
  }

  private static func line(_ error: DecodingError) -> String {
    let place = JSONPointer.path(of: error)
    switch error {
    case .keyNotFound: return "\(place): absent"
    case .typeMismatch, .valueNotFound: return "\(place): of a wrong type"
    case .dataCorrupted(let context): return place.isEmpty ? "no JSON" : "\(place): \(context.debugDescription)"
    @unknown default: return "no JSON"
    }
  }
}
