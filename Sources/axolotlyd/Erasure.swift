import Database
import ReplicaStore
import SystemdHost

/// Erasing in a way that a crash cannot leave half done: a mark first, then the files, then the mark goes.
enum Erasure {
  private static let markName = "/erase"
  private static let databases = ["journal.db", "replica.db"]
  private static let identity = "/identity.json"
  /// What apps that the daemon started itself keep for each profile.
  private static let profiles = "/profiles"

  static func mark(in state: String) throws { try PrivateFile.replace(state + markName, with: []) }

  static func unmark(in state: String) throws { try PrivateFile.remove(state + markName) }

  /// Deletes what was set aside as damaged, which is as private as what took its place, and what apps keep of profiles.
  static func removeSetAside(in state: String) throws {
    for name in databases { try DatabaseFile(path: state + "/" + name + ".damaged").delete() }
    try PrivateFile.remove(state + identity + ".damaged")
    try PrivateDirectory.removeTree(state + profiles)
  }

  /// Finishes at start what a crash interrupted.
  static func finish(in state: String) throws {
    guard try PrivateFile.read(state + markName, limit: 1) != nil else { return }
    for name in databases { try DatabaseFile(path: state + "/" + name).delete() }
    try PrivateFile.remove(state + identity)
    try removeSetAside(in: state)
    try unmark(in: state)
  }
}
