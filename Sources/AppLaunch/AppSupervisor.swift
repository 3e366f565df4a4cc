import AgentCore
import CProcess
import Glibc

/// Runs one app for the agent and ends with its connection: what `axolotly-launch` does.
///
/// It is a subreaper, so that whatever the app starts stays its descendant, with a session of its own or after a double fork as
/// well. It ends when the connection closes, when it is told to (SIGTERM), or when the app has ended: an app that ends with an
/// error has ended with all that it started; one that ends well goes on while anything of it runs. Single-threaded.
package final class AppSupervisor {
  private let connection: Int32
  private let signals: Int32
  private var app: pid_t = 0
  private var status: Int32?

  /// From SIGTERM to SIGKILL, and for the request to arrive.
  package static let patience = Duration.seconds(10)
  /// Between two rounds of SIGKILL, while a dying process may still leave orphans.
  private static let killInterval = Duration.milliseconds(50)

  /// - Parameter connection: a stream socket to the agent.
  /// - Throws: `AppLaunchError` where the system refuses what it needs.
  package init(connection: Int32) throws {
    self.connection = connection
    _ = signal(SIGPIPE, SIG_IGN)
    let wanted = [SIGCHLD, SIGTERM, SIGINT]
    signals = unsafe axolotly_signal_descriptor(wanted, Int32(wanted.count))
    guard signals >= 0 else { throw AppLaunchError("signalfd", -signals, "signals cannot be waited for") }
    let result = axolotly_become_subreaper()
    guard result == 0 else { throw AppLaunchError("prctl", -result, "descendants cannot be kept together") }
  }

  deinit { _ = close(signals) }

  /// Serves the connection to its end.
  /// - Throws: `AppLaunchError` where the agent's request cannot be understood.
  package func run() throws {
    let request = try receive()
    if let directory = request.directory { makeDirectory(directory) }
    let result = AppProcess.start(request.arguments)
    switch result {
    case .failure(let failure): return say(.notStarted(errorNumber: failure.number))
    case .success(let process): app = process
    }
    say(.started(process: app))
    watch()
    stop()
  }

  // MARK: The connection

  private func receive() throws -> AppRequest {
    let deadline = Self.now + Self.patience
    let header = try receive(AppRequest.headerBytes, until: deadline)
    guard let length = AppRequest.bodyBytes(of: header) else {
      throw AppLaunchError("read", EPROTO, "the request does not begin as one")
    }
    guard let request = AppRequest(body: try receive(length, until: deadline)) else {
      throw AppLaunchError("read", EPROTO, "the request names no program")
    }
    return request
  }

  private func receive(_ count: Int, until deadline: Duration) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      guard wait(for: [connection], until: deadline).contains(connection) else {
        throw AppLaunchError("poll", ETIMEDOUT, "the request did not arrive")
      }
      let got = unsafe bytes.withUnsafeMutableBytes {
        unsafe read(connection, $0.baseAddress?.advanced(by: filled), count - filled)
      }
      if got < 0, errno == EINTR || errno == EAGAIN { continue }
      guard got > 0 else { throw AppLaunchError("read", got == 0 ? EPIPE : errno, "the request broke off") }
      filled += got
    }
    return bytes
  }

  private func say(_ report: AppReport) {
    let line = Array((report.line + "\n").utf8)
    _ = unsafe line.withUnsafeBytes { unsafe write(connection, $0.baseAddress, $0.count) }
  }

  private func makeDirectory(_ path: String) {
    var current = ""
    for part in path.split(separator: "/") {
      current += "/" + part
      _ = unsafe mkdir(current, 0o700)
    }
  }

  // MARK: The app

  /// Until the app has ended, the connection has, or somebody tells it to stop.
  private func watch() {
    while true {
      let ready = wait(for: [connection, signals], until: nil)
      if ready.contains(signals) {
        while case let number = axolotly_next_signal(signals), number != 0 {
          if number == SIGTERM || number == SIGINT { return }
        }
        let hasChildren = reap()
        if let status, status != 0 || !hasChildren { return sayEnd(status) }
      }
      // The agent says nothing more: what can be read is the end.
      if ready.contains(connection) { return }
    }
  }

  private func sayEnd(_ status: Int32) {
    let signal = status & 0x7F
    say(signal == 0 ? .exited(code: status >> 8 & 0xFF) : .signalled(number: signal))
  }

  /// Takes in whoever has died; returns whether children are left.
  private func reap() -> Bool {
    while true {
      var raw: Int32 = 0
      let process = unsafe waitpid(-1, &raw, WNOHANG)
      if process == app { status = raw }
      if process == 0 { return true }
      if process < 0, errno != EINTR { return false }
    }
  }

  /// Ends every descendant: asked first, killed when the patience is over.
  private func stop() {
    guard reap() else { return }
    for process in Descendants.all() {
      kill(process, SIGTERM)
      // A stopped one would not hear it.
      kill(process, SIGCONT)
    }
    let deadline = Self.now + Self.patience
    while reap(), Self.now < deadline {
      if wait(for: [signals], until: deadline).contains(signals) {
        while axolotly_next_signal(signals) != 0 {}
      }
    }
    while reap() {
      for process in Descendants.all() { kill(process, SIGKILL) }
      if wait(for: [signals], until: Self.now + Self.killInterval).contains(signals) {
        while axolotly_next_signal(signals) != 0 {}
      }
    }
  }

  // MARK: Waiting

  /// The descriptors that can be read, or have ended; none when the deadline has come.
  private func wait(for descriptors: [Int32], until deadline: Duration?) -> Set<Int32> {
    while true {
      var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      let left = deadline.map { max(.zero, $0 - Self.now) }
      let milliseconds =
        left.map {
          Int32(clamping: $0.components.seconds * 1_000 + $0.components.attoseconds / 1_000_000_000_000_000 + 1)
        } ?? -1
      let count = unsafe poll(&entries, nfds_t(entries.count), milliseconds)
      if count > 0 { return Set(entries.filter { $0.revents != 0 }.map(\.fd)) }
      if count == 0 || errno != EINTR { return [] }
    }
  }

  /// CLOCK_MONOTONIC: a suspended box does not run out of patience.
  private static var now: Duration {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
