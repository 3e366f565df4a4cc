import AgentCore
import UpstreamCore

/// A state report as it comes (`spec/wire.md` §6); `metrics` is not kept.
struct ReceivedState: Decodable {
  var agent: String
  var boot: String
  var up_s: Double
  var policy: StateReport.Policy?
  var refused: StateReport.Refused?
  var trust: Int
  var shelves: [StateReport.Shelf]
  var outbox: StateReport.Outbox
  var health: [DeviceReport.Health]
  var commands: [StateReport.CommandResult]

  var report: DeviceReport {
    DeviceReport(
      agent: agent, policyVersion: policy?.version, policyAppliedAt: policy?.appliedAt, refused: refused, trust: trust,
      shelves: shelves, outbox: outbox, health: health, commands: commands)
  }
}
