import AgentCore
import FoundationEssentials
import SystemdHost

/// The file `process.json` of the state directory: what this process leaves for the next.
///
/// It guards the network, not data: where it cannot be written or read the daemon starts all the same. Made under the state
/// directory's lock; its owner's end is a stop, in a start that fails too.
final class ProcessRecordFile {
  let record: ProcessRecord
  /// What is left of the budget of requests, for the next process.
  private var requestsLeft: Int
  private let path: String

  private static let limit = 4_096

  /// Notes that this process runs.
  init(in state: String, boot: String, _ log: Log) {
    path = state + "/process.json"
    let bytes = (try? PrivateFile.read(path, limit: Self.limit)) ?? nil
    let predecessor = bytes.flatMap { try? JSONDecoder().decode(ProcessRecord.self, from: Data($0)) }
    record = ProcessRecord(after: predecessor, boot: boot, at: SystemClocks.boot())
    requestsLeft = record.requestsLeft
    do { try write(record) } catch {
      log(.warning, "a crash of this process will not be noticed", [("cause", "\(error)")])
    }
    if record.crashes > 0 {
      log(.warning, "the daemon before this one did not stop by itself", [("crashes_in_5_min", "\(record.crashes)")])
    }
  }

  deinit { end(requestsLeft: requestsLeft) }

  /// This process ends of its own accord.
  func end(requestsLeft: Int) {
    self.requestsLeft = requestsLeft
    try? write(record.stopped(requestsLeft: requestsLeft, at: SystemClocks.boot()))
  }

  private func write(_ record: ProcessRecord) throws {
    try PrivateFile.replace(path, with: Array(JSONEncoder().encode(record)))
  }
}
