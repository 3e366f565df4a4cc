import AgentCore
import FoundationEssentials
import Glibc
import LocalAPI
import SystemdHost

/// A box of a test: the daemon's directories, and the daemon while it runs.
final class Box {
  let directory: TemporaryDirectory
  let state: String
  let notifications: NotifySocket
  private let upstream: String
  private let environment: [String: String]
  private let wrapper: [String]
  private(set) var process: ChildProcess?

  /// - Parameters:
  ///   - environment: added to the daemon's; `PATH` and `AXOLOTLY_HANDLERS` tell what is installed.
  ///   - wrapper: a command that becomes the daemon.
  init(
    upstream: String, in directory: TemporaryDirectory = TemporaryDirectory(), environment: [String: String] = [:],
    through wrapper: [String] = []
  ) throws {
    self.wrapper = wrapper
    self.directory = directory
    self.upstream = upstream
    state = directory.directory("state")
    directory.write("{}", to: "agent.json")
    notifications = try NotifySocket(path: directory.file("notify"))
    // The machine's own system bus is left alone; a test of the bus names a broker of its own.
    let usual = ["NOTIFY_SOCKET": directory.file("notify"), "AXOLOTLY_SYSTEM_BUS": "off"]
    self.environment = usual.merging(environment) { $1 }
  }

  var socket: String { directory.file("run/bus") }
  /// What every daemon of this box has said so far.
  var log: String { "-- box\n" + Files.text(directory.file("axolotlyd.log")) }
  var pid: pid_t? { process?.pid }

  // MARK: Life

  /// Starts the daemon without waiting for it.
  func spawn() throws {
    notifications.forget()
    process = try ChildProcess(
      "axolotlyd",
      [
        "--state", state, "--runtime", directory.file("run"), "--upstream", upstream, "--config",
        directory.file("agent.json"),
      ], environment: environment, in: directory, through: wrapper)
  }

  /// Starts the daemon, waits until it is ready and connects to it.
  func start() throws -> Launcher {
    try spawn()
    guard isReady(until: .soon) else { throw TestFailure("the daemon was awaited to be READY", log: log) }
    return try connect()
  }

  func isReady(until deadline: Moment) -> Bool { notifications.hears(until: deadline) { $0 == "READY=1" } }

  func connect() throws -> Launcher { Launcher(try BusClient(socketPath: socket), of: self) }

  func stop() throws {
    guard let process else { return }
    process.send(signal: SIGTERM)
    guard try process.exit(until: .soon) != nil else { throw TestFailure("the daemon does not stop", log: log) }
    self.process = nil
  }

  /// Kills the daemon. Unless the test is about crash upon crash it is not counted as one: most tests that kill want a box that
  /// asks its upstream at once.
  func kill(countsAsCrash: Bool = false) throws {
    try process?.kill()
    process = nil
    if !countsAsCrash { directory.remove("state/process.json") }
  }

  // MARK: What lies on its disk

  struct IdentityFile: Decodable, Equatable {
    var key: String
    var identity: Identity?

    struct Identity: Decodable, Equatable {
      var device: String
      var family: String
    }
  }

  /// Nil where there is none yet.
  var identity: IdentityFile? {
    try? JSONDecoder().decode(IdentityFile.self, from: Data(Files.bytes(state + "/identity.json")))
  }

  /// Both databases with what belongs to them.
  var databaseFiles: [String] {
    ["journal.db", "replica.db"].flatMap { [$0, $0 + "-wal", $0 + "-shm"] }.map { "\(state)/\($0)" }
  }

  /// Runs `axolotlyctl` against this box.
  func control(_ arguments: [String]) throws -> CommandResult {
    try CommandResult.of("axolotlyctl", arguments, environment: ["AXOLOTLY_SOCKET": socket])
  }
}
