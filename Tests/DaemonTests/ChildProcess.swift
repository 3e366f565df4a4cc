import AgentCore
import Glibc
import SystemdHost

/// A program of this build that a test has started; it is killed and reaped with its owner.
///
/// Standard error goes to a file, standard output to the test: its end is also the process's end, since nothing else
/// holds it open.
final class ChildProcess {
  let name: String
  let pid: pid_t
  /// Kept until the process is gone, so that nothing is written into a directory that is being removed.
  private let directory: TemporaryDirectory
  private let errorFile: String
  private let output: Int32
  private var received: [UInt8] = []
  private var status: ExitStatus?

  enum ExitStatus: Equatable {
    case code(Int32)
    case signal(Int32)
  }

  /// Where the programs lie: beside the tests' own binary.
  static let directory: String = {
    let capacity = Int(PATH_MAX)
    var bytes = [CChar](repeating: 0, count: capacity)
    let count = unsafe readlink("/proc/self/exe", &bytes, capacity)
    let path = String(decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }()

  /// Starts a program of this build, or one of the system by its path; `environment` is added to the tests' own, without
  /// what would change a program's settings. `wrapper` is a command that becomes the program.
  init(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], in directory: TemporaryDirectory,
    through wrapper: [String] = []
  ) throws {
    name = ([program] + arguments.prefix(2)).joined(separator: " ")
    self.directory = directory
    errorFile = directory.file("\(program.split(separator: "/").last ?? "").log")
    var ends: [Int32] = [0, 0]
    guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw TestFailure("no sockets for \(program)")
    }
    output = ends[0]
    let path = program.hasPrefix("/") ? program : "\(ChildProcess.directory)/\(program)"
    let words = wrapper + [path] + arguments
    let code = Self.spawn(words, Self.environment(environment), output: ends[1], errors: errorFile)
    close(ends[1])
    guard case .success(let pid) = code else {
      close(output)
      throw TestFailure("\(path) does not start; build it first: swift build")
    }
    self.pid = pid
  }

  deinit {
    if status == nil {
      Glibc.kill(pid, SIGKILL)
      waitpid(pid, nil, 0)
    }
    close(output)
  }

  /// What it has said on standard error so far, and so have those before it of the same name in the same directory.
  var log: String { Files.text(errorFile) }

  func send(signal: Int32) {
    if status == nil { Glibc.kill(pid, signal) }
  }

  /// The first line of standard output.
  func firstLine(until deadline: Moment) throws -> String {
    while !received.contains(UInt8(ascii: "\n")) {
      guard try receive(until: deadline) else { break }
    }
    guard let line = received.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).first,
      !line.isEmpty
    else { throw TestFailure("\(name) said nothing in time", log: log) }
    return String(decoding: line, as: UTF8.self)
  }

  /// Waits until standard output has a text; what was said before counts.
  func says(_ text: String, until deadline: Moment) throws {
    while !self.text.contains(text) {
      guard try receive(until: deadline) else { throw TestFailure("\(name) ended without saying \(text)", log: log) }
    }
  }

  /// Waits until it has ended; returns how, or nil when the deadline passes first.
  func exit(until deadline: Moment) throws -> ExitStatus? {
    if let status { return status }
    while true {
      guard let isOpen = try? receive(until: deadline) else { return nil }
      guard isOpen else { break }
    }
    var raw: Int32 = 0
    guard unsafe waitpid(pid, &raw, 0) == pid else { throw TestFailure("\(name) cannot be waited for") }
    let ended = raw & 0x7F == 0 ? ExitStatus.code(raw >> 8 & 0xFF) : .signal(raw & 0x7F)
    status = ended
    return ended
  }

  /// What has been received of standard output; complete once `exit` has returned.
  var text: String { String(decoding: received, as: UTF8.self) }

  func kill() throws {
    send(signal: SIGKILL)
    guard try exit(until: .soon) != nil else { throw TestFailure("\(name) outlives SIGKILL") }
  }

  /// Receives what has come; false at the end of the output. It throws when the deadline passes first.
  private func receive(until deadline: Moment) throws -> Bool {
    guard Descriptors.waitUntilReadable(output, until: deadline) else {
      throw TestFailure("\(name) neither said more nor ended in time", log: log)
    }
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(output, $0.baseAddress, $0.count) }
    if count > 0 { received += chunk[..<count] }
    return count > 0
  }
}

// Starting.
extension ChildProcess {
  private struct NotStarted: Error {}

  private static func spawn(
    _ command: [String], _ environment: [String], output: Int32, errors: String
  ) -> Result<pid_t, NotStarted> {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    // A thread of the tests blocks signals, which a program would inherit.
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var words = unsafe command.map { unsafe strdup($0) } + [nil]
    var settings = unsafe environment.map { unsafe strdup($0) } + [nil]
    defer {
      unsafe words.forEach { unsafe free($0) }
      unsafe settings.forEach { unsafe free($0) }
    }
    var process = pid_t()
    let code = unsafe posix_spawn(&process, command[0], &actions, &attributes, &words, &settings)
    return code == 0 ? .success(process) : .failure(NotStarted())
  }

  /// The tests' environment without proxies, settings of the programs and a service manager's socket.
  private static func environment(_ added: [String: String]) -> [String] {
    var values: [String: String] = [:]
    var next = unsafe environ
    while let entry = unsafe next.pointee {
      let text = unsafe String(cString: entry)
      let name = String(text.prefix { $0 != "=" })
      if !isSetting(name) { values[name] = String(text.dropFirst(name.count + 1)) }
      unsafe next += 1
    }
    values.merge(added) { _, new in new }
    return values.map { "\($0.key)=\($0.value)" }.sorted()
  }

  private static func isSetting(_ name: String) -> Bool {
    name.hasPrefix("AXOLOTLY_") || name.lowercased().hasSuffix("_proxy")
      || ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "JOURNAL_STREAM"].contains(name)
      || name == "DBUS_SYSTEM_BUS_ADDRESS"
  }
}
