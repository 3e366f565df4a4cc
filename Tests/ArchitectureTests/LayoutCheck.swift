/// Where things lie: the top level, the targets, the C libraries, and what `Package.swift` promises for all of them.
enum LayoutCheck {
  /// Entries of the project's root that the layout does not name; dot files are free, and SwiftPM writes `Package.resolved`.
  static func strangers(amongTopLevel names: [String]) -> [String] {
    names.filter { !$0.hasPrefix(".") && !topLevel.contains($0) }
  }

  /// Directories of `Sources` and `Tests` that have no rule.
  static func targetsWithoutRule(sources: [String], tests: [String]) -> [String] {
    sources.filter { TargetRule.rule(for: $0, isTest: false) == nil }
      + tests.filter { TargetRule.rule(for: $0, isTest: true) == nil }
  }

  /// A C library is a module map and headers; logic is written in Swift, and a Swift target holds no C.
  static func violations(in file: SourceFile) -> [Violation] {
    guard !file.isInTests, let target = file.target, let rule = TargetRule.rule(for: target, isTest: false) else {
      return []
    }
    let isMapOrHeader = file.name == "module.modulemap" || file.name.hasSuffix(".h")
    let isC = isMapOrHeader || [".c", ".cc", ".cpp", ".m", ".S"].contains { file.name.hasSuffix($0) }
    return switch rule.kind {
    case .library where !isMapOrHeader: [file.violation(1, "\(target) holds a module map and headers, no logic")]
    case .library: []
    case _ where isC: [file.violation(1, "C lies in a target of its own, not in \(target)")]
    default: []
    }
  }

  /// Every Swift target has the strict settings, and every package one exact version.
  static func violations(inManifest file: SourceFile) -> [Violation] {
    let tokens = file.tokens
    return tokens.indices.compactMap { index in
      guard tokens.text(at: index - 1) == "." else { return nil }
      let argument = tokens.argument(at: index + 1)
      switch tokens[index].text {
      case "target", "executableTarget", "testTarget":
        let isStrict = argument.indices.contains {
          tokens[$0].text == "swiftSettings" && tokens.text(at: $0 + 1) == ":" && tokens.text(at: $0 + 2) == "strict"
        }
        return isStrict ? nil : file.violation(tokens[index].line, "a target without swiftSettings: strict")
      case "package" where argument.contains { $0.text == "url" }:
        let isExact = argument.contains { $0.text == "exact" }
        return isExact ? nil : file.violation(tokens[index].line, "a dependency without an exact version")
      default:
        return nil
      }
    }
  }

  private static let topLevel: Set<String> = [
    "Package.swift", "Package.resolved", "Sources", "Tests", "systemd", "packaging", "README.md", "Makefile", "LICENSE",
    "CONTRIBUTING.md",
  ]
}
