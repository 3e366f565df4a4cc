import Glibc
import SystemdHost

/// A message bus of a test's own: `dbus-daemon` with the rules of a system bus.
final class Broker {
  static let program = "/usr/bin/dbus-daemon"
  static let isInstalled = Files.exists(program)
  static let reason = "\(program) is not installed; packaging/install-deps installs it"

  let directory = TemporaryDirectory()
  private let wrapper: [String]
  private(set) var process: ChildProcess?

  var address: String { "unix:path=\(directory.file("system_bus_socket"))" }

  /// - Parameter wrapper: a command that becomes the broker.
  init(through wrapper: [String] = []) {
    self.wrapper = wrapper
    _ = directory.directory("system.d", mode: 0o755)
    directory.openToOthers()
    directory.write(configuration, to: "bus.conf", mode: 0o644)
  }

  /// As in the stock configuration of a system bus: no name may be owned and no method called unless a file says so.
  private var configuration: String {
    """
    <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
     "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
    <busconfig>
      <listen>\(address)</listen>
      <auth>EXTERNAL</auth>
      <policy context="default">
        <allow user="*"/>
        <deny own="*"/>
        <deny send_type="method_call"/>
        <allow send_type="signal"/>
        <allow send_requested_reply="true" send_type="method_return"/>
        <allow send_requested_reply="true" send_type="error"/>
        <allow receive_type="method_call"/>
        <allow receive_type="method_return"/>
        <allow receive_type="error"/>
        <allow receive_type="signal"/>
        <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus"/>
        <deny send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus"
          send_member="UpdateActivationEnvironment"/>
      </policy>
      <includedir>\(directory.file("system.d"))</includedir>
    </busconfig>

    """
  }

  /// The policy file as it is installed; it lets root own the name, and the users of `SystemUsers` in.
  func installPolicy() {
    directory.write(
      Files.text(Repository.file("systemd/com.axolotly.Agent1.conf")), to: "system.d/com.axolotly.Agent1.conf",
      mode: 0o644)
  }

  /// A policy that lets everybody do everything, for tests of the connection alone.
  func allowEverything() {
    directory.write(
      """
      <busconfig><policy context="default"><allow own="*"/><allow send_destination="*"/></policy></busconfig>
      """, to: "system.d/everything.conf", mode: 0o644)
  }

  /// Starts it and waits until it listens.
  func start() throws {
    let process = try ChildProcess(
      Self.program, ["--config-file=\(directory.file("bus.conf"))", "--nofork", "--nopidfile", "--print-address"],
      in: directory, through: wrapper)
    _ = try process.firstLine(until: .soon)
    self.process = process
  }

  func kill() throws {
    try process?.kill()
    process = nil
  }

  /// It reads its configuration again.
  func reload() { process?.send(signal: SIGHUP) }

  /// Whether somebody owns the agent's name.
  func hasAgent() throws -> Bool {
    let result = try CommandResult.of(
      "/usr/bin/dbus-send",
      [
        "--bus=\(address)", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
        "org.freedesktop.DBus.NameHasOwner", "string:com.axolotly.Agent1",
      ], through: wrapper)
    return result.output.contains("true")
  }

  var log: String { "-- broker\n" + (process?.log ?? "") }
}
