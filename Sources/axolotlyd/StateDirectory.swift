import SystemdHost

/// The daemon's state directory: its own, or an empty one.
enum StateDirectory {
  /// What tells the daemon's directory from another program's; a restored backup may lack the lock.
  private static let own: Set<String> = ["identity.json", "journal.db", "replica.db"]
  /// What a first start that was cut short may leave alone; another program may have files of these names among others.
  private static let beginnings: Set<String> = [
    "lock", "erase", "erase.new", "process.json", "process.json.new", "identity.json.new", "parts",
  ]
  /// What a file system of its own brings along.
  private static let strangers: Set<String> = ["lost+found"]

  /// Makes the directory where it is missing, and refuses one that others may read or that holds something else.
  static func prepare(_ path: String) throws {
    try PrivateDirectory.prepare(path, mode: 0o700)
    let names = Set(try DirectoryListing.names(path)).subtracting(strangers)
    guard names.isSubset(of: beginnings) || !names.isDisjoint(with: own) else {
      throw StartFailure(
        status: 73, "\(path) is not empty and holds no state of this daemon: give an empty or a new directory")
    }
    for name in names.intersection(own).sorted() {
      let file = path + "/" + name
      guard let facts = try? FileFacts.read(file), facts.owner != Groups.ownUser else { continue }
      throw StartFailure(
        status: 73,
        "\(file) belongs to user \(facts.owner), not to the daemon's user \(Groups.ownUser): chown -R \(Groups.ownUser) \(path)"
      )
    }
  }
}
