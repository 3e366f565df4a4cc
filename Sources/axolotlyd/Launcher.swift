import AgentCore
import AppLaunch
import SystemdHost

/// Starts and stops apps for the core, each through a connection of its own to `axolotly-launch`.
///
/// Under systemd it connects to the launch socket, so that an app runs as the launcher's user in a unit of its own; the service
/// manager keeps the connection over a restart. Elsewhere it starts the program beside itself. Confined to the loop's thread.
final class Launcher {
  /// Names of connections in the service manager's store begin so; the session's id follows.
  private static let storePrefix = "app-"
  /// Where apps run by systemd keep what belongs to a profile (StateDirectory= of axolotly-launch@.service).
  private static let appsDirectory = "/var/lib/axolotly-apps"

  private let loop: EventLoop
  private let log: Log
  private let socket: String
  private let ownDirectory: String
  private let post: (Event) -> Void
  private var apps: [String: App] = [:]
  /// The last unit that was asked for ended before it could say a word.
  private var hasUnitFailed = false
  /// Runs while what apps keep is being erased.
  private var eraser: LineConnection?

  private struct App {
    var connection: LineConnection
    var program: String
    var hasStarted: Bool
  }

  /// - Parameter post: takes events for the core's queue.
  init(loop: EventLoop, log: Log, runtime: String, state: String, post: @escaping (Event) -> Void) {
    self.loop = loop
    self.log = log
    self.post = post
    socket = runtime + "/launch.sock"
    ownDirectory = state + "/profiles"
  }

  /// Whether a launch may work now: a person who mended it need not launch anything to see that.
  var isAvailable: Bool { hasSocket ? !hasUnitFailed : !ServiceManager.startedThisProcess }

  private var hasSocket: Bool { SocketFile.isThere(socket) }

  /// The directory of a handler for a profile.
  func directory(handler: String, profile: String) -> String {
    "\(hasSocket ? Self.appsDirectory : ownDirectory)/\(handler)/\(profile)"
  }

  /// Takes up what the service manager kept; the sessions' ids.
  func takeUp(_ passed: PassedDescriptors) -> [String] {
    var sessions: [String] = []
    for name in passed.names where name.hasPrefix(Self.storePrefix) {
      let session = String(name.dropFirst(Self.storePrefix.count))
      do {
        let connection = try LineConnection.passed(
          name, by: passed, loop, onLine: { [unowned self] in hear($0, session) },
          onEnd: { [unowned self] in hearEnd(session) })
        guard let connection else { continue }
        apps[session] = App(connection: connection, program: "", hasStarted: true)
        sessions.append(session)
      } catch {
        log(.warning, "an app that lived on cannot be taken up", [("cause", "\(error)")])
      }
    }
    return sessions
  }

  func launch(_ plan: LaunchBook.Plan, session: String) {
    let program = plan.argv.first ?? ""
    guard let request = AppRequest(arguments: plan.argv, directory: plan.directory).bytes else {
      return post(.appFailed(session: session, .notStarted("\(program): its arguments are too long")))
    }
    do {
      let connection = try connect(session)
      apps[session] = App(connection: connection, program: program, hasStarted: false)
      connection.store(as: Self.storePrefix + session)
      try connection.send(request)
    } catch {
      forget(session)
      post(.appFailed(session: session, .unavailable(unavailable(error))))
    }
  }

  func stop(session: String) {
    apps[session]?.connection.end()
    forget(session)
  }

  /// Erases what apps that systemd runs keep of profiles. It belongs to the launcher's user, so it is that user who erases it, by
  /// the way that apps are started. What the daemon's own apps keep goes with the state directory.
  ///
  /// An app that is still closing may write after it; the next start of an unpaired box erases that.
  func eraseProfiles() {
    guard hasSocket, eraser == nil else { return }
    let arguments = ["/usr/bin/find", Self.appsDirectory, "-mindepth", "1", "-delete"]
    do {
      let connection = try LineConnection.connect(
        to: socket, loop, onLine: { [unowned self] in hearEraser($0) }, onEnd: { [unowned self] in eraser = nil })
      eraser = connection
      if let request = AppRequest(arguments: arguments, directory: nil).bytes { try connection.send(request) }
    } catch {
      eraser = nil
      log(.error, "what apps keep of profiles is not erased yet; the next start tries again", [("cause", "\(error)")])
    }
  }

  private func hearEraser(_ line: String) {
    switch AppReport(line: line) {
    case .started, .exited(code: 0): break
    case .notStarted, .exited, .signalled, nil:
      log(
        .error, "what apps keep of profiles is not erased yet; the next start tries again",
        [("directory", Self.appsDirectory), ("end", line)])
    }
  }

  private func connect(_ session: String) throws -> LineConnection {
    let onLine: (String) -> Void = { [unowned self] in hear($0, session) }
    let onEnd: () -> Void = { [unowned self] in hearEnd(session) }
    if hasSocket || ServiceManager.startedThisProcess {
      return try LineConnection.connect(to: socket, loop, onLine: onLine, onEnd: onEnd)
    }
    return try LineConnection.start(
      OwnPrograms.path(of: "axolotly-launch"), loop, onLine: onLine, onEnd: onEnd)
  }

  private func unavailable(_ error: any Error) -> String {
    guard hasSocket || ServiceManager.startedThisProcess else {
      return "\(error): install axolotly-launch beside axolotlyd"
    }
    return "apps cannot be started through \(socket); run: systemctl enable --now axolotly-launch.socket"
  }

  private func forget(_ session: String) {
    guard apps.removeValue(forKey: session) != nil else { return }
    LineConnection.forget(Self.storePrefix + session)
  }

  private func hear(_ line: String, _ session: String) {
    guard let app = apps[session] else { return }
    switch AppReport(line: line) {
    case .started:
      apps[session]?.hasStarted = true
      if hasUnitFailed { post(.launcherAvailable) }
      hasUnitFailed = false
      post(.appStarted(session: session))
    case .notStarted(let number): fail(session, "\(app.program): \(AppLaunchError.text(number))")
    case .exited(let code): ended(session, .exited(code))
    case .signalled(let number): ended(session, .signalled(number))
    case nil: log(.warning, "axolotly-launch said what nobody understands", [("session", session)])
    }
  }

  private func hearEnd(_ session: String) {
    guard let app = apps[session] else { return }
    if app.hasStarted { return ended(session, .vanished) }
    guard hasSocket else { return fail(session, "axolotly-launch ended without a word") }
    hasUnitFailed = true
    forget(session)
    post(
      .appFailed(
        session: session,
        .unavailable(
          "axolotly-launch@.service did not run; its reason: journalctl -u 'axolotly-launch@*' (217/USER: the user of its drop-in does not exist)"
        )))
  }

  /// The connection closes when axolotly-launch has cleared up; until then it is left alone.
  private func ended(_ session: String, _ end: LaunchBook.End) {
    forget(session)
    post(.appEnded(session: session, end))
  }

  private func fail(_ session: String, _ cause: String) {
    forget(session)
    post(.appFailed(session: session, .notStarted(cause)))
  }
}
