/// What a box saw of its heads: opaque to it, compared part by part here. `usage` is no part, save its epoch.
package struct HeadsCursor: Sendable, Equatable {
  package var policy: Int
  package var trust: Int
  package var epoch: Int
  var catalogue: UInt64
  var leases: UInt64
  var answers: UInt64
  var commands: UInt64
  var poll: UInt64
  var ledger: UInt64
  /// The ledger of the profiles that have an open session on this box.
  var openLedger: UInt64

  /// Ten numbers with dots between them; under 200 bytes.
  package var text: String {
    let hashes = [catalogue, leases, answers, commands, poll, ledger, openLedger]
    return "h1.\(policy).\(trust).\(epoch)." + hashes.map { String($0, radix: 36) }.joined(separator: ".")
  }

  /// Nil where the text is no cursor of this upstream.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 11, parts[0] == "h1", let policy = Int(parts[1]), let trust = Int(parts[2]),
      let epoch = Int(parts[3])
    else { return nil }
    let hashes = parts[4...].compactMap { UInt64($0, radix: 36) }
    guard hashes.count == 7 else { return nil }
    self.init(
      policy: policy, trust: trust, epoch: epoch, catalogue: hashes[0], leases: hashes[1], answers: hashes[2],
      commands: hashes[3], poll: hashes[4], ledger: hashes[5], openLedger: hashes[6])
  }

  init(
    policy: Int, trust: Int, epoch: Int, catalogue: UInt64, leases: UInt64, answers: UInt64, commands: UInt64,
    poll: UInt64, ledger: UInt64, openLedger: UInt64
  ) {
    self.policy = policy
    self.trust = trust
    self.epoch = epoch
    self.catalogue = catalogue
    self.leases = leases
    self.answers = answers
    self.commands = commands
    self.poll = poll
    self.ledger = ledger
    self.openLedger = openLedger
  }

  /// How another state of the heads compares with this one.
  func difference(from other: HeadsCursor) -> Difference {
    var withoutLedger = other
    (withoutLedger.ledger, withoutLedger.openLedger) = (ledger, openLedger)
    if withoutLedger != self { return .something }
    if ledger == other.ledger { return .nothing }
    return openLedger == other.openLedger ? .idleLedger : .openLedger
  }

  enum Difference: Sendable { case nothing, idleLedger, openLedger, something }

  /// Takes over what changed from `before` to `after` where this cursor knew `before`.
  mutating func absorb(from before: HeadsCursor, to after: HeadsCursor) {
    if policy == before.policy { policy = after.policy }
    if trust == before.trust { trust = after.trust }
    if epoch == before.epoch { epoch = after.epoch }
    if catalogue == before.catalogue { catalogue = after.catalogue }
    if leases == before.leases { leases = after.leases }
    if answers == before.answers { answers = after.answers }
    if commands == before.commands { commands = after.commands }
    if poll == before.poll { poll = after.poll }
    if ledger == before.ledger { ledger = after.ledger }
    if openLedger == before.openLedger { openLedger = after.openLedger }
  }
}
