/// Why a text has no QR code: a code, one line to read, and the call that failed.
package struct QRImageError: Error, CustomStringConvertible, Sendable {
  package enum Code: String, Sendable {
    /// The text is empty, too long or holds a zero byte.
    case unsuitable
    /// The library could not encode it.
    case encoding
  }

  package var code: Code
  package var message: String
  package var cause: String?

  init(_ code: Code, _ message: String, cause: String? = nil) {
    (self.code, self.message, self.cause) = (code, message, cause)
  }

  package var description: String { cause.map { "\(message) (\($0))" } ?? message }
}
