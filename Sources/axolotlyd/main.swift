import ArgumentParser
import SystemdHost

/// `axolotlyd`: the daemon on the box.
struct Axolotlyd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "axolotlyd",
    abstract: "Keep a family's decisions true on this box.",
    discussion: """
      Settings come from /etc/axolotly/agent.json, drop-ins in agent.d/*.json beside it, the environment (AXOLOTLY_STATE, AXOLOTLY_RUNTIME, \
      AXOLOTLY_UPSTREAM, AXOLOTLY_HANDLERS, AXOLOTLY_EXTRA_CA, AXOLOTLY_PROXY, AXOLOTLY_LOG_LEVEL, \
      AXOLOTLY_SYSTEM_BUS) and these options; the later wins.

      Exit status: 0 after a stop; 64 wrong usage; 73 a directory cannot be used; 75 another daemon uses the state or the socket; 78 a \
      setting cannot be obeyed.
      """,
    version: AgentVersion.text)

  @Option(name: .long, help: ArgumentHelp("The state directory.", valueName: "DIR"))
  var state: String?
  @Option(name: .long, help: ArgumentHelp("The runtime directory, which holds the bus socket.", valueName: "DIR"))
  var runtime: String?
  @Option(name: .long, help: ArgumentHelp("The upstream to pair with.", valueName: "URL"))
  var upstream: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The bus to have a name on beside the private socket: system, off, or an address such as unix:path=FILE.",
      valueName: "BUS"))
  var systemBus: String?
  @Option(name: .long, help: ArgumentHelp("The settings file.", valueName: "FILE"))
  var config: String?
  @Flag(name: .long, help: "Read the settings, say what is wrong with them, and end.")
  var check = false

  mutating func run() throws {
    if check {
      do { _ = try settings() } catch { StartFailure(status: 78, "\(error)").exit() }
      return
    }
    // Before anything else opens a file.
    let passed: PassedDescriptors
    do { passed = try PassedDescriptors() } catch { StartFailure(status: 73, "\(error)").exit() }
    do { throw ExitCode(try Daemon.run(try checkedSettings(), passed)) } catch let error as HostError {
      refuse(StartFailure(status: error.code == .inUse ? 75 : 73, error.description), passed)
    } catch let error as StartFailure {
      refuse(error, passed)
    }
  }

  /// How long callers of a start that is refused are turned away: so seldom does their next try start it again.
  private static let refusalLength = Duration.seconds(2)

  private func refuse(_ failure: StartFailure, _ passed: PassedDescriptors) -> Never {
    failure.say()
    passed.turnAway(for: Self.refusalLength)
    failure.exitSilently()
  }

  private func checkedSettings() throws(StartFailure) -> Configuration {
    do { return try settings() } catch { throw StartFailure(status: 78, "\(error)") }
  }

  private func settings() throws -> Configuration {
    var settings = Configuration()
    let file = config ?? Environment.value("AXOLOTLY_CONFIG") ?? Configuration.defaultFile
    try settings.read(file: file, isNamed: file != Configuration.defaultFile)
    let directory =
      file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/agent.d"
    for dropIn in try DirectoryListing.names(directory) where dropIn.hasSuffix(".json") {
      try settings.read(file: directory + "/" + dropIn, isNamed: true)
    }
    settings.read(environment: Environment.value)
    settings.state = state ?? settings.state
    settings.runtime = runtime ?? settings.runtime
    settings.upstream = upstream ?? settings.upstream
    settings.systemBus = systemBus ?? settings.systemBus
    try settings.check()
    return settings
  }
}

do {
  var daemon = try Axolotlyd.parse()
  try daemon.run()
} catch {
  // Help, version and exit statuses are the parser's to say; wrong usage is one line like every other fault.
  let status = Axolotlyd.exitCode(for: error)
  if status == .failure, !(error is ExitCode) { StartFailure(status: 70, "\(error)").exit() }
  guard status == .validationFailure else { Axolotlyd.exit(withError: error) }
  let message = Axolotlyd.message(for: error).split(separator: "\n").joined(separator: " ")
  StartFailure(status: ExitCode.validationFailure.rawValue, message + "; see axolotlyd --help").exit()
}
