import AgentCore
import Database
import Trust
import UpstreamCore

/// Names a code by either of its texts.
enum PairingKey: Sendable {
  case code(PairingCode)
  case deviceCode(String)
}

extension FamilyStore {
  /// Runs a rule on a code and stores its outcome before it returns.
  func handle(_ request: PairingRequest, _ key: PairingKey, now: UpstreamInstant) throws -> PairingAnswer {
    let held = try pairing(key)
    let outcome = PairingRules.handle(request, pairing: held, now: now)
    if let changed = outcome.pairing { try save(changed, now: now) }
    return outcome.answer
  }

  func pairing(_ key: PairingKey) throws -> Pairing? {
    let (column, value) =
      switch key {
      case .code(let code): ("code", FamilyStore.hash(code.letters))
      case .deviceCode(let text): ("device_code", SHA256Digest.hex(of: Array(text.utf8)))
      }
    let body = try connection.first(
      "SELECT body FROM pairings WHERE \(column) = ?", [.text(value)]
    ) { (row) throws(DatabaseError) in try row.text(0) }
    guard let body else { return nil }
    let pairing = try JSON.decode(Pairing.self, from: body)
    switch key {
    case .code(let code): return pairing.code.matches(code) ? pairing : nil
    case .deviceCode(let text):
      guard case .box(let shown) = pairing.origin, SecretComparison.areEqual(shown.deviceCode, text) else { return nil }
      return pairing
    }
  }

  private func save(_ pairing: Pairing, now: UpstreamInstant) throws {
    var deviceCode: String?
    if case .box(let shown) = pairing.origin { deviceCode = SHA256Digest.hex(of: Array(shown.deviceCode.utf8)) }
    let goneAt = pairing.expiresAt.adding(seconds: 2 * UpstreamLimits.successLifeSeconds)
    let body = try JSON.text(pairing)
    try connection.transaction(.write) { () throws(DatabaseError) in
      try connection.run("DELETE FROM pairings WHERE gone_at < ?", [.integer(now.milliseconds)])
      try connection.run(
        "INSERT OR REPLACE INTO pairings(code, device_code, gone_at, body) VALUES(?, ?, ?, ?)",
        [
          .text(FamilyStore.hash(pairing.code.letters)), .optional(deviceCode), .integer(goneAt.milliseconds),
          .text(body),
        ])
    }
  }
}
