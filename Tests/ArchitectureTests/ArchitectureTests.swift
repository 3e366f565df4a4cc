import Testing

/// The rules of the layout, held against the sources themselves; what each rule catches is in `CheckTests`.
@Suite struct ArchitectureTests {
  private let repository = Repository.here
  private let swiftFiles = Repository.files.filter(\.isSwift)

  @Test func files_ofTheProject_areFound() {
    #expect(swiftFiles.contains { $0.path == "Sources/AgentCore/Limits.swift" })
    #expect(swiftFiles.contains { $0.path == "Tests/ArchitectureTests/ArchitectureTests.swift" })
  }

  @Test func imports_ofEveryTarget_followTheTable() {
    expectNone(in: swiftFiles, by: ImportCheck.violations(in:))
  }

  @Test func importTable_itself_pointsInwardsAlone() {
    #expect(ImportCheck.violations(in: TargetRule.table) == [])
  }

  @Test func unsafeCode_standsInEdgesAlone() {
    expectNone(in: swiftFiles, by: UnsafeCheck.violations(in:))
  }

  @Test func escapesFromTheCompilersChecks_standUnderAComment() {
    expectNone(in: swiftFiles, by: UnsafeCheck.uncommented(in:))
  }

  @Test func core_hasNoClockRandomnessThreadsOrInput() {
    expectNone(in: swiftFiles, by: PurityCheck.violations(in:))
  }

  @Test func tests_doNotSleep() {
    expectNone(in: swiftFiles, by: PurityCheck.sleeps(in:))
  }

  @Test func declarations_areNeitherPublicNorSilentlyFatal() {
    expectNone(in: swiftFiles, by: SurfaceCheck.violations(in:))
  }

  @Test func texts_holdNothingUnfinishedOrForeign() {
    expectNone(in: Repository.files, by: TextCheck.violations(in:))
  }

  @Test func topLevel_holdsWhatTheLayoutNames() {
    #expect(LayoutCheck.strangers(amongTopLevel: repository.names()) == [])
  }

  @Test func targets_allHaveARule() {
    let unruled = LayoutCheck.targetsWithoutRule(
      sources: repository.names(in: "Sources"), tests: repository.names(in: "Tests"))
    #expect(unruled == [], "enter them in TargetRule.table")
  }

  @Test func cLibraries_holdNoLogic() {
    expectNone(in: Repository.files.filter { $0.path.hasPrefix("Sources/") }, by: LayoutCheck.violations(in:))
  }

  @Test func manifest_isStrictForEveryTarget_andExactForEveryPackage() {
    expectNone(in: Repository.files.filter { $0.path == "Package.swift" }, by: LayoutCheck.violations(inManifest:))
  }

  private func expectNone(
    in files: [SourceFile], by check: (SourceFile) -> [Violation], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(!files.isEmpty, sourceLocation: sourceLocation)
    for violation in files.flatMap(check) {
      Issue.record("\(violation)", sourceLocation: sourceLocation)
    }
  }
}
