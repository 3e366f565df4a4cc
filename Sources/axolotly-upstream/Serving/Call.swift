import AgentCore
import Foundation
import NIOCore
import Trust

/// A request as the routes see it.
struct Call: Sendable {
  var method: String
  /// Segments of the path without the base's own, percent-decoded.
  var path: [String]
  var query: [String: String]
  /// By lower-case name.
  var headers: [String: String]
  /// The peer's address, for limits a caller.
  var address: String
  /// Reads the body; throws `Problem.tooLarge` above the limit, bytes.
  var body: @Sendable (_ limit: Int) async throws -> ByteBuffer

  /// The path and query of a request target; nil where the path does not begin with the base's.
  static func target(_ text: String, basePath: String) -> (path: [String], query: [String: String])? {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, first.hasPrefix(basePath) else { return nil }
    let rest = first.dropFirst(basePath.count)
    guard rest.isEmpty || rest.hasPrefix("/") else { return nil }
    let path = rest.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
    return (path, parts.count > 1 ? form(String(parts[1])) : [:])
  }

  /// `application/x-www-form-urlencoded`; of a repeated name the first counts.
  static func form(_ text: String) -> [String: String] {
    var members: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let plain = sides.map { $0.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? String($0) }
      guard let name = plain.first, members[name] == nil else { continue }
      members[name] = plain.count > 1 ? plain[1] : ""
    }
    return members
  }

  /// The media type without parameters, lower-case.
  var contentType: String {
    let text = headers["content-type"] ?? ""
    return (text.split(separator: ";").first ?? "").trimmingCharacters(in: .whitespaces).lowercased()
  }

  var bearer: String? {
    guard let text = headers["authorization"], text.lowercased().hasPrefix("bearer ") else { return nil }
    return text.dropFirst(7).trimmingCharacters(in: .whitespaces)
  }

  /// The caller's id where it has the form of `spec/wire.md` §0, else one of ours.
  var requestID: String { Call.requestID(headers["x-request-id"]) }

  static func requestID(_ text: String?) -> String {
    let allowed = { (byte: UInt8) in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
    }
    if let text, (1...64).contains(text.utf8.count), text.utf8.allSatisfy(allowed) { return text }
    return SecureRandom.token().replacingOccurrences(of: "_", with: "-")
  }

  func jsonBody<Value: Decodable>(_ type: Value.Type, limit: Int = Limits.otherBodyBytes) async throws -> Value {
    guard contentType == "application/json" else {
      throw Problem(415, "unsupported_media_type", "Send application/json.")
    }
    let buffer = try await body(limit)
    do { return try JSONDecoder().decode(type, from: Data(buffer.readableBytesView)) } catch {
      throw Problem(400, "bad_request", "The body is not the document that this address takes: \(Call.words(error)).")
    }
  }

  func formBody(isOAuth: Bool) async throws -> [String: String] {
    let refuse = { (status: Int, name: String, detail: String) in
      isOAuth ? Problem.oauth(status, "invalid_request", detail) : Problem(status, name, detail)
    }
    guard contentType == "application/x-www-form-urlencoded" else {
      throw refuse(415, "unsupported_media_type", "Send application/x-www-form-urlencoded.")
    }
    do { return Call.form(String(buffer: try await body(Limits.otherBodyBytes))) } catch let problem as Problem {
      throw refuse(problem.status, problem.name, problem.detail)
    }
  }

  static func words(_ error: any Error) -> String {
    func place(_ path: [any CodingKey]) -> String { "/" + path.map(\.stringValue).joined(separator: "/") }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context): return "\(place(context.codingPath + [key])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(place(context.codingPath)) has a wrong type"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty ? "it is no JSON" : "\(place(context.codingPath)) has no valid value"
    default: return "it cannot be read"
    }
  }
}
