/// What went wrong with a key or with signing: a code, a message of one line, and what lay beneath.
package struct TrustError: Error, Sendable, CustomStringConvertible {
  package var code: Code
  package var message: String
  package var cause: (any Error)?

  package enum Code: String, Sendable {
    /// The bytes or the JWK are no key of the kind that is wanted.
    case invalidKey = "invalid_key"
    /// The library could not sign.
    case signingFailed = "signing_failed"
    /// The library could not derive a key from a PIN.
    case derivationFailed = "derivation_failed"
  }

  init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
    (self.code, self.message, self.cause) = (code, message, cause)
  }

  package var description: String {
    if let cause { "\(code.rawValue): \(message) (\(cause))" } else { "\(code.rawValue): \(message)" }
  }
}
