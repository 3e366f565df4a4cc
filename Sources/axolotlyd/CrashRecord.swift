import AgentCore
import FoundationEssentials
import SystemdHost

/// The file that tells a stop from a crash: it is there while a daemon runs, and after one that crashed.
///
/// It guards the network, not data: where it cannot be written or read the daemon starts all the same. Made under the state
/// directory's lock; it goes with its owner, in a start that fails too.
final class CrashRecord {
  /// How often the daemon crashed lately, before this start.
  let crashes: Int
  private let path: String

  private static let limit = 4_096

  /// Notes that this process runs.
  init(in state: String, boot: String, _ log: Log) {
    path = state + "/running.json"
    let bytes = (try? PrivateFile.read(path, limit: Self.limit)) ?? nil
    let predecessor = bytes.flatMap { try? JSONDecoder().decode(CrashWatch.self, from: Data($0)) }
    let watch = CrashWatch(after: predecessor, boot: boot, at: SystemClocks.boot())
    crashes = watch.crashes
    do {
      try PrivateFile.replace(path, with: Array(JSONEncoder().encode(watch)))
    } catch {
      log(.warning, "a crash of this process will not be noticed", [("cause", "\(error)")])
    }
    if crashes > 0 {
      log(.warning, "the daemon before this one did not stop by itself", [("crashes_in_5_min", "\(crashes)")])
    }
  }

  deinit { end() }

  /// This process ends of its own accord.
  func end() { try? PrivateFile.remove(path) }
}
