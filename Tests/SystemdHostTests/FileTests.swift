import Glibc
import SystemdHost
import Testing

/// Files and directories that are the daemon's own.
struct FileTests {
  private let directory = TemporaryDirectory()

  private func code(_ body: () throws -> Void) -> HostError.Code? {
    do {
      try body()
      return nil
    } catch {
      return (error as? HostError)?.code ?? .system
    }
  }

  private func mode(_ path: String) -> UInt32 {
    var status = stat()
    _ = unsafe lstat(path, &status)
    return status.st_mode & 0o7777
  }

  @Test func replace_newAndAgain_isReadBackWithMode0600() throws {
    let path = directory.file("identity")
    #expect(try PrivateFile.read(path, limit: 100) == nil)
    for content in ["first", "second, which is longer", "", "x"] {
      try PrivateFile.replace(path, with: Array(content.utf8))
      #expect(try PrivateFile.read(path, limit: 100) == Array(content.utf8))
      #expect(mode(path) == 0o600)
    }
    #expect(try ReadFile.bytes("\(path).new", limit: 10) == nil)
  }

  @Test func replace_afterACrashInBetween_succeeds() throws {
    let path = directory.file("identity")
    try PrivateFile.replace(path, with: [1])
    try PrivateFile.replace("\(path).new", with: [9, 9])
    try PrivateFile.replace(path, with: [2])
    #expect(try PrivateFile.read(path, limit: 10) == [2])
  }

  @Test func replace_missingDirectory_failsAndLeavesNothing() {
    #expect(code { try PrivateFile.replace(directory.file("none/identity"), with: [1]) } == .system)
  }

  @Test func remove_presentOrNot_succeeds() throws {
    let path = directory.file("identity")
    try PrivateFile.remove(path)
    try PrivateFile.replace(path, with: [1])
    try PrivateFile.remove(path)
    #expect(try PrivateFile.read(path, limit: 10) == nil)
  }

  @Test func read_sizes_areHeldToTheLimit() throws {
    let path = directory.file("file")
    for (size, limit, fits) in [
      (0, 0, true), (10, 10, true), (11, 10, false), (70_000, 70_000, true), (70_001, 70_000, false),
    ] {
      try PrivateFile.replace(path, with: [UInt8](repeating: 1, count: size))
      var count: Int?
      let code = code { count = try ReadFile.bytes(path, limit: limit)?.count }
      #expect(code == (fits ? nil : .tooLarge))
      #expect(count == (fits ? size : nil))
    }
  }

  @Test func read_whatIsNoPrivateFile_isRefused() throws {
    let path = directory.file("file")
    try PrivateFile.replace(path, with: [1])
    _ = unsafe chmod(path, 0o644)
    #expect(code { _ = try PrivateFile.read(path, limit: 10) } == .unsuitable)
    #expect(try ReadFile.bytes(path, limit: 10) == [1])
    _ = unsafe symlink(path, directory.file("link"))
    #expect(code { _ = try ReadFile.bytes(directory.file("link"), limit: 10) } == .unsuitable)
    #expect(code { _ = try ReadFile.bytes(directory.path, limit: 10) } == .unsuitable)
    _ = unsafe mkfifo(directory.file("fifo"), 0o600)
    #expect(code { _ = try ReadFile.bytes(directory.file("fifo"), limit: 10) } == .unsuitable)
  }

  @Test func prepare_missingDirectory_isMadeWithItsMode() throws {
    for (name, wanted) in [("state", UInt32(0o700)), ("run", 0o755)] {
      try PrivateDirectory.prepare(directory.file(name), mode: wanted)
      #expect(mode(directory.file(name)) == wanted)
      try PrivateDirectory.prepare(directory.file(name), mode: wanted)
    }
  }

  @Test func prepare_openDirectory_isTightenedOnlyWhereEmpty() throws {
    let path = directory.file("state")
    _ = unsafe mkdir(path, 0o755)
    _ = unsafe chmod(path, 0o755)
    try PrivateDirectory.prepare(path, mode: 0o700)
    #expect(mode(path) == 0o700)
    try PrivateFile.replace("\(path)/file", with: [])
    _ = unsafe chmod(path, 0o755)
    #expect(code { try PrivateDirectory.prepare(path, mode: 0o700) } == .unsuitable)
    try PrivateDirectory.prepare(path, mode: 0o755)
  }

  @Test func prepare_unfitPath_saysWhatToDo() throws {
    try PrivateFile.replace(directory.file("file"), with: [])
    #expect(code { try PrivateDirectory.prepare(directory.file("file"), mode: 0o700) } == .unsuitable)
    let error = #expect(throws: HostError.self) {
      try PrivateDirectory.prepare(directory.file("none/state"), mode: 0o700)
    }
    #expect(error?.description.contains("its parent directory is missing") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func removeTree_deepAndWide_leavesWhatItsLinksName() throws {
    let (tree, outside) = (directory.file("tree"), directory.file("outside"))
    for path in [tree, tree + "/a", tree + "/a/b", outside] { try PrivateDirectory.prepare(path, mode: 0o700) }
    for number in 0...DirectoryListing.names { try PrivateFile.replace("\(tree)/a/\(number)", with: []) }
    try PrivateFile.replace(outside + "/kept", with: [1])
    #expect(unsafe symlink(outside, tree + "/a/b/link") == 0)
    try PrivateDirectory.removeTree(tree)
    #expect(unsafe access(tree, F_OK) != 0)
    #expect(try PrivateFile.read(outside + "/kept", limit: 1) == [1])
    try PrivateDirectory.removeTree(tree)
  }

  // Root alone can give a directory to somebody else.
  @Test(.enabled(if: geteuid() == 0)) func prepare_foreignDirectory_isRefused() throws {
    let path = directory.file("state")
    try PrivateDirectory.prepare(path, mode: 0o700)
    _ = unsafe chown(path, 12_345, 12_345)
    #expect(code { try PrivateDirectory.prepare(path, mode: 0o700) } == .unsuitable)
  }

  @Test func lock_heldByAnother_isRefusedWithItsProcessUntilItGoes() throws {
    do {
      let held = try DirectoryLock(directory.path)
      let error = #expect(throws: HostError.self) { _ = try DirectoryLock(directory.path) }
      #expect(error?.code == .inUse)
      #expect(error?.description.contains("process \(getpid())") == true)
      _ = consume held
    }
    _ = try DirectoryLock(directory.path)
  }
}
