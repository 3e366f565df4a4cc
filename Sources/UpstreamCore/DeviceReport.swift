import AgentCore

/// The last state report of a box, as far as rules and parents use it (`spec/wire.md` §6).
package struct DeviceReport: Sendable, Equatable, Codable {
  package var agent: String
  package var policyVersion: Int?
  package var policyAppliedAt: WallTime?
  package var refused: StateReport.Refused?
  package var trust: Int
  package var shelves: [StateReport.Shelf]
  package var outbox: StateReport.Outbox
  package var health: [Health]
  package var commands: [StateReport.CommandResult]

  /// A code that this upstream does not know is kept as it came.
  package struct Health: Sendable, Equatable, Codable {
    package var code: String
    package var severity: String
    package var since: WallTime
    package init(code: String, severity: String, since: WallTime) {
      (self.code, self.severity, self.since) = (code, severity, since)
    }
  }

  package init(
    agent: String, policyVersion: Int?, policyAppliedAt: WallTime?, refused: StateReport.Refused?, trust: Int,
    shelves: [StateReport.Shelf], outbox: StateReport.Outbox, health: [Health], commands: [StateReport.CommandResult]
  ) {
    self.agent = agent
    self.policyVersion = policyVersion
    self.policyAppliedAt = policyAppliedAt
    self.refused = refused
    self.trust = trust
    self.shelves = shelves
    self.outbox = outbox
    self.health = health
    self.commands = commands
  }

  package init(_ report: StateReport, agent: String) {
    self.init(
      agent: agent, policyVersion: report.policy?.version, policyAppliedAt: report.policy?.appliedAt,
      refused: report.refused, trust: report.trust, shelves: report.shelves, outbox: report.outbox,
      health: report.health.map { Health(code: $0.code.rawValue, severity: $0.severity.rawValue, since: $0.since) },
      commands: report.commands)
  }
}
