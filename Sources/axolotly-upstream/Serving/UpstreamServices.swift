import AgentCore
import Foundation
import NIOCore
import Synchronization
import Trust
import UpstreamCore

/// All that answers requests: stores, keys, wake-ups, and what is remembered of callers.
final class UpstreamServices: Sendable {
  let directory: DataDirectory
  let keys: UpstreamKeys
  let adminToken: String
  let families: StoreThread<FamilyStore>
  let catalogue: StoreThread<CatalogueStore>
  let heads = SharedHeads()
  let wakeUps = WakeUps()
  let basePath: String
  private let memory = Mutex(Memory())

  /// Addresses whose wrong codes are remembered, and pages that wait for a parent.
  private static let remembered = 10_000
  private static let accessTokenSeconds: Int64 = 3_600

  private struct Memory {
    var bases: [String] = []
    var verifier = AssertionVerifier(bases: [])
    var wrongCodes: [String: WrongCodes] = [:]
    var tickets: [String: PairTicket] = [:]
    var holds: UInt64 = 0
  }

  /// What a parent may decide who signed in on the verification page.
  struct PairTicket: Sendable {
    var code: PairingCode
    var family: String
    var until: UpstreamInstant
  }

  init(directory: DataDirectory, bases: [String]) throws {
    self.directory = directory
    let keys = try UpstreamKeys(in: directory)
    self.keys = keys
    adminToken = try directory.adminToken()
    basePath = bases.first.flatMap { URL(string: $0)?.path } ?? ""
    let (heads, wakeUps) = (heads, wakeUps)
    families = try StoreThread(name: "families") {
      try FamilyStore(path: directory.file("upstream.db"), heads: heads, wakeUps: wakeUps)
    }
    catalogue = try StoreThread(name: "catalogue") {
      let store = try CatalogueStore(directory: directory, key: keys.catalogue)
      heads.set(shelves: try store.versions())
      return store
    }
    set(bases: bases)
  }

  var bases: [String] { memory.withLock { $0.bases } }

  /// The addresses of this upstream, without a slash at the end; boxes are told them in this order.
  func set(bases: [String]) {
    memory.withLock { memory in
      memory.bases = bases
      memory.verifier = AssertionVerifier(bases: bases)
    }
  }

  var verifier: AssertionVerifier { memory.withLock { $0.verifier } }

  func nextHold() -> HoldNumber {
    memory.withLock { memory in
      memory.holds += 1
      return HoldNumber(memory.holds)
    }
  }

  /// Throws 429 where an address guessed too often.
  func admitGuess(of address: String, isOAuth: Bool = false) throws {
    let wait = memory.withLock { $0.wrongCodes[address]?.secondsUntilFree(now: UpstreamClock.now()) }
    guard let wait else { return }
    throw Problem(429, "slow_down", "Too many wrong codes; wait \(Problem.inWords(seconds: wait)).").retry(after: wait)
  }

  func recordWrongGuess(of address: String) {
    memory.withLock { memory in
      if memory.wrongCodes.count >= UpstreamServices.remembered { memory.wrongCodes.removeAll() }
      memory.wrongCodes[address, default: WrongCodes()].record(at: UpstreamClock.now())
    }
  }

  func addTicket(_ ticket: PairTicket) -> String {
    let name = SecureRandom.token()
    memory.withLock { memory in
      let now = UpstreamClock.now()
      memory.tickets = memory.tickets.filter { $0.value.until > now }
      if memory.tickets.count >= UpstreamServices.remembered { memory.tickets.removeAll() }
      memory.tickets[name] = ticket
    }
    return name
  }

  func takeTicket(_ name: String) -> PairTicket? {
    memory.withLock { memory in
      guard let ticket = memory.tickets.removeValue(forKey: name), ticket.until > UpstreamClock.now() else {
        return nil
      }
      return ticket
    }
  }

  /// An access token for a device, good for an hour.
  func accessToken(device: String, family: String, thumbprint: String) throws -> AccessToken {
    let now = UpstreamClock.now().wallTime
    let claims = AccessTokenClaims(
      device: device, family: family, issuedAt: now, expiresAt: now + UpstreamServices.accessTokenSeconds,
      thumbprint: thumbprint)
    return AccessToken(
      text: try keys.accessToken.issue(claims), expiresInSeconds: Int(UpstreamServices.accessTokenSeconds))
  }

  /// Who asks privately, by token and instance; throws 401 or 400.
  func caller(authorization: String?, instance: String?) throws -> (claims: AccessTokenClaims, instance: String) {
    guard let token = authorization,
      case .success(let claims) = keys.accessToken.verify(token, now: UpstreamClock.now().wallTime)
    else { throw Problem(401, "token_invalid", "The access token is absent, expired or not ours.") }
    guard let instance, instance.utf8.count == 32, instance.utf8.allSatisfy({ hexDigits.contains($0) }) else {
      throw Problem(400, "bad_request", "Axolotly-Instance has to be 32 hex digits.")
    }
    return (claims, instance)
  }

  func close() {
    families.close()
    catalogue.close()
  }
}

private let hexDigits = Array("0123456789abcdefABCDEF".utf8)
