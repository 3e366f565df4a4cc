/// What a target is and which modules it may import. A new target is entered here before it builds a single file.
struct TargetRule {
  /// The rings of the project, from the inside out.
  enum Kind {
    /// Pure: standard library only; no input or output, clock, randomness, threads, unsafe code.
    case core
    /// Swift values that both ends of the local bus use; no unsafe code.
    case vocabulary
    /// Pure conclusions over the vocabulary; no unsafe code.
    case reasoning
    /// A safe layer over a C library that several edges stand on.
    case layer
    /// Wraps one thing of the outside.
    case edge
    /// Composes the others.
    case program
    /// A C library: module map and headers.
    case library
    case tests
  }

  let kind: Kind
  let imports: Set<String>
  /// Whether the full Foundation, with its 45 MB of ICU, may be imported.
  var mayImportFoundation = false

  /// Nil where the table has no such target.
  static func rule(for target: String, isTest: Bool) -> TargetRule? {
    guard isTest, target.hasSuffix("Tests") else { return table[target] }
    return target == "DaemonTests" ? daemonTests : tests
  }

  static let table: [String: TargetRule] = [
    "AgentCore": TargetRule(kind: .core, imports: []),
    "UpstreamCore": TargetRule(kind: .core, imports: ["AgentCore"]),
    "AgentSimulation": TargetRule(kind: .core, imports: ["AgentCore", "UpstreamCore"]),

    "LocalAPI": TargetRule(kind: .vocabulary, imports: ["AgentCore", "FoundationEssentials"]),
    "Diagnosis": TargetRule(kind: .reasoning, imports: ["LocalAPI"]),
    "Database": TargetRule(kind: .layer, imports: system.union(["CSQLite"])),

    "Trust": TargetRule(kind: .edge, imports: system.union(["AgentCore", "Crypto", "CryptoExtras"])),
    "UpstreamClient": TargetRule(kind: .edge, imports: system.union(["AgentCore", "CCurl"])),
    "ReplicaStore": TargetRule(kind: .edge, imports: system.union(["AgentCore", "Database", "CZlib"])),
    "SystemdHost": TargetRule(kind: .edge, imports: system.union(["AgentCore", "LocalAPI", "CSystemd"])),
    "AppHost": TargetRule(kind: .edge, imports: system.union(["AgentCore"])),
    "AppLaunch": TargetRule(kind: .edge, imports: system.union(["AgentCore", "CProcess"])),
    "QRImage": TargetRule(kind: .edge, imports: system.union(["CQREncode"])),
    "Terminal": TargetRule(kind: .edge, imports: system.union(["AgentCore"])),

    "axolotlyd": TargetRule(
      kind: .program,
      imports: system.union([
        "AgentCore", "LocalAPI", "Trust", "UpstreamClient", "Database", "ReplicaStore", "SystemdHost", "AppHost",
        "AppLaunch",
        "ArgumentParser",
      ])),
    "axolotly-launch": TargetRule(kind: .program, imports: system.union(["AppLaunch"])),
    "axolotlyctl": TargetRule(
      kind: .program,
      imports: system.union([
        "AgentCore", "LocalAPI", "Diagnosis", "SystemdHost", "UpstreamClient", "QRImage", "Terminal", "ArgumentParser",
      ])),
    "Simulate": TargetRule(kind: .program, imports: ["AgentCore", "AgentSimulation", "ArgumentParser"]),
    "Bench": TargetRule(
      kind: .program,
      imports: system.union([
        "AgentCore", "LocalAPI", "SystemdHost", "UpstreamClient", "Database", "ArgumentParser",
      ])),
    "axolotly-upstream": TargetRule(
      kind: .program,
      imports: system.union([
        "AgentCore", "UpstreamCore", "Trust", "Database", "SystemdHost", "Terminal", "CZlib", "ArgumentParser",
        "Dispatch",
        "Foundation",
        "FoundationNetworking", "Hummingbird",
        "NIOCore", "NIOHTTP1", "NIOPosix",
      ]),
      mayImportFoundation: true),

    "CCurl": TargetRule(kind: .library, imports: []),
    "CSQLite": TargetRule(kind: .library, imports: []),
    "CSystemd": TargetRule(kind: .library, imports: []),
    "CZlib": TargetRule(kind: .library, imports: []),
    "CQREncode": TargetRule(kind: .library, imports: []),
    "CProcess": TargetRule(kind: .library, imports: []),
  ]

  /// Tests take whatever they test, but neither a program nor a C library.
  private static let tests = TargetRule(
    kind: .tests,
    imports: system.union(["Testing", "Crypto"]).union(
      table.filter { $0.value.kind != .program && $0.value.kind != .library }.keys))

  /// They also play a logind, which hands over descriptors; no edge of ours does.
  private static let daemonTests = TargetRule(kind: .tests, imports: tests.imports.union(["CSystemd"]))

  private static let system: Set<String> = ["Glibc", "Synchronization", "FoundationEssentials"]
}
