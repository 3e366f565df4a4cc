import CCurl
import Glibc

/// Why the transport could not be set up at all; what goes wrong with a single request is a `TransportFailure`.
package struct UpstreamClientError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Code: Sendable, Equatable { case library, thread }
  package var code: Code
  /// The call that failed and its result.
  package var message: String
  /// The result of the call: a CURLcode or an error number.
  package var cause: Int32

  package var description: String { "the connection to the upstream cannot be set up: \(message)" }

  static func library(_ call: String, _ result: CURLcode) -> UpstreamClientError {
    let text = unsafe curl_easy_strerror(result).map { unsafe String(cString: $0) } ?? "unknown"
    return UpstreamClientError(
      code: .library, message: "\(call): \(text)", cause: Int32(bitPattern: result.rawValue))
  }

  static func thread(_ call: String, _ number: Int32) -> UpstreamClientError {
    UpstreamClientError(code: .thread, message: failureLine(call, number), cause: number)
  }
}
