/// A compact JWS taken apart (RFC 7515 §7.1); nothing of it is verified yet.
struct CompactSignature {
  var header: JSONWebSignatureHeader
  var payload: [UInt8]
  var signature: [UInt8]
  /// The bytes that are signed: the first two segments with the dot between them.
  var signed: ArraySlice<UInt8>

  /// Nil where the text is not three segments of base64url, the first a JSON object with `alg`.
  init?(_ text: [UInt8]) {
    let segments = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard segments.count == 3, let header = JSONWebSignatureHeader(protected: segments[0]),
      let payload = Base64URL.decode(utf8: segments[1]), let signature = Base64URL.decode(utf8: segments[2])
    else { return nil }
    (self.header, self.payload, self.signature) = (header, payload, signature)
    signed = text[..<segments[1].endIndex]
  }
}
