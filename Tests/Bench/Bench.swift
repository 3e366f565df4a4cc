import ArgumentParser

/// The measurements of `make bench`; `packaging/bench/bench` starts the processes and calls these one after the other.
///
/// Each measuring command prints its figures as lines of JSON (`Figure`), and `report` makes the table of them.
@main struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure a running box and its upstream; make bench starts them.",
    subcommands: [
      CatalogueCommand.self, SyncCommand.self, TitleCommand.self, DecideCommand.self, EvaluatorCommand.self,
      ChangeCommand.self,
      IdleCommand.self, MemoryCommand.self, StartCommand.self, FigureCommand.self, ReportCommand.self,
    ])
}

/// Why a measurement could not be taken, in one line.
struct BenchError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
