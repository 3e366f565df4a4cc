// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let crypto: [Target.Dependency] = [
  .product(name: "Crypto", package: "swift-crypto"),
  .product(name: "CryptoExtras", package: "swift-crypto"),
]
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "axolotly-agent",
  products: [
    .executable(name: "axolotlyd", targets: ["axolotlyd"]),
    .executable(name: "axolotly-launch", targets: ["axolotly-launch"]),
    .executable(name: "axolotlyctl", targets: ["axolotlyctl"]),
    .executable(name: "axolotly-upstream", targets: ["axolotly-upstream"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
  ],
  targets: [
    // C libraries of the system: a module map and a header each, no logic.
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CProcess"),
    .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),

    // Pure: no input or output, clock, randomness, threads, Foundation.
    .target(name: "AgentCore", swiftSettings: strict),
    .target(name: "UpstreamCore", dependencies: ["AgentCore"], swiftSettings: strict),
    .target(name: "AgentSimulation", dependencies: ["AgentCore", "UpstreamCore"], swiftSettings: strict),

    // Edges: each wraps one thing of the outside, none imports another.
    .target(name: "LocalAPI", dependencies: ["AgentCore"], swiftSettings: strict),
    .target(name: "Diagnosis", dependencies: ["LocalAPI"], swiftSettings: strict),
    .target(name: "Trust", dependencies: ["AgentCore"] + crypto, swiftSettings: strict),
    .target(name: "UpstreamClient", dependencies: ["AgentCore", "CCurl"], swiftSettings: strict),
    .target(name: "Database", dependencies: ["CSQLite"], swiftSettings: strict),
    .target(name: "ReplicaStore", dependencies: ["AgentCore", "Database", "CZlib"], swiftSettings: strict),
    .target(name: "SystemdHost", dependencies: ["AgentCore", "LocalAPI", "CSystemd"], swiftSettings: strict),
    .target(name: "AppLaunch", dependencies: ["AgentCore", "CProcess"], swiftSettings: strict),
    .target(name: "AppHost", dependencies: ["AgentCore"], swiftSettings: strict),
    .target(name: "QRImage", dependencies: ["CQREncode"], swiftSettings: strict),
    .target(name: "Terminal", dependencies: ["AgentCore"], swiftSettings: strict),

    // Programs.
    .executableTarget(
      name: "axolotlyd",
      dependencies: [
        "AgentCore", "LocalAPI", "Trust", "UpstreamClient", "ReplicaStore", "SystemdHost", "AppHost", "AppLaunch",
        arguments,
      ],
      swiftSettings: strict),
    .executableTarget(name: "axolotly-launch", dependencies: ["AppLaunch"], swiftSettings: strict),
    .executableTarget(
      name: "axolotlyctl",
      dependencies: [
        "AgentCore", "LocalAPI", "Diagnosis", "SystemdHost", "UpstreamClient", "QRImage", "Terminal", arguments,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "axolotly-upstream",
      dependencies: [
        "AgentCore", "UpstreamCore", "Trust", "Database", "SystemdHost", "Terminal", "CZlib", arguments,
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),

    // Tests.
    .testTarget(
      name: "AgentCoreTests", dependencies: ["AgentCore"], exclude: ["Decision/policy-cases.json"],
      swiftSettings: strict),
    .testTarget(name: "TrustTests", dependencies: ["Trust", "AgentCore"], swiftSettings: strict),
    .testTarget(name: "UpstreamClientTests", dependencies: ["UpstreamClient", "AgentCore"], swiftSettings: strict),
    .testTarget(
      name: "ReplicaStoreTests", dependencies: ["ReplicaStore", "Database", "AgentCore"], swiftSettings: strict),
    .testTarget(
      name: "SystemdHostTests", dependencies: ["SystemdHost", "LocalAPI", "AgentCore"], swiftSettings: strict),
    .testTarget(name: "AppHostTests", dependencies: ["AppHost", "AgentCore"], swiftSettings: strict),
    .testTarget(name: "UpstreamCoreTests", dependencies: ["UpstreamCore", "AgentCore"], swiftSettings: strict),
    .testTarget(name: "SimulationTests", dependencies: ["AgentSimulation", "AgentCore"], swiftSettings: strict),
    .executableTarget(
      name: "simulate", dependencies: ["AgentCore", "AgentSimulation", arguments], path: "Tests/Simulate",
      swiftSettings: strict),
    .executableTarget(
      name: "bench",
      dependencies: ["AgentCore", "LocalAPI", "SystemdHost", "UpstreamClient", "Database", arguments],
      path: "Tests/Bench", swiftSettings: strict),
    .testTarget(name: "DiagnosisTests", dependencies: ["Diagnosis", "LocalAPI"], swiftSettings: strict),
    .testTarget(name: "TerminalTests", dependencies: ["Terminal", "QRImage"], swiftSettings: strict),
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    .testTarget(
      name: "DaemonTests", dependencies: ["AgentCore", "LocalAPI", "SystemdHost", "Database", "CSystemd"],
      swiftSettings: strict),
  ]
)
