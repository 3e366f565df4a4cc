import Testing

/// Every check of `ArchitectureTests` on small samples: it finds what is wrong and leaves alone what is right.
@Suite struct CheckTests {
  @Test func code_ofCommentsAndStrings_isBlank() {
    check("let a = 1 // b", "let a = 1     ")
    check("a /* b /* c */ d */ e", "a                   e")
    check("f(\"b\") + g", "f(\" \") + g")
    check("f(\"b\\\"c\") + g", "f(\"    \") + g")
    check("\"b\\(c(\"d\"))e\" + g", "\"  (c(\" \")) \" + g")
    check("#\"b\" \\(c)\"# + g", "#\"       \"# + g")
    check("#\"b\\#(c)\"# + g", "#\"   (c)\"# + g")
    check("\"\"\"\nb\n  \" c\n\"\"\"\ng", "\"\"\"\n \n     \n\"\"\"\ng")
    check("\"// b\"; c", "\"    \"; c")
    check("#/b\"/#; c", "      ; c")
    check("func `a, // b`()", "func `       `()")

    func check(_ source: String, _ code: String, sourceLocation: SourceLocation = #_sourceLocation) {
      #expect(CodeScanner.code(of: source) == code, sourceLocation: sourceLocation)
    }
  }

  @Test func imports_outsideTheTable_areFound() {
    check("import AgentCore", at: "Sources/UpstreamClient/A.swift", [])
    check("import AgentCore", at: "Sources/Database/A.swift", [1])
    check("import Glibc", at: "Sources/AgentCore/A.swift", [1])
    check("// import Glibc\n\npackage import UpstreamCore", at: "Sources/AgentCore/A.swift", [3])
    check("import ReplicaStore", at: "Sources/UpstreamClient/A.swift", [1])
    check("import CSQLite", at: "Sources/ReplicaStore/A.swift", [1])
    check("@preconcurrency import struct Foundation.Date", at: "Sources/axolotlyd/A.swift", [1])
    check("import Foundation", at: "Sources/axolotly-upstream/A.swift", [])
    check("import CCurl", at: "Tests/UpstreamClientTests/A.swift", [1])
    check("@testable import AgentCore", at: "Tests/AgentCoreTests/A.swift", [])
    check("let a = 1", at: "Sources/Unheard/A.swift", [1])

    func check(_ code: String, at path: String, _ lines: [Int], sourceLocation: SourceLocation = #_sourceLocation) {
      expect(code, at: path, ImportCheck.violations(in:), lines, sourceLocation)
    }
  }

  @Test func foundationEssentials_withoutJSON_isFound() {
    let path = "Sources/LocalAPI/A.swift"
    expect("import FoundationEssentials\nlet a = JSONDecoder()", at: path, ImportCheck.violations(in:), [])
    expect("import FoundationEssentials\nlet a = Data()  // JSONDecoder", at: path, ImportCheck.violations(in:), [1])
  }

  @Test func importTable_thatPointsOutwards_isFound() {
    let wrong: [String: TargetRule] = [
      "Core": TargetRule(kind: .core, imports: ["Edge", "Glibc"]),
      "Edge": TargetRule(kind: .edge, imports: ["Core", "Library", "OtherEdge", "Foundation", "Glibc"]),
      "OtherEdge": TargetRule(kind: .edge, imports: ["Program"]),
      "Program": TargetRule(kind: .program, imports: ["Core", "Edge", "Foundation"]),
      "Library": TargetRule(kind: .library, imports: ["Glibc"]),
    ]
    #expect(
      ImportCheck.violations(in: wrong) == [
        "Core → Edge", "Core → Glibc", "Edge → Foundation", "Edge → OtherEdge", "Library → Glibc",
        "OtherEdge → Program", "Program → Foundation",
      ])
  }

  @Test func unsafeCode_outsideEdges_isFound() {
    check("let a = unsafe b()", at: "Sources/UpstreamClient/A.swift", [])
    check("let a = unsafe b()", at: "Sources/AgentCore/A.swift", [1])
    check("\nlet a: UnsafeRawPointer", at: "Sources/AgentSimulation/A.swift", [2])
    check("a.withUnsafeBytes { _ in }", at: "Sources/LocalAPI/A.swift", [1])
    check("unsafeBitCast(a, to: B.self)", at: "Sources/UpstreamCore/A.swift", [1])
    check("let isUnsafe = false  // unsafe", at: "Sources/AgentCore/A.swift", [])
    check("let a = unsafe b()", at: "Sources/axolotlyd/A.swift", [1])
    check("import CQREncode\nlet a = unsafe b()", at: "Sources/axolotlyctl/A.swift", [])

    func check(_ code: String, at path: String, _ lines: [Int], sourceLocation: SourceLocation = #_sourceLocation) {
      expect(code, at: path, UnsafeCheck.violations(in:), lines, sourceLocation)
    }
  }

  @Test func escapeFromTheCompiler_withoutComment_isFound() {
    check("final class A: @unchecked Sendable {}", [1])
    check("// One thread.\nfinal class A: @unchecked Sendable {}", [])
    check("// One thread.\n\nfinal class A: @unchecked Sendable {}", [3])
    check("/// One thread.\n@safe\nfinal class A:\n  B, @unchecked Sendable\n{}", [])
    check("// One thread.\nlet b = 1\nnonisolated(unsafe) let a = 1", [3])
    check("/* One thread. */\nnonisolated(unsafe) let a = 1", [])
    check("nonisolated func a() {}", [])

    func check(_ code: String, _ lines: [Int], sourceLocation: SourceLocation = #_sourceLocation) {
      expect(code, at: "Sources/SystemdHost/A.swift", UnsafeCheck.uncommented(in:), lines, sourceLocation)
    }
  }

  @Test func impurity_inTheCore_isFound() {
    for code in [
      "let a = Date()", "let a = Date.now", "let a = ContinuousClock.now", "sleep(1)", "Int.random(in: 0..<9)",
      "[1, 2].shuffled()", "a.randomElement()", "clock_gettime(a, &b)", "Task { }", "print(a)", "SuspendingClock()",
      "var a = SystemRandomNumberGenerator()",
    ] {
      expect(code, at: "Sources/AgentCore/A.swift", PurityCheck.violations(in:), [1])
      expect(code, at: "Sources/UpstreamCore/A.swift", PurityCheck.violations(in:), [1])
      expect(code, at: "Sources/SystemdHost/A.swift", PurityCheck.violations(in:), [])
    }
    for code in [
      "CalendarDate(a)", "Int.random(in: 0..<9, using: &generator)", "let date: Date?", "// sleep", "let random = 1",
      "\"Date()\"",
    ] {
      expect(code, at: "Sources/AgentSimulation/A.swift", PurityCheck.violations(in:), [])
    }
  }

  @Test func sleep_inATest_isFound() {
    expect("\ntry await Task.sleep(for: a)", at: "Tests/DaemonTests/A.swift", PurityCheck.sleeps(in:), [2])
    expect("await Task { }.value", at: "Tests/DaemonTests/A.swift", PurityCheck.sleeps(in:), [])
  }

  @Test func surface_thatIsPublicOrSilent_isFound() {
    check("public func a() {}", [1])
    check("open class A {}", [1])
    check("let a = open(path, O_RDONLY)\nfunc open() {}\nlet b = c.public", [])
    check("let a = try! b()", [1])
    check("let a = try b() // try! c", [])
    check("if a, try !b() { `public`() }", [])
    check("fatalError()", [1])
    check("fatalError(\"the queue is never empty here\")", [])
    check("struct PolicyManager {}\nenum Utils {}\nlet c = ChannelManager(ServiceManager())", [1, 2])

    func check(_ code: String, _ lines: [Int], sourceLocation: SourceLocation = #_sourceLocation) {
      expect(code, at: "Sources/axolotlyd/A.swift", SurfaceCheck.violations(in:), lines, sourceLocation)
    }
  }

  @Test func text_thatIsUnfinishedOrForeign_isFound() {
    check("a\n// TO" + "DO later", [2])
    check("// TO" + "DOS, XX" + "XX", [])
    check("cd /ho" + "me/someone", [1])
    check("let a = \"/wo" + "rk/b\"", [1])
    check("see https://example.net/wo" + "rk/b and a/ho" + "me/b", [])
    check("cat \"$HOME/wo" + "rk/b\"", [])
    check(String(repeating: "\n", count: TextCheck.longestFile), [])
    check(String(repeating: "\n", count: TextCheck.longestFile + 1), [TextCheck.longestFile + 1])

    func check(_ text: String, _ lines: [Int], sourceLocation: SourceLocation = #_sourceLocation) {
      expect(text, at: "Sources/AgentCore/A.swift", TextCheck.violations(in:), lines, sourceLocation)
    }
  }

  @Test func layout_withAStranger_isFound() {
    #expect(LayoutCheck.strangers(amongTopLevel: [".ci", "Sources", "README.md", "scripts"]) == ["scripts"])
    #expect(
      LayoutCheck.targetsWithoutRule(sources: ["AgentCore", "Extra"], tests: ["ExtraTests", "Fixtures"])
        == ["Extra", "Fixtures"])
    expect("int a;", at: "Sources/CCurl/a.c", LayoutCheck.violations(in:), [1])
    expect("int a;", at: "Sources/AgentCore/a.h", LayoutCheck.violations(in:), [1])
    expect("#pragma once", at: "Sources/CCurl/shim.h", LayoutCheck.violations(in:), [])
  }

  @Test func manifest_withALaxTargetOrALooseVersion_isFound() {
    let lines = [
      ".target(name: \"A\", swiftSettings: strict),", ".target(name: \"B\", dependencies: [\"A\"]),",
      ".package(url: \"c\", exact: \"1.0.0\"),", ".package(url: \"d\", from: \"1.0.0\"),",
      ".testTarget(name: \"E\", swiftSettings: []),", ".systemLibrary(name: \"F\"),",
      ".product(name: \"G\", package: \"h\"),",
    ]
    expect(lines.joined(separator: "\n"), at: "Package.swift", LayoutCheck.violations(inManifest:), [2, 4, 5])
  }

  /// Checks that a sample is found wrong in exactly these lines.
  private func expect(
    _ text: String, at path: String, _ check: (SourceFile) -> [Violation], _ lines: [Int],
    _ sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let violations = check(SourceFile(path: path, text: text))
    #expect(violations.map(\.line) == lines, "\(text)", sourceLocation: sourceLocation)
  }
}
