import AgentCore
import Foundation
import Hummingbird
import NIOCore
import Trust
import UpstreamCore

/// What a parent's app and the commands do (`/v1/admin`): JSON under the bearer token of the data directory.
struct AdminRoutes {
  let services: UpstreamServices

  func answer(_ call: Call, stream: RequestBody) async throws -> Answer {
    guard let token = call.bearer, SecretComparison.areEqual(token, services.adminToken) else {
      throw Problem(401, "token_invalid", "The administration's token is absent or wrong; it stands in admin-token.")
    }
    let path = Array(call.path.dropFirst(2))
    switch (call.method, path.first, path.count) {
    case ("GET", "families", 1): return try await families()
    case ("POST", "families", 1): return try await create(try await call.jsonBody(AdminDocuments.NewFamily.self))
    case (_, "families", 2...): return try await family(path[1], Array(path.dropFirst(2)), call)
    case ("POST", "pairings", 3): return try await pairing(path[1], path[2], call)
    case ("GET", "shelves", 1):
      return try .json(AdminDocuments.Shelves(shelves: try await services.catalogue.perform { try $0.shelves() }))
    case ("POST", "import", 1): return try await importStream(call, stream)
    case ("GET", "holds", 1): return try .json(JSONValue.object(["held": .integer(Int64(services.wakeUps.count))]))
    default: throw Problem.notFound
    }
  }

  private func family(_ id: String, _ rest: [String], _ call: Call) async throws -> Answer {
    switch (call.method, rest.first, rest.count) {
    case ("GET", nil, 0): return try await detail(of: id)
    case ("GET", "devices", 1): return try .json(AdminDocuments.DeviceList(devices: try await held(id).deviceLines))
    case ("DELETE", "devices", 2): return try await perform(.revoke(device: rest[1]), id)
    case ("POST", "devices", 3) where rest[2] == "commands":
      let command = try await call.jsonBody(AdminDocuments.NewCommand.self)
      return try await perform(
        .command(
          device: rest[1], DeviceCommand(id: "c_" + SecureRandom.token(), name: command.name, args: command.args ?? [:])
        ), id)
    case ("GET", "policy", 1): return try await showPolicy(of: id)
    case ("PUT", "policy", 1): return try await setPolicy(of: id, call)
    case ("POST", "policy", 2) where rest[1] == "edits": return try await editPolicy(of: id, call)
    case ("POST", "pairings", 1): return try await offer(id)
    case ("GET", "usage", 1): return try await usage(of: id)
    case ("POST", "requests", 3) where rest[2] == "answer":
      let decision = try await call.jsonBody(AdminDocuments.Decision.self)
      return try await answer(decision, to: rest[1], of: id)
    default: throw Problem.notFound
    }
  }

  // MARK: Families

  private func families() async throws -> Answer {
    let lines = try await services.families.perform { store in
      try store.rows().map { row in
        let family = try store.family(row.id)
        return AdminDocuments.FamilyLine(
          family: row.id, name: row.name, devices: family?.devices.values.count { $0.state == .active } ?? 0,
          policy: family?.policy?.version)
      }
    }
    return try .json(AdminDocuments.FamilyList(families: lines))
  }

  private func create(_ document: AdminDocuments.NewFamily) async throws -> Answer {
    let name = document.name
    guard name.count <= UpstreamLimits.familyNameCharacters, !name.contains(where: \.isNewline) else {
      throw Problem(
        400, "bad_request", "A family's name is one line of at most \(UpstreamLimits.familyNameCharacters) characters.")
    }
    let id = document.id ?? "f_" + SecureRandom.token()
    let allowed = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
    guard (1...64).contains(id.utf8.count), id.unicodeScalars.allSatisfy(allowed.contains) else {
      throw Problem(400, "bad_request", "A family's id is 1 to 64 of A-Z a-z 0-9 _ -.")
    }
    let halves = (0..<2).compactMap { _ in PairingCode(randomBytes: SecureRandom.bytes(count: 64)) }
    guard halves.count == 2 else { throw Problem(503, "unavailable", "No parent code could be made.") }
    let parentCode = halves.map(\.description).joined(separator: "-")
    do {
      try await services.families.perform { store in
        try store.create(id: id, name: document.name, parentCode: parentCode, now: UpstreamClock.now())
      }
    } catch StoreError.familyExists {
      throw Problem(409, "conflict", "There is a family \(id) already; choose another id.")
    }
    return try .json(
      AdminDocuments.CreatedFamily(family: id, name: document.name, parent_code: parentCode), status: 201)
  }

  private func held(_ id: String) async throws -> Family {
    guard let family = try await services.families.perform({ try $0.family(id) }) else { throw noFamily(id) }
    return family
  }

  private func noFamily(_ id: String) -> Problem {
    Problem(404, "not_found", "There is no family \(id); family list shows them.")
  }

  private func detail(of id: String) async throws -> Answer {
    let family = try await held(id)
    let name = try await services.families.perform { try $0.name(of: id) } ?? ""
    return try .json(
      AdminDocuments.FamilyDetail(
        family: id, name: name, policy: family.policy?.version, devices: family.deviceLines,
        requests: family.requestLines))
  }

  private func perform(_ action: ParentAction, _ id: String) async throws -> Answer {
    _ = try await held(id)
    let answer = try await services.families.perform {
      try $0.handle(.parent(action), family: id, now: UpstreamClock.now())
    }
    return try DeviceRoutes.answer(answer)
  }

  // MARK: Policy

  private func showPolicy(of id: String) async throws -> Answer {
    guard let policy = try await held(id).policy else {
      throw Problem(404, "not_found", "The family \(id) has no policy yet; set one with: policy set \(id) FILE")
    }
    return Answer(
      status: 200, headers: [("Content-Type", "application/json")], body: ByteBuffer(string: policy.payload))
  }

  private func setPolicy(of id: String, _ call: Call) async throws -> Answer {
    let buffer = try await call.body(Limits.policyPayloadBytes)
    guard let document = try? JSONDecoder().decode(JSONValue.self, from: Data(buffer.readableBytesView)),
      case .object = document
    else { throw Problem(400, "policy_refused", "The policy is no JSON object.") }
    return try await set(id) { _ in document }
  }

  private func editPolicy(of id: String, _ call: Call) async throws -> Answer {
    let edit = try await call.jsonBody(PolicyEdit.self)
    let grantID = "g_" + SecureRandom.token()
    return try await set(id) { basis in
      guard let held = basis.document else { throw FamilyStore.PolicyFailure.noPolicy }
      return try edit.applied(to: held, now: basis.now, zone: basis.zone, grantID: grantID)
    }
  }

  /// A yes becomes a grant first: a box that hears of the answer finds it in the policy.
  private func answer(_ decision: AdminDocuments.Decision, to request: String, of id: String) async throws -> Answer {
    if let minutes = decision.minutes, !(1...1_440).contains(minutes) {
      throw Problem(400, "bad_request", "minutes has to be from 1 to 1440.")
    }
    guard let asked = try await held(id).requests[request] else {
      throw Problem(404, "not_found", "The family \(id) has no request \(request); see: request list \(id)")
    }
    if decision.granted, asked.answer == nil {
      let grant = RequestGrant(request: asked, minutes: decision.minutes)
      let held = try await services.families.perform { try $0.policyBasis(of: id, now: UpstreamClock.now()) }
      if let document = held.document, try grant.applied(to: document, now: held.now, zone: held.zone) != nil {
        _ = try await set(id) { basis in
          guard let document = basis.document else { throw FamilyStore.PolicyFailure.noPolicy }
          return try grant.applied(to: document, now: basis.now, zone: basis.zone) ?? document
        }
      }
    }
    return try await perform(.answer(request: request, isGranted: decision.granted), id)
  }

  private func set(
    _ id: String, _ document: @escaping @Sendable (FamilyStore.PolicyBasis) throws -> JSONValue
  ) async throws -> Answer {
    let keys = services.keys
    do {
      let changed = try await services.families.perform { store in
        let now = UpstreamClock.now()
        let version = try store.setPolicy(family: id, keys: keys, now: now, document: document)
        return AdminDocuments.PolicyVersion(version: version, at_ms: now.milliseconds)
      }
      return try .json(changed)
    } catch let failure as FamilyStore.PolicyFailure {
      switch failure {
      case .noFamily: throw noFamily(id)
      case .noPolicy:
        throw Problem(404, "not_found", "The family \(id) has no policy yet; set one with: policy set \(id) FILE")
      case .edit(let why): throw Problem(400, "bad_request", why)
      case .conflict: throw Problem(409, "conflict", "Another change came first; try again.")
      case .refused(let refusal):
        let place = refusal.path.map { " at \($0.isEmpty ? "/" : $0)" } ?? ""
        var problem = Problem(
          400, "policy_refused", "Every box would refuse this policy: \(refusal.reason.rawValue)\(place).")
        problem.path = refusal.path
        throw problem
      }
    }
  }

  // MARK: Pairing

  private func offer(_ id: String) async throws -> Answer {
    _ = try await held(id)
    guard case .made(let pairing) = try await services.makeCode({ .offer(code: $0, family: id) }) else {
      throw Problem(503, "unavailable", "No free code was found.").retry(after: 5)
    }
    return try .json(
      AdminDocuments.PairingOffer(code: pairing.code.description, expires_at: pairing.expiresAt.wallTime), status: 201)
  }

  private func pairing(_ text: String, _ verb: String, _ call: Call) async throws -> Answer {
    guard let code = PairingCode(typed: text) else {
      throw Problem(404, "unknown_code", "\(text) is no pairing code; one looks like WDJB-MJHT.")
    }
    let answer: PairingAnswer
    switch verb {
    case "approve":
      let family = try await call.jsonBody(AdminDocuments.Approval.self).family
      _ = try await held(family)
      answer = try await services.approve(code, family: family)
    case "deny":
      answer = try await services.families.perform { try $0.handle(.deny, .code(code), now: UpstreamClock.now()) }
    default: throw Problem.notFound
    }
    switch answer {
    case .success(let family, let device): return try .json(AdminDocuments.Approved(family: family, device: device))
    case .denied: return .noContent
    case .expiredCode: throw Problem(410, "expired_code", "The code has expired; the box shows a new one.")
    case .usedCode: throw Problem(410, "used_code", "The code has been used already.")
    default: throw Problem(404, "unknown_code", "No box shows this code; compare it with the screen.")
    }
  }

  // MARK: Usage and catalogue

  private func usage(of id: String) async throws -> Answer {
    _ = try await held(id)
    let rows = try await services.families.perform { store in
      try store.usage(family: id, kinds: UsageSummary.kinds, limit: UsageSummary.rowLimit)
    }
    let summary = UsageSummary(rows: rows)
    let references = summary.references
    let names = try await services.catalogue.perform { try $0.names(of: references) }
    return try .json(summary.document(names: names))
  }

  private func importStream(_ call: Call, _ stream: RequestBody) async throws -> Answer {
    guard let replace = ["true": true, "false": false][call.query["replace"] ?? "false"] else {
      throw Problem(400, "bad_request", "replace is true or false.")
    }
    let path = services.directory.file("import-" + SecureRandom.token() + ".part")
    defer { try? FileManager.default.removeItem(atPath: path) }
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw Problem(503, "unavailable", "The data directory cannot be written.") }
    for try await buffer in stream { try handle.write(contentsOf: Data(buffer.readableBytesView)) }
    try handle.close()
    let name = call.query["name"] ?? "import"
    do {
      let (result, versions) = try await services.catalogue.perform { store in
        var refused: [RefusedLine] = []
        let summary = try store.importFiles(
          [(name, path)], replace: replace, now: UpstreamClock.now().wallTime, refused: { refused.append($0) })
        return (AdminDocuments.Import(summary: summary, refused: refused), try store.versions())
      }
      services.heads.set(shelves: versions)
      services.wakeUps.announceAll()
      return try .json(result)
    } catch let failure as Failure { throw Problem(400, "import_refused", failure.message) }
  }
}
