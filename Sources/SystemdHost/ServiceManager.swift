package import AgentCore
import CSystemd
import Glibc

/// What the daemon tells the service manager (sd_notify); without one every call does nothing.
package enum ServiceManager {
  /// A change of the service's state.
  package enum State: Sendable {
    case ready
    /// Reading the settings again; `ready` ends it. Carries CLOCK_MONOTONIC, as Type=notify-reload wants.
    case reloading
    case stopping
    /// The start or stop takes up to this much longer from now.
    case extendTimeout(Duration)
  }

  /// Whether a service manager listens (`NOTIFY_SOCKET`).
  package static var isUnderSystemd: Bool { unsafe getenv("NOTIFY_SOCKET") != nil }

  /// Tells a state, a line for `systemctl status`, or both; never waits for a service manager that does not read.
  ///
  /// False where it was not taken and can be told again; true without a service manager, too.
  @discardableResult
  package static func notify(_ state: State?, status: String?) -> Bool {
    let message = message(state, status: status, now: SystemClocks.read().play)
    guard !message.isEmpty, let socket = unsafe getenv("NOTIFY_SOCKET") else { return true }
    return unsafe axolotly_notify(socket, message, message.utf8.count, -1) >= 0
  }

  /// How often the manager wants to hear from this process at least; nil where it does not (sd_watchdog_enabled(3)).
  static var watchdogMicroseconds: UInt64? {
    var interval: UInt64 = 0
    return unsafe sd_watchdog_enabled(0, &interval) > 0 && interval > 0 ? interval : nil
  }

  /// Tells that the process lives; what a busy manager does not take is told the next time.
  static func feedWatchdog() {
    let message = "WATCHDOG=1"
    guard let socket = unsafe getenv("NOTIFY_SOCKET") else { return }
    _ = unsafe axolotly_notify(socket, message, message.utf8.count, -1)
  }

  /// Whether systemd started this very process as a service (systemd.exec(5), `SYSTEMD_EXEC_PID`).
  package static var startedThisProcess: Bool {
    guard let text = unsafe getenv("SYSTEMD_EXEC_PID") else { return false }
    return unsafe pid_t(String(cString: text)) == getpid()
  }

  /// Gives a copy of a descriptor to the manager's store, which hands it over at the next start under this name; the manager
  /// drops the copy when the other end closes (`FileDescriptorStoreMax=`).
  static func store(_ descriptor: Int32, as name: String) {
    let message = "FDSTORE=1\nFDNAME=\(name)"
    guard let socket = unsafe getenv("NOTIFY_SOCKET") else { return }
    _ = unsafe axolotly_notify(socket, message, message.utf8.count, descriptor)
  }

  /// Takes the copies of this name out of the store.
  static func forget(_ name: String) {
    let message = "FDSTOREREMOVE=1\nFDNAME=\(name)"
    guard let socket = unsafe getenv("NOTIFY_SOCKET") else { return }
    _ = unsafe axolotly_notify(socket, message, message.utf8.count, -1)
  }

  /// The lines of sd_notify(3) for a state and a status; line breaks within the status become spaces.
  package static func message(_ state: State?, status: String?, now: PlayTime) -> String {
    var lines: [String] = []
    switch state {
    case nil: break
    case .ready: lines.append("READY=1")
    case .reloading: lines += ["RELOADING=1", "MONOTONIC_USEC=\(now.nanoseconds / 1_000)"]
    case .stopping: lines.append("STOPPING=1")
    case .extendTimeout(let duration): lines.append("EXTEND_TIMEOUT_USEC=\(duration.nanoseconds / 1_000)")
    }
    if let status { lines.append("STATUS=" + status.split(whereSeparator: \.isNewline).joined(separator: " ")) }
    return lines.joined(separator: "\n")
  }
}
