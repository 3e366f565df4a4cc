/// The lock by which one daemon owns a state directory, for the life of this value.
package struct DirectoryLock: ~Copyable {
  private let lock: FileLock

  /// - Throws: `HostError.inUse` with the process id of the daemon that owns it.
  package init(_ directory: String) throws {
    lock = try FileLock("\(directory)/lock", holding: "the state directory \(directory)")
  }
}
