import AgentCore
import Foundation
import NIOCore

/// An error answer: a problem document (RFC 9457), or an OAuth error (RFC 6749 §5.2).
struct Problem: Error, Sendable {
  var status: Int
  /// The stable NAME of `urn:axolotly:NAME`, or the OAuth `error`.
  var name: String
  var detail: String
  var isOAuth = false
  var retryAfterSeconds: Int?
  var allowedMethods: String?
  /// Further members: `expected`, `epoch`.
  var numbers: [String: Int] = [:]
  /// With a malformed policy, a JSON Pointer.
  var path: String?

  init(_ status: Int, _ name: String, _ detail: String) {
    (self.status, self.name, self.detail) = (status, name, detail)
  }

  static func oauth(_ status: Int, _ error: String, _ detail: String) -> Problem {
    var problem = Problem(status, error, detail)
    problem.isOAuth = true
    return problem
  }

  static let notFound = Problem(404, "not_found", "There is nothing at this address.")
  /// `allowed` as the header `Allow` names them (RFC 9110 §15.5.6).
  static func methodNotAllowed(_ allowed: String) -> Problem {
    var problem = Problem(405, "method_not_allowed", "This address takes \(allowed) alone.")
    problem.allowedMethods = allowed
    return problem
  }
  static let tooLarge = Problem(413, "too_large", "The body is larger than this address takes.")

  /// A number of seconds in words.
  static func inWords(seconds: some BinaryInteger) -> String { seconds == 1 ? "1 second" : "\(seconds) seconds" }

  func retry(after seconds: Int) -> Problem {
    var problem = self
    problem.retryAfterSeconds = seconds
    return problem
  }

  func number(_ name: String, _ value: Int) -> Problem {
    var problem = self
    problem.numbers[name] = value
    return problem
  }

  var answer: Answer {
    var members: [String: JSONValue] = numbers.mapValues { .integer(Int64($0)) }
    if isOAuth {
      members["error"] = .string(name)
      members["error_description"] = .string(detail)
    } else {
      members["type"] = .string("urn:axolotly:" + name)
      members["title"] = .string(detail)
      members["status"] = .integer(Int64(status))
      if let path { members["path"] = .string(path) }
    }
    let body = (try? JSON.data(JSONValue.object(members))) ?? Data()
    var answer = Answer(
      status: status, headers: [("Content-Type", isOAuth ? "application/json" : "application/problem+json")],
      body: ByteBuffer(bytes: body))
    if let allowedMethods { answer.headers.append(("Allow", allowedMethods)) }
    if let retryAfterSeconds { answer.headers.append(("Retry-After", String(retryAfterSeconds))) }
    return answer
  }
}
