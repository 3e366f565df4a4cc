package import LocalAPI

// What the daemon itself says of the box.
extension Finding {
  /// Policies older than this deserve a look, seconds; the box may have been away from any network.
  package static let policyAgeLimit: Int64 = 7 * 86_400
  /// Events that wait before it is a backlog.
  package static let backlog = 2_000

  package static func ofStatus(_ status: StatusDocument) -> [Finding] {
    [pairing(status), policy(status), replica(status), journal(status), health(status)]
  }

  private static func pairing(_ status: StatusDocument) -> Finding {
    guard status.paired else {
      return Finding(.pairing, .error, "the box belongs to no family (\(status.pairing))", remedy: "axolotlyctl pair")
    }
    return Finding(.pairing, .ok, "device \(status.device ?? "") of family \(status.family ?? "")")
  }

  private static func policy(_ status: StatusDocument) -> Finding {
    guard status.paired else { return Finding(.policy, .skipped, "not paired") }
    if let refused = status.refused {
      return Finding(
        .policy, .error, "version \(refused.version) was refused: \(refused.reason) \(refused.path ?? "")",
        remedy: "the last one stays in force; the family's app shows why")
    }
    guard let policy = status.policy else {
      return Finding(
        .policy, .error, "none has arrived", remedy: "axolotlyctl sync; a parent makes one in the family's app")
    }
    let text = "version \(policy.version), \(policy.ageSeconds / 3_600) h old"
    return policy.ageSeconds > policyAgeLimit && !status.online
      ? Finding(.policy, .warning, text, remedy: "connect the box, then: axolotlyctl sync")
      : Finding(.policy, .ok, text)
  }

  private static func replica(_ status: StatusDocument) -> Finding {
    guard status.paired else { return Finding(.replica, .skipped, "not paired") }
    let behind = status.shelves.filter { $0.version != $0.wantedVersion }
    let titles = status.shelves.reduce(0) { $0 + ($1.titles ?? 0) }
    let text = "\(status.shelves.count) shelves with \(titles) titles"
    guard let first = behind.first else { return Finding(.replica, .ok, text) }
    return Finding(
      .replica, .warning, "\(text); \(behind.count) not current, the first \(first.shelf)",
      remedy: status.online ? "it comes by itself; axolotlyctl status --watch shows it" : "connect the box")
  }

  private static func journal(_ status: StatusDocument) -> Finding {
    let text = "\(status.outbox.depth) events wait to be sent"
    return status.outbox.depth > backlog
      ? Finding(.journal, .warning, text, remedy: "connect the box, then: axolotlyctl sync")
      : Finding(.journal, .ok, text)
  }

  private static func health(_ status: StatusDocument) -> Finding {
    guard let first = status.health.first(where: { $0.severity == "error" }) ?? status.health.first else {
      return Finding(.health, .ok, "the daemon knows of no fault")
    }
    let codes = status.health.map(\.code).joined(separator: ", ")
    return Finding(
      .health, first.severity == "error" ? .error : .warning, "the daemon names \(codes)",
      remedy: first.remedy)
  }
}
