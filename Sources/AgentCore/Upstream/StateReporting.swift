/// When the next state report is due (`spec/wire.md` §6).
package struct StateReporting: Sendable, Equatable {
  /// After a change of policy, trust or a command.
  package static let urgentDelay = Duration.milliseconds(200)
  /// Other changes are coalesced to one an hour.
  package static let interval = Duration.seconds(3_600)

  package private(set) var dueAt: Moment?
  package var out: RequestID?
  package var backoff = Backoff()
  /// Results of commands that no accepted report has carried yet.
  package private(set) var commands: [StateReport.CommandResult] = []
  /// How many of them the report that is out carries.
  private var commandsOut = 0

  package init() {}

  package mutating func due(at moment: Moment) { dueAt = dueAt.map { min($0, moment) } ?? moment }
  package mutating func postpone(to moment: Moment) { dueAt = moment }
  package mutating func started(_ id: RequestID) {
    out = id
    dueAt = nil
    commandsOut = commands.count
  }

  package mutating func add(_ result: StateReport.CommandResult) { commands.append(result) }

  /// The upstream has what the report carried; results that came meanwhile wait for the next one.
  package mutating func accepted() {
    out = nil
    commands.removeFirst(commandsOut)
    commandsOut = 0
  }
}
