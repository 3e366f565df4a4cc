import AgentCore
import Database
import Foundation
import Trust
import UpstreamCore

/// Families, devices, codes and usage in `upstream.db`; it belongs to its thread (`StoreThread`).
///
/// A request is one transaction of one family: load, rule, compare-and-set on the row's version, commit, wake-ups.
final class FamilyStore {
  let connection: Connection
  let zones = ZoneTable()
  private let heads: SharedHeads
  private let wakeUps: WakeUps
  private var families: [String: StoredFamily] = [:]
  private var presence: [String: FamilyPresence] = [:]

  /// Families that are kept decoded; above it the memory is emptied.
  static let keptFamilies = 20_000

  struct StoredFamily {
    var family: Family
    var version: Int64
  }

  init(path: String, heads: SharedHeads, wakeUps: WakeUps) throws {
    connection = try Connection(path: path, settings: UpstreamSchema.settings)
    try UpstreamSchema.families.apply(to: connection)
    (self.heads, self.wakeUps) = (heads, wakeUps)
  }

  /// Runs a rule on a family and stores its outcome before it returns.
  func handle(_ request: FamilyRequest, family id: String, now: UpstreamInstant) throws -> FamilyAnswer {
    let stored = try load(id)
    let outcome = FamilyRules.handle(
      request, family: stored?.family, presence: presence[id] ?? FamilyPresence(), catalogue: heads.current,
      calendar: zones.calendar(stored?.family.policy?.facts), now: now)
    if outcome.family != nil || !outcome.usage.isEmpty {
      try save(outcome, over: stored, id: id)
    }
    // What is forgotten with the process is kept only once what has to last is stored.
    if stored != nil { presence[id] = outcome.presence }
    wakeUps.announce(outcome.wakeUps)
    return outcome.answer
  }

  func family(_ id: String) throws -> Family? { try load(id)?.family }

  private func load(_ id: String) throws -> StoredFamily? {
    if let known = families[id] { return known }
    let row = try connection.first(
      "SELECT version, body, payload, envelope FROM families WHERE id = ?", [.text(id)]
    ) { (row) throws(DatabaseError) in
      (try row.int64(0), try row.text(1), try row.optionalText(2), try row.optionalText(3))
    }
    guard let (version, body, payload, envelope) = row else { return nil }
    var family = try JSON.decode(Family.self, from: body)
    family.policy?.payload = payload ?? ""
    family.policy?.envelope = envelope ?? ""
    let stored = StoredFamily(family: family, version: version)
    if families.count >= FamilyStore.keptFamilies { families.removeAll() }
    families[id] = stored
    return stored
  }

  private func save(_ outcome: Outcome, over stored: StoredFamily?, id: String) throws {
    guard let before = stored else { throw StoreError.noSuchFamily }
    let family = outcome.family ?? before.family
    let body = try FamilyStore.body(family)
    do {
      try connection.transaction(.write) { () throws(DatabaseError) in
        try update(family, body, before)
        for row in outcome.usage { try append(row, family: id) }
      }
    } catch {
      // What is known in memory may be behind the file now.
      families[id] = nil
      throw error
    }
    families[id] = StoredFamily(family: family, version: before.version + 1)
  }

  private func update(_ family: Family, _ body: String, _ before: StoredFamily) throws(DatabaseError) {
    try connection.run(
      "UPDATE families SET version = version + 1, body = ? WHERE id = ? AND version = ?",
      [.text(body), .text(family.id), .integer(before.version)])
    guard connection.changes == 1 else { throw .form("family \(family.id) changed meanwhile", call: "compare-and-set") }
    if family.policy?.version != before.family.policy?.version {
      try connection.run(
        "UPDATE families SET payload = ?, envelope = ? WHERE id = ?",
        [.optional(family.policy?.payload), .optional(family.policy?.envelope), .text(family.id)])
    }
    guard family.devices.mapValues(\.key) != before.family.devices.mapValues(\.key) else { return }
    try connection.run("DELETE FROM devices WHERE family = ?", [.text(family.id)])
    for device in family.devices.values.sorted(by: { $0.id < $1.id }) {
      try connection.run(
        "INSERT INTO devices(id, family, thumbprint) VALUES(?, ?, ?)",
        [.text(device.id), .text(family.id), .text(device.key.thumbprint)])
    }
  }

  private func append(_ row: UsageRow, family: String) throws(DatabaseError) {
    try connection.run(
      "INSERT INTO usage(family, device, epoch, seq, at, kind, line) VALUES(?, ?, ?, ?, ?, ?, ?)",
      [
        .text(family), .text(row.device), .integer(row.epoch), .integer(row.line.sequence),
        .integer(row.line.at.seconds), .text(row.line.kind), .text(row.line.text),
      ])
  }

  /// The row's body: the family without the policy's texts, which have columns of their own.
  private static func body(_ family: Family) throws -> String {
    var family = family
    family.policy?.payload = ""
    family.policy?.envelope = ""
    return try JSON.text(family)
  }
}

/// What the store itself refuses.
enum StoreError: Error {
  case noSuchFamily
  case familyExists
}
