import AgentCore
import Testing

@testable import UpstreamCore

@Suite struct DeviceTests {
  // R6: every restart enrolled anew and left a ghost; one key is one device, its id unchanged.
  @Test func pair_sameKeyAgain_isTheSameDevice() {
    let bench = FamilyBench()
    #expect(bench.pair("d_2", key: "key of d_1") == .paired(device: "d_1"))
    #expect(bench.family?.devices.count == 1)
  }

  @Test(arguments: [(Int64(599), FamilyAnswer.refused(.clone)), (600, .usage(acked: 0, rejected: []))])
  func call_anotherInstance_isACloneForTenMinutes(after: Int64, expected: FamilyAnswer) {
    let bench = FamilyBench()
    bench.send([])
    bench.pass(seconds: after)
    #expect(bench.call(.usage(UsageBatch(epoch: 1, lines: [])), instance: "i2") == expected)
  }

  @Test func call_refusedClone_doesNotCountAsARequest() {
    let bench = FamilyBench()
    bench.send([])
    for _ in 0..<5 {
      bench.pass(seconds: 119)
      #expect(bench.call(.policy, instance: "i2") == .refused(.clone))
    }
    bench.pass(seconds: 5)
    #expect(bench.call(.policy, instance: "i2") == .refused(.notFound))
    #expect(bench.call(.policy, instance: "i1") == .refused(.clone))
  }

  @Test func call_moreThan40AMinute_isSlowedDown() {
    let bench = FamilyBench()
    for _ in 0..<40 { #expect(bench.send([]) == .usage(acked: 0, rejected: [])) }
    bench.pass(seconds: 20)
    for _ in 0..<3 { #expect(bench.send([]) == .refused(.slowDown(retryAfterSeconds: 40))) }
    bench.pass(seconds: 40)
    #expect(bench.send([]) == .usage(acked: 0, rejected: []))
  }

  @Test func call_moreThan100AMinuteOfAFamily_isSlowedDown() {
    let bench = FamilyBench(devices: ["d_1", "d_2", "d_3"])
    for number in 0..<100 { bench.send([], "d_\(number % 3 + 1)") }
    #expect(bench.send([], "d_1") == .refused(.slowDown(retryAfterSeconds: 60)))
  }

  @Test func call_repeatedLookOfAHold_isNotCounted() throws {
    let bench = FamilyBench()
    let question = try #require(bench.park())
    for _ in 0..<200 { bench.call(.heads(question)) }
    #expect(bench.send([]) == .usage(acked: 0, rejected: []))
  }

  @Test func call_revokedDevice_isRevokedEverywhere() {
    let bench = FamilyBench()
    bench.act(.revoke(device: "d_1"))
    #expect(bench.wakeUps == 1)
    #expect(bench.call(.policy) == .refused(.deviceRevoked))
    #expect(bench.handle(.token(device: "d_1", keyThumbprint: "key of d_1")) == .refused(.deviceRevoked))
    #expect(bench.handle(.token(device: "d_1", keyThumbprint: "stranger")) == .refused(.invalidClient))
  }

  @Test func call_revokedWhileParked_isToldAtTheWakeUp() throws {
    let bench = FamilyBench()
    let question = try #require(bench.park())
    bench.act(.revoke(device: "d_1"))
    #expect(bench.call(.heads(question)) == .refused(.deviceRevoked))
  }

  @Test func unpair_answerLost_mayBeRepeated() {
    let bench = FamilyBench()
    #expect(bench.call(.unpair) == .done)
    #expect(bench.call(.unpair) == .done)
    #expect(bench.call(.policy) == .refused(.deviceRevoked))
  }

  @Test func call_unknownDeviceOrFamily_isTokenInvalid() {
    let bench = FamilyBench()
    #expect(bench.call(.policy, "d_9") == .refused(.tokenInvalid))
    bench.family = nil
    #expect(bench.call(.policy) == .refused(.tokenInvalid))
  }

  @Test func replaceKey_oldStaysValidUntilTheNewIsFirstUsed() {
    let bench = FamilyBench()
    bench.call(.replaceKey(BoxKey(thumbprint: "new", jwk: "{}")))
    #expect(bench.handle(.token(device: "d_1", keyThumbprint: "key of d_1")) == .tokenGranted(device: "d_1"))
    #expect(bench.handle(.token(device: "d_1", keyThumbprint: "new")) == .tokenGranted(device: "d_1"))
    #expect(bench.handle(.token(device: "d_1", keyThumbprint: "key of d_1")) == .refused(.invalidClient))
  }

  @Test func setPolicy_draftedBeforeAnotherCame_isAConflict() throws {
    let bench = FamilyBench()
    bench.setPolicy()
    let family = try #require(bench.family)
    let draft = FamilyRules.policyDraft(of: family, now: bench.now)
    #expect(draft.version == 2 && draft.previousSHA256 == "sha1")
    bench.setPolicy()
    let facts = PolicyFacts(timeZone: "UTC", region: "US", services: [], profiles: [])
    let late = SignedPolicy(
      version: draft.version, payload: "", sha256: "x", previousSHA256: draft.previousSHA256, envelope: "", facts: facts
    )
    #expect(bench.act(.setPolicy(late)) == .refused(.conflict))
    #expect(bench.family?.policy?.version == 2)
    #expect(bench.family?.policyRecords.map(\.version) == [1])
  }

  @Test func request_sameAgain_isKnown_otherContent_isAConflict() {
    let bench = FamilyBench()
    let at = bench.now.wallTime
    #expect(bench.call(.request(id: "r", profile: "mia", asks: .time(minutes: 5), at: at)) == .requestCreated)
    #expect(bench.call(.request(id: "r", profile: "mia", asks: .time(minutes: 5), at: at)) == .requestKnown)
    #expect(bench.call(.request(id: "r", profile: "mia", asks: .time(minutes: 6), at: at)) == .refused(.conflict))
  }

  @Test func handle_clockOfAnotherInstanceBehind_timeDoesNotFall() throws {
    let bench = FamilyBench()
    bench.setPolicy()
    bench.now = FamilyBench.start.adding(seconds: -500)
    bench.act(.command(device: "d_1", DeviceCommand(id: "c", name: "sync")))
    #expect(bench.family?.lastTime == FamilyBench.start)
  }
}
