/// What a JWS says of itself in its protected header (RFC 7515 §4), as far as we look.
struct JSONWebSignatureHeader: Decodable {
  var alg: String
  var kid: String?
  var typ: String?
  /// Extensions that the reader must understand; we understand none, so their presence refuses (RFC 7515 §4.1.11).
  var hasCritical: Bool

  private enum CodingKeys: String, CodingKey { case alg, kid, typ, crit }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    alg = try container.decode(String.self, forKey: .alg)
    kid = try container.decodeIfPresent(String.self, forKey: .kid)
    typ = try container.decodeIfPresent(String.self, forKey: .typ)
    hasCritical = container.contains(.crit)
  }

  /// Reads the protected header as it stands in a JWS; nil where it is no base64url of a JSON object with `alg`.
  init?(protected text: ArraySlice<UInt8>) {
    guard let bytes = Base64URL.decode(utf8: text),
      let header = try? JSONText.decode(JSONWebSignatureHeader.self, from: bytes)
    else { return nil }
    self = header
  }

  /// Whether it is of the one algorithm and the one type that are expected, and asks for nothing else.
  func isOf(algorithm: String, type: JSONWebSignatureType) -> Bool {
    alg == algorithm && typ == type.rawValue && !hasCritical
  }
}
