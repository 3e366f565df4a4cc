/// The parts of a JWS that is being made.
enum SignatureText {
  private struct Header: Encodable {
    var alg: String
    var kid: String?
    var typ: String
  }

  /// The protected header as its segment.
  static func header(algorithm: String, keyID: String?, type: JSONWebSignatureType) throws(TrustError) -> String {
    try segment(Header(alg: algorithm, kid: keyID, typ: type.rawValue))
  }

  /// A document as a segment.
  static func segment(_ document: some Encodable) throws(TrustError) -> String {
    do { return Base64URL.encode(try JSONText.encode(document)) } catch {
      throw TrustError(.signingFailed, "what is to be signed cannot be written as JSON", cause: error)
    }
  }
}
