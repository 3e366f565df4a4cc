import LocalAPI

/// The status as text for people.
struct StatusView {
  private let status: StatusDocument
  private let output: Output

  init(_ status: StatusDocument, _ output: Output) { (self.status, self.output) = (status, output) }

  func show() throws {
    try showPairing()
    try showPolicy()
    try output.fact("Profile", status.activeProfile ?? "none is active; choose one with 'axolotlyctl select PROFILE'")
    try output.fact("Usage", usage)
    try showTime()
    try output.fact("Agent", status.agent)
    try showShelves()
    try showSessions()
    try showHealth()
  }

  private func showPairing() throws {
    let words = Words.pairing(status.pairing)
    if status.paired {
      let place = [status.device.map { "device \($0)" }, status.family.map { "family \($0)" }].compactMap { $0 }
      try output.fact("Pairing", words, .good, place.isEmpty ? "" : ": " + place.joined(separator: " of "))
    } else {
      try output.fact("Pairing", words, .doubtful)
    }
    try output.fact("Code", status.userCode)
    try output.fact("Address", status.verificationURI)
    let heard = status.heardSecondsAgo.map { ", last heard \(Words.age($0)) ago" } ?? ", not heard since the start"
    let reach = status.online ? "online" : "offline"
    try output.fact("Upstream", reach, status.online ? .good : .doubtful, ": \(status.upstream)\(heard)")
  }

  private func showPolicy() throws {
    if let policy = status.policy {
      try output.fact("Policy", "version \(policy.version), confirmed \(Words.age(policy.ageSeconds)) ago")
      try output.fact("", "in force since \(Words.instant(policy.appliedAt))")
    } else {
      try output.fact("Policy", "none yet")
    }
    if let refused = status.refused {
      let path = refused.path.map { " at \($0)" } ?? ""
      try output.fact("", "version \(refused.version) was refused", .bad, ": \(refused.reason)\(path)")
    }
  }

  private func showTime() throws {
    let trust = status.time.trusted ? "trusted" : "not trusted"
    try output.fact(
      "Time", trust, status.time.trusted ? .good : .doubtful,
      ": \(Words.instant(status.time.now)), \(status.time.reason)")
  }

  private var usage: String {
    let waiting = status.outbox.depth == 0 ? "everything is delivered" : "\(status.outbox.depth) events wait"
    return "\(waiting) (epoch \(status.outbox.epoch), next number \(status.outbox.next))"
  }

  private func showShelves() throws {
    guard !status.shelves.isEmpty else { return }
    var table = Table([
      .init(heading: "SHELF"), .init(heading: "VERSION", isNumber: true), .init(heading: "WANTED", isNumber: true),
      .init(heading: "TITLES", isNumber: true),
    ])
    for shelf in status.shelves {
      table.add([
        shelf.shelf, shelf.version.map(String.init) ?? "-", "\(shelf.wantedVersion)",
        shelf.titles.map(String.init) ?? "-",
      ])
    }
    try output.line()
    try table.print(to: output)
  }

  private func showSessions() throws {
    guard !status.sessions.isEmpty else { return }
    var table = Table([
      .init(heading: "SESSION"), .init(heading: "PROFILE"), .init(heading: "TITLE OR APP", mayBeCut: true),
      .init(heading: "STATE"), .init(heading: "PLAYED", isNumber: true),
    ])
    for session in status.sessions {
      table.add([
        session.id, session.profile, session.title ?? session.app ?? "-", session.state,
        Words.clock(session.playedSeconds),
      ])
    }
    try output.line()
    try table.print(to: output)
  }

  private func showHealth() throws {
    guard !status.health.isEmpty else { return }
    try output.line()
    for item in status.health {
      try output.line(
        "\(item.severity) \(item.code)", item.severity == "error" ? .bad : .doubtful,
        ": since \(Words.instant(item.since))")
      try output.line("  \(item.remedy)")
    }
  }
}
