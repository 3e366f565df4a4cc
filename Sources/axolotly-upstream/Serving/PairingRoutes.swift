import AgentCore
import Foundation
import Trust
import UpstreamCore

/// Pairing and tokens (`spec/wire.md` §1).
struct PairingRoutes {
  let services: UpstreamServices

  private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
  private static let deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

  func answer(_ call: Call) async throws -> Answer {
    switch call.path.dropFirst().joined(separator: "/") {
    case "oauth/device_authorization": return try await post(call, authorizeDevice)
    case "oauth/token": return try await post(call, token)
    case "pairing/claims": return try await post(call, claim)
    default: throw Problem.notFound
    }
  }

  private func post(_ call: Call, _ route: (Call) async throws -> Answer) async throws -> Answer {
    guard call.method == "POST" else { throw Problem.methodNotAllowed("POST") }
    return try await route(call)
  }

  // MARK: The box shows a code

  private func authorizeDevice(_ call: Call) async throws -> Answer {
    let form = try await call.formBody(isOAuth: true)
    try checkClient(form)
    let key = try PairingRoutes.key(form["device_key"], isOAuth: true)
    guard let info = form["device_info"].flatMap({ try? JSON.decode(DeviceInfo.self, from: $0) }) else {
      throw Problem.oauth(400, "invalid_request", "device_info has to be a JSON object with model, agent, host, arch.")
    }
    try await use(form["client_assertion"], subject: key.thumbprint, key: key, isOAuth: true)
    let box = PairedBox(key: BoxKey(thumbprint: key.thumbprint, jwk: key.text), info: PairingRoutes.bounded(info))
    let deviceCode = Base64URL.encode(SecureRandom.bytes(count: 32))
    guard
      case .made(let pairing) = try await services.makeCode({ code in
        .show(code: code, deviceCode: deviceCode, box: box)
      })
    else { throw Problem(503, "unavailable", "No free code was found.").retry(after: 5) }
    guard let base = services.bases.first else { throw Problem(503, "unavailable", "It is starting.").retry(after: 1) }
    let page = base + "/pair"
    return try .json(
      DeviceAuthorizationDocument(
        device_code: deviceCode, user_code: pairing.code.description, verification_uri: page,
        verification_uri_complete: page + "?code=" + pairing.code.description,
        expires_in: Int(UpstreamLimits.codeLifeSeconds), interval: Int(UpstreamLimits.pollIntervalSeconds)))
  }

  private struct DeviceAuthorizationDocument: Encodable {
    var device_code: String
    var user_code: String
    var verification_uri: String
    var verification_uri_complete: String
    var expires_in: Int
    var interval: Int
  }

  private func checkClient(_ form: [String: String]) throws {
    guard form["client_assertion_type"] == PairingRoutes.assertionType, form["client_assertion"] != nil else {
      throw Problem.oauth(401, "invalid_client", "An assertion of type jwt-bearer is needed.")
    }
    if let client = form["client_id"], client != "axolotly-agent" {
      throw Problem.oauth(401, "invalid_client", "client_id has to be axolotly-agent.")
    }
  }

  // MARK: Tokens

  private func token(_ call: Call) async throws -> Answer {
    let form = try await call.formBody(isOAuth: true)
    try checkClient(form)
    switch form["grant_type"] {
    case PairingRoutes.deviceGrant: return try await deviceToken(form)
    case "client_credentials": return try await credentialsToken(form)
    default: throw Problem.oauth(400, "unsupported_grant_type", "grant_type is none of this upstream's.")
    }
  }

  private func deviceToken(_ form: [String: String]) async throws -> Answer {
    guard let deviceCode = form["device_code"] else {
      throw Problem.oauth(400, "invalid_request", "device_code is missing.")
    }
    let held = try await services.families.perform { try $0.pairing(.deviceCode(deviceCode)) }
    guard let held, case .box(let shown) = held.origin else {
      throw Problem.oauth(400, "invalid_grant", "The device code is unknown or gone.")
    }
    let key = try PairingRoutes.key(shown.box.jwk, isOAuth: true)
    try await use(form["client_assertion"], subject: key.thumbprint, key: key, isOAuth: true)
    let answer = try await services.families.perform { store in
      let request = PairingRequest.poll(
        keyThumbprint: shown.box.thumbprint, hasAsked: try store.hasAsked(held))
      return try store.handle(request, .deviceCode(deviceCode), now: UpstreamClock.now())
    }
    switch answer {
    case .success(let family, let device):
      return try success(family: family, device: device, thumbprint: shown.box.thumbprint)
    case .pending: throw Problem.oauth(400, "authorization_pending", "A parent has not decided yet.")
    case .slowDown: throw Problem.oauth(400, "slow_down", "Ask less often.")
    case .denied: throw Problem.oauth(400, "access_denied", "A parent refused.")
    case .expired: throw Problem.oauth(400, "expired_token", "The code has expired.")
    default: throw Problem.oauth(400, "invalid_grant", "The device code is used up.")
    }
  }

  private func credentialsToken(_ form: [String: String]) async throws -> Answer {
    guard let assertion = form["client_assertion"], let device = PairingRoutes.issuer(of: assertion) else {
      throw Problem.oauth(401, "invalid_client", "The assertion cannot be read.")
    }
    let found = try await services.families.perform { store -> (family: String, device: Device)? in
      guard let family = try store.family(device: device), let row = try store.family(family)?.devices[device] else {
        return nil
      }
      return (family, row)
    }
    guard let found else { throw Problem.oauth(401, "invalid_client", "The assertion is of no device that is known.") }
    let thumbprint = try await useAny([found.device.nextKey, found.device.key], assertion, subject: device)
    let answer = try await services.families.perform { store in
      try store.handle(
        .token(device: device, keyThumbprint: thumbprint), family: found.family, now: UpstreamClock.now())
    }
    switch answer {
    case .tokenGranted:
      let token = try services.accessToken(device: device, family: found.family, thumbprint: thumbprint)
      return try .json(TokenDocument(token))
    case .refused(.deviceRevoked): throw FamilyRefusal.deviceRevoked.problem
    default: throw Problem.oauth(401, "invalid_client", "The assertion is of no key that is known.")
    }
  }

  private struct TokenDocument: Encodable {
    var access_token: String
    var token_type = "Bearer"
    var expires_in: Int
    init(_ token: AccessToken) { (access_token, expires_in) = (token.text, token.expiresInSeconds) }
  }

  // MARK: The parent made a code

  private struct ClaimDocument: Decodable {
    var code: String
    var device_key: JSONValue
    var device_info: DeviceInfo
    var client_assertion: String
  }

  private func claim(_ call: Call) async throws -> Answer {
    let document = try await call.jsonBody(ClaimDocument.self)
    try services.admitGuess(of: call.address)
    let key = try PairingRoutes.key(try JSON.text(document.device_key), isOAuth: false)
    try await use(document.client_assertion, subject: key.thumbprint, key: key, isOAuth: false)
    let box = PairedBox(
      key: BoxKey(thumbprint: key.thumbprint, jwk: key.text), info: PairingRoutes.bounded(document.device_info))
    switch try await services.claim(PairingCode(typed: document.code), box: box) {
    case .success(let family, let device):
      return try success(family: family, device: device, thumbprint: key.thumbprint)
    case .expiredCode:
      services.recordWrongGuess(of: call.address)
      throw Problem(410, "expired_code", "The code has expired; make a new one.")
    case .usedCode:
      services.recordWrongGuess(of: call.address)
      throw Problem(410, "used_code", "The code is used up; make a new one.")
    default:
      services.recordWrongGuess(of: call.address)
      throw Problem(404, "unknown_code", "There is no such code.")
    }
  }

  private struct SuccessDocument: Encodable {
    var access_token: String
    var token_type = "Bearer"
    var expires_in: Int
    var device: String
    var family: String
    var endpoints: [String]
    var trust: TrustSet
  }

  private func success(family: String, device: String, thumbprint: String) throws -> Answer {
    let token = try services.accessToken(device: device, family: family, thumbprint: thumbprint)
    return try .json(
      SuccessDocument(
        access_token: token.text, expires_in: token.expiresInSeconds, device: device, family: family,
        endpoints: services.bases, trust: services.keys.trust))
  }

  // MARK: Assertions

  private static func key(_ json: String?, isOAuth: Bool) throws -> DeviceKeyJWK {
    if let json, let key = try? DeviceKeyJWK(json: json) { return key }
    let detail = "device_key has to be a public JWK on P-256."
    throw isOAuth ? Problem.oauth(400, "invalid_request", detail) : Problem(400, "bad_request", detail)
  }

  /// What a box tells of itself is shown to parents: each member is cut to 100 characters of one line.
  private static func bounded(_ info: DeviceInfo) -> DeviceInfo {
    func short(_ text: String) -> String { String(text.filter { !$0.isNewline }.prefix(100)) }
    return DeviceInfo(
      model: short(info.model), agent: short(info.agent), host: short(info.host), arch: short(info.arch))
  }

  /// `iss` of an assertion that is not verified yet.
  private static func issuer(of assertion: String) -> String? {
    let segments = assertion.split(separator: ".", omittingEmptySubsequences: false)
    guard segments.count == 3, let payload = Base64URL.decode(segments[1]) else { return nil }
    let document = try? JSONDecoder().decode(JSONValue.self, from: Data(payload))
    return document?["iss"]?.string
  }

  private func useAny(_ keys: [BoxKey?], _ assertion: String, subject: String) async throws -> String {
    var refusal = Problem.oauth(401, "invalid_client", "The assertion is refused.")
    for case let key? in keys {
      do {
        try await use(
          assertion, subject: subject, key: try PairingRoutes.key(key.jwk, isOAuth: true), isOAuth: true)
        return key.thumbprint
      } catch let problem as Problem { refusal = problem }
    }
    throw refusal
  }

  private func use(_ assertion: String?, subject: String, key: DeviceKeyJWK, isOAuth: Bool) async throws {
    try await services.useAssertion(assertion ?? "", subject: subject, key: key, isOAuth: isOAuth)
  }
}
