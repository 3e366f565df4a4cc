/// Arrows of import: programs → edges → AgentCore, and the two Foundations.
enum ImportCheck {
  static func violations(in file: SourceFile) -> [Violation] {
    guard let target = file.target else { return [] }
    guard let rule = TargetRule.rule(for: target, isTest: file.isInTests) else {
      return [file.violation(1, "the target \(target) has no rule; enter it in TargetRule.table")]
    }
    return file.imports.compactMap { module, line in
      if !rule.imports.contains(module) {
        file.violation(line, "\(target) may not import \(module); it may: \(list(rule.imports))")
      } else if module == "FoundationEssentials" && !file.isInTests
        && !file.tokens.contains(where: { jsonTypes.contains($0.text) })
      {
        file.violation(line, "FoundationEssentials is for files that read or write JSON; this one does neither")
      } else {
        nil
      }
    }
  }

  /// The table's own arrows.
  static func violations(in table: [String: TargetRule]) -> [String] {
    table.sorted { $0.key < $1.key }.flatMap { target, rule in
      rule.imports.sorted().compactMap { module in
        let isAllowed =
          switch (rule.kind, table[module]?.kind) {
          case (_, nil) where module == "Foundation": rule.mayImportFoundation
          case (.core, .core), (.vocabulary, .core), (.layer, .library): true
          case (.reasoning, .core), (.reasoning, .vocabulary): true
          case (.edge, .core), (.edge, .vocabulary), (.edge, .layer), (.edge, .library): true
          case (.program, .program), (.tests, .program): false
          case (.core, nil), (.library, _): false
          case (.program, _), (.tests, _): true
          case (_, nil): true
          default: false
          }
        return isAllowed ? nil : "\(target) → \(module)"
      }
    }
  }

  private static let jsonTypes: Set<Substring> = [
    "JSONDecoder", "JSONEncoder", "JSONSerialization", "DecodableWithConfiguration", "EncodableWithConfiguration",
  ]

  private static func list(_ names: Set<String>) -> String {
    names.isEmpty ? "nothing" : names.sorted().joined(separator: ", ")
  }
}
