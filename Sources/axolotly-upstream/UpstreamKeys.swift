import AgentCore
import Foundation
import Trust

/// The keys that the upstream signs with, made at first start.
struct UpstreamKeys: Sendable {
  let root: SigningKey
  let policy: SigningKey
  let catalogue: SigningKey
  let accessToken: AccessTokenKey

  /// What boxes are told at pairing.
  var trust: TrustSet {
    TrustSet(version: 1, policy: [policy.jwk], catalogue: [catalogue.jwk], root: root.jwk)
  }

  private struct Stored: Codable {
    struct Key: Codable {
      var kid: String
      var d: String
    }
    var root: Key
    var policy: Key
    var catalogue: Key
    var access_token: String
  }

  /// Reads `keys.json`, or makes it with mode 0600.
  init(in directory: DataDirectory) throws {
    let path = directory.file("keys.json")
    guard let data = FileManager.default.contents(atPath: path) else {
      self = UpstreamKeys.generate()
      let stored = Stored(
        root: UpstreamKeys.stored(root), policy: UpstreamKeys.stored(policy), catalogue: UpstreamKeys.stored(catalogue),
        access_token: Base64URL.encode(accessToken.rawRepresentation))
      try DataDirectory.writePrivately(JSON.text(stored) + "\n", to: path)
      return
    }
    do {
      let stored = try JSONDecoder().decode(Stored.self, from: data)
      self.init(
        root: try UpstreamKeys.key(stored.root), policy: try UpstreamKeys.key(stored.policy),
        catalogue: try UpstreamKeys.key(stored.catalogue),
        accessToken: try AccessTokenKey(rawRepresentation: Base64URL.decode(stored.access_token) ?? []))
    } catch {
      throw Failure(.data, "\(path) is damaged; restore it from a backup, boxes trust no other keys")
    }
  }

  private init(root: SigningKey, policy: SigningKey, catalogue: SigningKey, accessToken: AccessTokenKey) {
    (self.root, self.policy, self.catalogue, self.accessToken) = (root, policy, catalogue, accessToken)
  }

  private static func generate() -> UpstreamKeys {
    let suffix = String(SecureRandom.token().prefix(6))
    return UpstreamKeys(
      root: .generate(keyID: "root-" + suffix), policy: .generate(keyID: "policy-" + suffix),
      catalogue: .generate(keyID: "catalogue-" + suffix), accessToken: .generate())
  }

  private static func stored(_ key: SigningKey) -> Stored.Key {
    Stored.Key(kid: key.keyID, d: Base64URL.encode(key.rawRepresentation))
  }

  private static func key(_ stored: Stored.Key) throws -> SigningKey {
    try SigningKey(keyID: stored.kid, rawRepresentation: Base64URL.decode(stored.d) ?? [])
  }
}
