import AgentCore
import FoundationEssentials
import Testing

@testable import Trust

@Suite struct TrustUpdateReaderTests {
  /// `trust.json`.
  struct File: Decodable, Sendable {
    var cases: [Case]
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var trusted: TrustSet
    var jws: JSONValue
    var expect: String
    var testDescription: String { name }
  }

  static let file = Vectors.read(File.self, "trust.json")

  @Test(.enabled(if: Vectors.areHere, Vectors.absence), arguments: file?.cases ?? [])
  func `open, each update of the vectors, comes to the expected end`(_ row: Case) throws {
    switch TrustUpdateReader.open(try row.jws.text(), trusted: row.trusted) {
    case .accepted(let trust):
      #expect(row.expect == "accept")
      #expect(trust.version == row.trusted.version + 1)
    case .refused: #expect(row.expect == "trust_refused")
    case .known: Issue.record("known")
    }
  }

  @Test func `open, the next version by a policy key and the root, is accepted`() throws {
    let next = try nextTrust()
    let text = try update(next, by: [Fixtures.secondPolicyKey(), Fixtures.rootKey()])
    #expect(TrustUpdateReader.open(text, trusted: try Fixtures.trust()) == .accepted(next))
  }

  /// A box that applied a version gets it once more until its report has arrived; its keys may have changed since.
  @Test func `open, the trust in force by keys that it retired, is known`() throws {
    let next = try nextTrust()
    let text = try update(next, by: [Fixtures.policyKey(), Fixtures.rootKey()])
    #expect(TrustUpdateReader.open(text, trusted: next) == .known)
  }

  @Test func `open, the version in force with another key, is refused`() throws {
    var other = try Fixtures.trust()
    other.catalogue = [try Fixtures.stranger().jwk]
    let text = try update(other, by: [Fixtures.policyKey(), Fixtures.rootKey()])
    #expect(TrustUpdateReader.open(text, trusted: try Fixtures.trust()) == .refused)
  }

  @Test func `open, a version that was passed, is refused`() throws {
    var passed = try Fixtures.trust()
    passed.version = 2
    let text = try update(passed, by: [Fixtures.policyKey(), Fixtures.rootKey()])
    #expect(TrustUpdateReader.open(text, trusted: try Fixtures.trust()) == .refused)
  }

  /// What is made of a good update's text, and whether it is still taken.
  static let changes: [(old: String, new: String, isAccepted: Bool)] = [
    (#"{"payload""#, #"{"colour":1,"payload""#, true),
    (#"{"protected""#, #"{"header":{"kid":"evil"},"protected""#, true),
    (#""signatures":["#, #""signatures":[{"signature":"AA"},"#, true),
    (#""signatures":["#, #""signatures":[{"protected":"%","signature":"%"},"#, true),
    (#""signatures":["#, #""signatures":[7,"#, false),
    (#""signatures":["#, #""signatures":[{"protected":"e30"},"#, false),
    (#""signatures""#, #""signature""#, false),
    (#""payload":""#, #""payload":"="#, false),
    ("]}", "]}]", false),
    ("]}", "]}" + String(repeating: " ", count: 16 << 10), false),
  ]

  @Test(arguments: changes) func `open, an update whose frame was changed, counts by what is signed`(
    _ row: (old: String, new: String, isAccepted: Bool)
  ) throws {
    let next = try nextTrust()
    let good = String(
      decoding: try update(next, by: [Fixtures.policyKey(), Fixtures.rootKey()]), as: UTF8.self)
    let text = Array(good.replacing(row.old, with: row.new, maxReplacements: 1).utf8)
    let expected: TrustUpdate = row.isAccepted ? .accepted(next) : .refused
    #expect(TrustUpdateReader.open(text, trusted: try Fixtures.trust()) == expected)
  }

  @Test func `isWellFormed, sets with a key that is none, is false`() throws {
    let good = try Fixtures.trust()
    #expect(good.isWellFormed)
    var trust = good
    trust.policy = []
    #expect(!trust.isWellFormed)
    trust = good
    trust.version = 0
    #expect(!trust.isWellFormed)
    for change: (inout TrustSet.PublicKey) -> Void in [
      { $0.x = "AAAA" }, { $0.x += "=" }, { $0.crv = "X25519" }, { $0.kty = "EC" }, { $0.kid = "" },
    ] {
      for path in [\TrustSet.root, \TrustSet.policy[1], \TrustSet.catalogue[0]] {
        trust = good
        change(&trust[keyPath: path])
        #expect(!trust.isWellFormed)
      }
    }
  }

  private func nextTrust() throws -> TrustSet {
    var next = try Fixtures.trust()
    next.version += 1
    next.policy.removeFirst()
    next.root = try Fixtures.stranger().jwk
    return next
  }

  private func update(_ trust: TrustSet, by keys: [SigningKey]) throws -> [UInt8] {
    let payload = Array(try JSONEncoder().encode(trust))
    return Array(try SigningKey.signGeneral(payload: payload, typ: .trust, keys: keys).utf8)
  }
}
