import AgentCore

/// The answer of `POST /v1/oauth/device_authorization` (`spec/wire.md` §1).
struct DeviceAuthorizationDocument: Decodable {
  var value: DeviceAuthorization

  private enum Key: String, CodingKey {
    case device_code, user_code, verification_uri, verification_uri_complete, expires_in, interval
  }

  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: Key.self)
    value = DeviceAuthorization(
      deviceCode: try document.decode(String.self, forKey: .device_code),
      userCode: try document.decode(String.self, forKey: .user_code),
      verificationURI: try document.decode(String.self, forKey: .verification_uri),
      verificationURIComplete: try document.decode(String.self, forKey: .verification_uri_complete),
      expiresInSeconds: try document.decodeCount(forKey: .expires_in, from: 1),
      intervalSeconds: try document.decodeCount(forKey: .interval, from: 1))
  }
}

/// A bearer token, alone or within a pairing's success (`spec/wire.md` §1).
struct TokenDocument: Decodable {
  var value: AccessToken

  private enum Key: String, CodingKey { case access_token, token_type, expires_in }

  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: Key.self)
    // RFC 6749 §5.1: the type is compared without case.
    guard try document.decode(String.self, forKey: .token_type).lowercased() == "bearer" else {
      throw document.refusal(.token_type, "expected Bearer")
    }
    let text = try document.decode(String.self, forKey: .access_token)
    // RFC 6750 §2.1: b64token; it goes into a header as it stands.
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw document.refusal(.access_token, "expected a token")
    }
    value = AccessToken(text: text, expiresInSeconds: try document.decodeCount(forKey: .expires_in, from: 1))
  }
}

/// The success of a pairing (`spec/wire.md` §1).
struct PairingDocument: Decodable {
  var value: PairingSuccess
  var trust: TrustSet { value.trust }

  private enum Key: String, CodingKey { case device, family, endpoints, trust }

  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: Key.self)
    let endpoints = try document.decode([String].self, forKey: .endpoints).map { text in
      String(text.reversed().drop { $0 == "/" }.reversed())
    }
    guard !endpoints.isEmpty, endpoints.allSatisfy({ $0.hasPrefix("https://") || $0.hasPrefix("http://") }) else {
      throw document.refusal(.endpoints, "expected addresses")
    }
    let trust = try document.decode(TrustSet.self, forKey: .trust)
    guard (trust.policy + trust.catalogue + [trust.root]).allSatisfy({ $0.kty == "OKP" && $0.crv == "Ed25519" }) else {
      throw document.refusal(.trust, "expected Ed25519 keys")
    }
    value = PairingSuccess(
      token: try TokenDocument(from: decoder).value,
      device: try document.decode(String.self, forKey: .device),
      family: try document.decode(String.self, forKey: .family), endpoints: endpoints, trust: trust)
  }
}

/// The answer to a usage batch (`spec/wire.md` §5).
struct AcknowledgementDocument: Decodable {
  var acked: Int
  var rejected: [Rejected]
  struct Rejected: Decodable {
    var seq: Int
    var type: String
  }
}

extension KeyedDecodingContainer {
  /// A whole number that is not below `least`.
  func decodeCount<Number: FixedWidthInteger & Decodable>(forKey key: Key, from least: Number) throws -> Number {
    let value = try decodeNumbers(Number.self, forKey: key)
    guard value >= least else { throw refusal(key, "below \(least)") }
    return value
  }

  /// A value of whole numbers; one that is not whole or does not fit is named by its key, which the decoder does not.
  func decodeNumbers<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    do {
      return try decode(type, forKey: key)
    } catch let error as DecodingError {
      throw error
    } catch {
      throw refusal(key, "of a wrong type")
    }
  }

  /// The error for a member that is of the right type and yet does not fit.
  func refusal(_ key: Key, _ line: String) -> DecodingError {
    .dataCorruptedError(forKey: key, in: self, debugDescription: line)
  }
}
