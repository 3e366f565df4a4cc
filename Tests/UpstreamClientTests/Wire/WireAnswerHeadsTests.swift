import AgentCore
import Testing

@testable import UpstreamClient

/// The heads of `spec/wire.md` §2, member by member.
struct WireAnswerHeadsTests {
  /// Each member of the specification's example, with what is known beside it.
  static let members: [String: String] = [
    "cursor": #""c-1""#,
    "policy": #"{"version":42,"envelope":"eyJ"}"#,
    "trust": #"{"signatures":[{"protected":"h/"}],"payload":"p"}"#,
    "catalogue": #"[{"shelf":"US/netflix","version":913,"new":true}]"#,
    "ledger": #"{"mia":{"date":"2026-11-24","elsewhere_s":1200,"apps":{"youtube":300}}}"#,
    "leases": #"[{"profile":"mia","date":"2026-11-24","through_s":3600,"until":"2026-11-24T20:30:00.5Z"}]"#,
    "answers": #"[{"request":"r1","granted":true,"at":"2026-11-24T20:10:00Z"}]"#,
    "commands": #"[{"id":"c1","name":"sync","args":{}}]"#,
    "usage": #"{"epoch":1,"next":82}"#,
    "poll": #"{"wait_s":240,"spread_s":10}"#,
  ]

  static let empty = [
    "policy": "null", "trust": "null", "catalogue": "[]", "ledger": "{}", "leases": "[]", "answers": "[]",
    "commands": "[]",
  ]

  /// The heads with some members replaced; an empty text leaves the member out.
  private func read(_ changes: [String: String] = [:]) -> Result<UpstreamAnswer, TransportFailure> {
    let all = WireAnswerHeadsTests.members.merging(changes) { $1 }.filter { !$0.value.isEmpty }
    let body = "{" + all.sorted { $0.key < $1.key }.map { #""\#($0.key)":\#($0.value)"# }.joined(separator: ",") + "}"
    return WireAnswerTests.read(WireAnswerTests.heads, 200, "application/json", body)
  }

  private func heads(_ changes: [String: String] = [:]) -> Heads? {
    guard case .heads(let heads) = WireAnswerTests.content(read(changes)) else { return nil }
    return heads
  }

  private static let day = CalendarDate(year: 2026, month: 11, day: 24)

  @Test func read_allMembers_givesThem() {
    let expected = Heads(
      cursor: "c-1",
      policy: .init(version: 42, envelope: .refused(PolicyRefusal(reason: .malformed, path: "eyJ"))),
      trust: .known, catalogue: [.init(shelf: WireRequestTests.netflix, version: 913)],
      ledger: ["mia": .init(date: WireAnswerHeadsTests.day, seconds: 1200, apps: ["youtube": 300])],
      leases: [
        .init(
          profile: "mia", date: WireAnswerHeadsTests.day, throughSeconds: 3600,
          until: WallTime(seconds: 1_795_551_000 + 1201))
      ],
      answers: [.init(request: "r1", granted: true, at: WallTime(seconds: 1_795_551_000))],
      commands: [.init(id: "c1", name: "sync")], usage: .init(epoch: 1, next: 82),
      poll: .init(waitSeconds: 240, spreadSeconds: 10))
    #expect(heads(["unknown": #"{"a":[1]}"#]) == expected)
  }

  @Test func read_emptyMembers_areEmpty() {
    #expect(
      heads(WireAnswerHeadsTests.empty)
        == Heads(
          cursor: "c-1", usage: .init(epoch: 1, next: 82), poll: .init(waitSeconds: 240, spreadSeconds: 10)))
  }

  @Test func read_policyWithoutEnvelope_isToBeFetched() {
    #expect(heads(["policy": #"{"version":42}"#])?.policy == .init(version: 42, envelope: nil))
  }

  @Test func read_trustThatIsRefusedOrTooLong_holdsUpNothing() {
    #expect(heads(["trust": "{}"])?.trust == .refused)
    let long = #"{"payload":"\#(String(repeating: "p", count: 16 << 10))"}"#
    #expect(heads(["trust": long])?.trust == .refused)
  }

  @Test(arguments: members.keys.sorted())
  func read_memberAbsentOrOfAWrongType_refusesTheWhole(member: String) {
    #expect(WireAnswerTests.failure(read([member: ""])) == .malformed("/\(member): absent"))
    for wrong in ["7.5", "true", #"["a"]"#] {
      guard case .malformed(let line) = WireAnswerTests.failure(read([member: wrong])) else {
        Issue.record("\(member) took \(wrong)")
        continue
      }
      #expect(line.hasPrefix("/\(member)"))
    }
    if member != "policy", member != "trust" {
      #expect(WireAnswerTests.failure(read([member: "null"])) == .malformed("/\(member): of a wrong type"))
    }
  }

  @Test(
    arguments: [
      ("policy", #"{"version":"42"}"#, "/policy/version: of a wrong type"),
      ("policy", #"{"version":0}"#, "/policy/version: below 1"),
      ("policy", #"{"version":42.5}"#, "/policy/version: of a wrong type"),
      ("policy", #"{"version":42,"envelope":null}"#, "/policy/envelope: of a wrong type"),
      ("policy", #"{"envelope":"e"}"#, "/policy/version: absent"),
      (
        "catalogue", #"[{"shelf":"US/netflix","version":1},{"shelf":"us/x","version":1}]"#,
        "/catalogue/1/shelf: expected REGION/SERVICE"
      ),
      ("catalogue", #"[{"shelf":"US/netflix"}]"#, "/catalogue/0/version: absent"),
      (
        "ledger", #"{"mia":{"date":"2026-11-31","elsewhere_s":1,"apps":{}}}"#,
        "/ledger/mia/date: expected a date such as 2026-11-24"
      ),
      (
        "ledger", #"{"a/b~":{"date":"2026-11-24","elsewhere_s":"1","apps":{}}}"#,
        "/ledger/a~1b~0/elsewhere_s: of a wrong type"
      ),
      ("ledger", #"{"mia":{"date":"2026-11-24","elsewhere_s":-1,"apps":{}}}"#, "/ledger/mia/elsewhere_s: below 0"),
      ("ledger", #"{"mia":{"date":"2026-11-24","elsewhere_s":1,"apps":{"x":-1}}}"#, "/ledger/mia/apps: below 0"),
      ("ledger", #"{"mia":{"date":"2026-11-24","elsewhere_s":1}}"#, "/ledger/mia/apps: absent"),
      (
        "leases", #"[{"profile":"mia","date":"2026-11-24","through_s":1,"until":"tomorrow"}]"#,
        "/leases/0/until: expected an instant in UTC"
      ),
      (
        "leases",
        #"[{"profile":"mia","date":"2026-11-24","through_s":99999999999999999999,"until":"2026-11-24T20:30:00Z"}]"#,
        "/leases/0/through_s: of a wrong type"
      ),
      (
        "answers", #"[{"request":"r","granted":"yes","at":"2026-11-24T20:10:00Z"}]"#,
        "/answers/0/granted: of a wrong type"
      ),
      ("commands", #"[{"id":"c1","name":"sync"}]"#, "/commands/0/args: absent"),
      ("commands", #"[{"id":1,"name":"sync","args":{}}]"#, "/commands/0/id: of a wrong type"),
      ("usage", #"{"epoch":1,"next":-1}"#, "/usage/next: below 0"),
      ("poll", #"{"wait_s":-240,"spread_s":10}"#, "/poll/wait_s: below 0"),
      ("poll", #"{"wait_s":240}"#, "/poll/spread_s: absent"),
    ])
  func read_innerMemberThatDoesNotFit_isNamedByItsPath(member: String, value: String, line: String) {
    #expect(WireAnswerTests.failure(read([member: value])) == .malformed(line))
  }

  @Test(arguments: [(512, true), (513, false)])
  func read_cursor_isTakenUpToItsLimit(length: Int, isTaken: Bool) {
    let failure = WireAnswerTests.failure(read(["cursor": "\"\(String(repeating: "c", count: length))\""]))
    #expect(failure == (isTaken ? nil : .malformed("/cursor: over 512 bytes")))
  }

  @Test(arguments: [(32, true), (33, false)])
  func read_commands_areTakenUpToTheirLimit(count: Int, isTaken: Bool) {
    let list = Array(repeating: #"{"id":"c","name":"n","args":{"a":[1,null,{"b":1.5}]}}"#, count: count)
    let failure = WireAnswerTests.failure(read(["commands": "[\(list.joined(separator: ","))]"]))
    #expect(failure == (isTaken ? nil : .malformed("/commands: over 32")))
  }

  @Test(arguments: [100, 5_000, 50_000])
  func read_deepValues_neverTrap(depth: Int) {
    let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    let failure = WireAnswerTests.failure(read(["commands": #"[{"id":"c","name":"n","args":{"a":\#(deep)}}]"#]))
    #expect((failure == nil) == (depth == 100))
    _ = read(["unknown": deep])
  }
}
