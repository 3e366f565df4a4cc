import AgentCore
import Testing

@Suite struct PolicyAcceptanceTests {
  private static let now = WallTime(seconds: AgentHarness.noon)

  private func check(
    _ version: Int, payload: String, previous: String?, issuedAhead: Int64 = 0,
    highest: (version: Int, payload: String?), _ expected: PolicyRefusal.Reason?,
    _ location: SourceLocation = #_sourceLocation
  ) {
    var envelope = AgentHarness.policy(version, issuedAt: Self.now + issuedAhead, payload: payload)
    envelope.previousSHA256 = previous
    let refusal = PolicyAcceptance.refusal(
      of: envelope, highest: .init(version: highest.version, payloadSHA256: highest.payload), now: Self.now)
    #expect(refusal?.reason == expected, sourceLocation: location)
    #expect(refusal == nil || refusal?.version == version, sourceLocation: location)
  }

  @Test func refusal_byWhatWasAcceptedBefore_isTheFirstThatApplies() {
    let nothing: (version: Int, payload: String?) = (0, nil)
    let fifth: (version: Int, payload: String?) = (5, "five")
    check(1, payload: "one", previous: nil, highest: nothing, nil)
    check(7, payload: "seven", previous: "six", highest: nothing, nil)
    check(5, payload: "five", previous: "four", highest: fifth, nil)
    check(6, payload: "six", previous: "five", highest: fifth, nil)
    check(9, payload: "nine", previous: "eight", highest: fifth, nil)
    check(4, payload: "four", previous: "three", highest: fifth, .versionFell)
    check(5, payload: "other", previous: "four", highest: fifth, .fork)
    check(6, payload: "six", previous: "other", highest: fifth, .fork)
    check(6, payload: "six", previous: nil, highest: fifth, .fork)
    check(6, payload: "six", previous: "five", issuedAhead: 7_200, highest: fifth, nil)
    check(6, payload: "six", previous: "five", issuedAhead: 7_201, highest: fifth, .issuedInFuture)
    check(4, payload: "four", previous: nil, issuedAhead: 9_999, highest: fifth, .versionFell)
    check(6, payload: "six", previous: "other", issuedAhead: 9_999, highest: fifth, .fork)
  }
}
