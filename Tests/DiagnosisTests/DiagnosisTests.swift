import Diagnosis
import LocalAPI
import Testing

@Suite struct DiagnosisTests {
  private static let active = Finding.Unit(loadState: "loaded", activeState: "active", statusText: "Online")

  @Test(arguments: [
    (active, Finding.Status.ok, "active, Online"),
    (Finding.Unit(loadState: "loaded", activeState: "active", restarts: 5), .warning, "restarted 5 times"),
    (Finding.Unit(loadState: "loaded", activeState: "inactive"), .error, "stopped"),
    (
      Finding.Unit(loadState: "loaded", activeState: "failed", result: "exit-code", exitStatus: 78), .error,
      "exit status 78"
    ),
    (
      Finding.Unit(
        loadState: "bad-setting", activeState: "inactive", dropIns: ["/etc/systemd/system/axolotlyd.service.d/x.conf"]),
      .error, "changed by /etc/systemd/system/axolotlyd.service.d/x.conf"
    ),
    (Finding.Unit(loadState: "not-found", activeState: "inactive"), .error, "no axolotlyd.service"),
    (Finding.Unit(loadState: "masked", activeState: "inactive"), .error, "masked"),
    (Finding.Unit(loadState: "loaded", activeState: "active", dropIns: ["/x.conf"], user: ""), .error, "runs as root"),
    (Finding.Unit(loadState: "loaded", activeState: "active", user: "kodi"), .error, "runs as kodi, not as axolotly"),
  ])
  func service_asSystemdHasIt_isNamedWithItsRemedy(unit: Finding.Unit, status: Finding.Status, text: String) {
    let finding = Finding.service(unit)
    #expect(finding.status == status)
    #expect(finding.text.contains(text))
    #expect((finding.remedy == nil) == (status == .ok))
  }

  @Test(arguments: [
    (Finding.Reached.answered(status: 204, milliseconds: 3), [Finding.Status.ok, .ok], ""),
    (.answered(status: 404, milliseconds: 3), [.error, .ok], "answered 404"),
    (.noName, [.error, .skipped], "name"), (.noConnection, [.error, .skipped], "no connection"),
    (.badCertificate("certificate has expired"), [.error, .error], "not trusted"),
    (.captivePortal, [.error, .skipped], "sign in"), (.proxy, [.error, .skipped], "proxy"),
    (.late, [.error, .skipped], "in time"), (.other("x"), [.error, .skipped], "x"),
  ])
  func upstream_asReached_isNamed(reached: Finding.Reached, statuses: [Finding.Status], text: String) {
    let findings = Finding.upstream(reached, address: "https://eu.example")
    #expect(findings.map(\.status) == statuses)
    #expect(findings[0].text.contains(text))
    #expect(findings.allSatisfy { ($0.status == .error) == ($0.remedy != nil) })
  }

  @Test(arguments: [
    (Finding.Unit(loadState: "loaded", activeState: "active"), Finding.Status.ok, ""),
    (Finding.Unit(loadState: "loaded", activeState: "inactive"), .error, "systemctl enable --now"),
    (Finding.Unit(loadState: "masked", activeState: "inactive"), .error, "systemctl unmask"),
    (Finding.Unit(loadState: "not-found", activeState: "inactive"), .error, "install"),
  ])
  func launchSocket_asSystemdHasIt_isMendedByItsRemedy(unit: Finding.Unit, status: Finding.Status, remedy: String) {
    let finding = Finding.launchSocket(unit)
    #expect(finding.status == status)
    #expect(finding.remedy?.hasPrefix(remedy) ?? (status == .ok))
  }

  @Test func stateDirectory_thatIsAFile_isMovedAside() {
    let finding = Finding.stateDirectory(path: "/x", owner: 5, mode: 0o600, isDirectory: false, wanted: 5)
    #expect(finding.status == .error)
    #expect(finding.remedy?.hasPrefix("mv /x /x.old") == true)
  }

  @Test func upstream_onThisBox_hasNoCertificate() {
    let findings = Finding.upstream(.answered(status: 204, milliseconds: 1), address: "http://127.0.0.1:8480")
    #expect(findings.map(\.status) == [.ok, .skipped])
  }

  @Test(arguments: [
    (Int64(1) << 20, Finding.Status.error), (Finding.spaceNeeded, .warning), (Finding.spaceWanted, .ok),
  ])
  func freeSpace_byBytes(available: Int64, status: Finding.Status) {
    #expect(Finding.freeSpace(available: available, total: 1 << 30, path: "/x").status == status)
  }

  @Test(arguments: [
    (UInt32(0), UInt32(0o700), Finding.Status.error), (5, 0o700, .ok), (5, 0o755, .error),
  ])
  func stateDirectory_ofOwnerAndMode(owner: UInt32, mode: UInt32, status: Finding.Status) {
    #expect(Finding.stateDirectory(path: "/x", owner: owner, mode: mode, wanted: 5).status == status)
  }

  @Test func caller_byGroups() {
    #expect(Finding.caller(isRoot: true, isLauncher: false, isAdmin: false, user: 0).status == .ok)
    #expect(Finding.caller(isRoot: false, isLauncher: true, isAdmin: true, user: 7).status == .ok)
    #expect(Finding.caller(isRoot: false, isLauncher: true, isAdmin: false, user: 7).status == .warning)
    #expect(Finding.caller(isRoot: false, isLauncher: false, isAdmin: false, user: 7).status == .error)
  }

  @Test(arguments: [(Int64(0), Finding.Status.ok), (59, .ok), (-60, .warning), (1_000_000, .warning)])
  func clock_byOffset(offset: Int64, status: Finding.Status) {
    #expect(Finding.clock(offsetSeconds: offset).status == status)
  }

  /// For each fault its own finding stands first, whatever follows from it.
  @Test func diagnosis_severalErrors_putsTheCauseFirst() {
    let stopped = Finding.service(.init(loadState: "loaded", activeState: "inactive"))
    let silent = Finding.privateSocket(.notRunning("nobody listens"))
    let full = Finding.freeSpace(available: 0, total: 1 << 30, path: "/x")
    let owner = Finding.stateDirectory(path: "/x", owner: 0, mode: 0o700, wanted: 5)
    let away = Finding.upstream(.noConnection, address: "https://eu.example")[0]
    let stranger = Finding.caller(isRoot: false, isLauncher: false, isAdmin: false, user: 7)
    let fine = Finding.launchSocket(Self.active)
    for (found, first) in [
      ([silent, fine, stopped], Finding.Check.service), ([silent, stopped, full], .freeSpace),
      ([silent, stopped, owner], .stateDirectory), ([fine, away], .upstream),
      ([.privateSocket(.refused("no")), stranger], .caller),
      ([fine, .launchSocket(.init(loadState: "loaded", activeState: "inactive"))], .launchSocket),
    ] {
      let diagnosis = Diagnosis(found)
      #expect(diagnosis.findings.first?.check == first)
      #expect(diagnosis.exitStatus == 2)
    }
    #expect(Diagnosis([fine]).exitStatus == 0)
    #expect(Diagnosis([fine, Finding.clock(offsetSeconds: 100)]).exitStatus == 1)
    #expect(Diagnosis([Finding(.policy, .skipped, "not paired")]).exitStatus == 0)
  }
}
