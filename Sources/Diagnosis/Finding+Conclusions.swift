// What is concluded from what was seen: pure functions, one a check.
extension Finding {
  /// A unit as the service manager has it.
  package struct Unit: Sendable, Equatable {
    package var loadState: String
    package var activeState: String
    package var result: String
    package var exitStatus: Int32
    package var restarts: UInt32
    package var statusText: String
    package var dropIns: [String]
    /// Whom it runs as; empty for root.
    package var user: String

    package init(
      loadState: String, activeState: String, result: String = "success", exitStatus: Int32 = 0, restarts: UInt32 = 0,
      statusText: String = "", dropIns: [String] = [], user: String = daemonUser
    ) {
      self.loadState = loadState
      self.activeState = activeState
      self.result = result
      self.exitStatus = exitStatus
      self.restarts = restarts
      self.statusText = statusText
      self.dropIns = dropIns
      self.user = user
    }
  }

  /// Whom the installed unit runs the daemon as.
  package static let daemonUser = "axolotly"

  package static func service(_ unit: Unit) -> Finding {
    let changed = unit.dropIns.isEmpty ? "" : "; changed by \(unit.dropIns.joined(separator: ", "))"
    switch (unit.loadState, unit.activeState) {
    case ("masked", _):
      return Finding(
        .service, .error, "axolotlyd.service is masked",
        remedy: "systemctl unmask axolotlyd; systemctl enable --now axolotlyd")
    case ("loaded", _) where unit.user != daemonUser:
      return Finding(
        .service, .error, "it runs as \(unit.user.isEmpty ? "root" : unit.user), not as \(daemonUser)\(changed)",
        remedy:
          "take User= out of \(unit.dropIns.last ?? "the unit"), then: systemctl daemon-reload; systemctl restart axolotlyd"
      )
    case ("not-found", _):
      return Finding(.service, .error, "there is no axolotlyd.service", remedy: "install the package axolotly-agent")
    case ("loaded", "active"):
      let restarts = unit.restarts == 0 ? "" : ", restarted \(unit.restarts) times"
      return Finding(
        .service, unit.restarts < 3 ? .ok : .warning, "active, \(unit.statusText)\(restarts)\(changed)",
        remedy: unit.restarts < 3 ? nil : "its reason: journalctl -u axolotlyd -p warning")
    case ("loaded", "inactive") where unit.result == "success":
      return Finding(.service, .error, "it is stopped\(changed)", remedy: "systemctl start axolotlyd")
    case ("loaded", let state) where unit.exitStatus == 78:
      return Finding(
        .service, .error, "it is \(state), exit status 78: it cannot obey its settings\(changed)",
        remedy: "axolotlyd --check says what is wrong; then: systemctl restart axolotlyd")
    case ("loaded", let state):
      return Finding(
        .service, .error, "it is \(state), last result \(unit.result), exit status \(unit.exitStatus)\(changed)",
        remedy: unit.dropIns.isEmpty
          ? "its reason: journalctl -u axolotlyd -n 20; then: systemctl restart axolotlyd"
          : "look at \(unit.dropIns.joined(separator: ", ")) and journalctl -u axolotlyd -n 20; then: systemctl restart axolotlyd"
      )
    case (let load, _):
      return Finding(
        .service, .error, "its unit cannot be read (\(load))\(changed)",
        remedy: "systemd-analyze verify axolotlyd.service; systemctl revert axolotlyd takes all changes back")
    }
  }

  package static func launchSocket(_ unit: Unit) -> Finding {
    let unmask = unit.loadState == "masked" ? "systemctl unmask axolotly-launch.socket; " : ""
    return switch (unit.loadState, unit.activeState) {
    case ("loaded", "active"): Finding(.launchSocket, .ok, "axolotly-launch.socket listens")
    case ("not-found", _):
      Finding(.launchSocket, .error, "there is no axolotly-launch.socket", remedy: "install the package axolotly-agent")
    case (let load, let state):
      Finding(
        .launchSocket, .error,
        "axolotly-launch.socket is \(load == "loaded" ? state : "\(load) and \(state)"): no app can be opened",
        remedy: unmask + "systemctl enable --now axolotly-launch.socket")
    }
  }

  /// What a call on the private socket came to.
  package enum SocketAnswer: Sendable, Equatable {
    case answered(milliseconds: Int64)
    case notRunning(String)
    case refused(String)
    case silent(String)
  }

  package static func privateSocket(_ answer: SocketAnswer) -> Finding {
    switch answer {
    case .answered(let milliseconds): Finding(.privateSocket, .ok, "answered after \(milliseconds) ms")
    case .notRunning(let text):
      Finding(.privateSocket, .error, text, remedy: "systemctl start axolotlyd.socket axolotlyd")
    case .refused(let text): Finding(.privateSocket, .warning, text, remedy: "run it as root, or see 'caller'")
    case .silent(let text):
      Finding(
        .privateSocket, .error, text, remedy: "systemctl restart axolotlyd; its reason: journalctl -u axolotlyd -n 20")
    }
  }

  /// Root sees everything; others by their groups.
  package static func caller(isRoot: Bool, isLauncher: Bool, isAdmin: Bool, user: UInt32) -> Finding {
    if isRoot { return Finding(.caller, .ok, "root, who may do everything") }
    if isAdmin { return Finding(.caller, .ok, "user \(user) is in group axolotly-admin") }
    if isLauncher {
      return Finding(
        .caller, .warning, "user \(user) is in group axolotly alone: what is the device's is not shown",
        remedy: "run it as root, or: usermod --append --groups axolotly-admin USER, and log in again")
    }
    return Finding(
      .caller, .error, "user \(user) is in neither group axolotly nor axolotly-admin",
      remedy: "usermod --append --groups axolotly USER (a launcher) or axolotly-admin (a technician), and log in again")
  }

  package static func freeSpace(available: Int64, total: Int64, path: String) -> Finding {
    let text = "\(available >> 20) MiB of \(total >> 20) MiB free at \(path)"
    if available < spaceNeeded {
      return Finding(
        .freeSpace, .error, text, remedy: "free space on that file system; usage and screen time cannot be kept")
    }
    return available < spaceWanted
      ? Finding(.freeSpace, .warning, text, remedy: "free space on that file system before it is full")
      : Finding(.freeSpace, .ok, text)
  }

  /// Below it nothing can be kept; below the other a shelf may not fit. Bytes.
  package static let spaceNeeded: Int64 = 8 << 20
  package static let spaceWanted: Int64 = 128 << 20

  package static func stateDirectory(
    path: String, owner: UInt32, mode: UInt32, isDirectory: Bool = true, wanted: UInt32
  ) -> Finding {
    guard isDirectory else {
      return Finding(
        .stateDirectory, .error, "\(path) is no directory",
        remedy: "mv \(path) \(path).old; systemctl reset-failed axolotlyd; systemctl restart axolotlyd")
    }
    if owner != wanted {
      return Finding(
        .stateDirectory, .error, "\(path) belongs to user \(owner), the daemon runs as \(wanted)",
        remedy: "chown -R axolotly:axolotly \(path); systemctl restart axolotlyd")
    }
    if mode & 0o077 != 0 {
      return Finding(
        .stateDirectory, .error, "\(path) is open to others (mode \(String(mode & 0o777, radix: 8)))",
        remedy: "chmod 700 \(path); systemctl restart axolotlyd")
    }
    return Finding(.stateDirectory, .ok, "\(path), mode \(String(mode & 0o777, radix: 8)), the daemon's own")
  }

  package static func clock(offsetSeconds: Int64) -> Finding {
    abs(offsetSeconds) < clockTolerance
      ? Finding(.clock, .ok, "\(offsetSeconds) s from the upstream's")
      : Finding(
        .clock, .warning, "\(offsetSeconds) s from the upstream's; decisions go by trusted time all the same",
        remedy: "set the clock: timedatectl set-ntp true")
  }

  /// Seconds; the upstream allows as much in signatures.
  package static let clockTolerance: Int64 = 60

  /// What a request to the upstream came to.
  package enum Reached: Sendable, Equatable {
    case answered(status: Int, milliseconds: Int64)
    case noName
    case noConnection
    case badCertificate(String)
    case captivePortal
    case proxy
    case late
    case other(String)
  }

  package static func upstream(_ reached: Reached, address: String) -> [Finding] {
    func unreached(_ text: String, _ remedy: String) -> Finding { Finding(.upstream, .error, text, remedy: remedy) }
    let isSecure = address.hasPrefix("https://")
    let certificate =
      isSecure
      ? Finding(.certificate, .ok, "verified")
      : Finding(.certificate, .skipped, "\(address) is on this box: no certificate")
    let unseen = Finding(.certificate, .skipped, "no connection, so none was seen")
    switch reached {
    case .answered(let status, let milliseconds) where status < 300:
      return [Finding(.upstream, .ok, "\(address) answered after \(milliseconds) ms"), certificate]
    case .answered(let status, _):
      return [
        unreached(
          "\(address) answered \(status): no Axolotly upstream, or one with a fault",
          "check \"upstream\" in the settings"),
        certificate,
      ]
    case .noName:
      return [
        unreached("\(address): its name is not known", "check the network's name server, then: axolotlyctl sync"),
        unseen,
      ]
    case .noConnection:
      return [
        unreached("\(address): no connection", "check cable or Wi-Fi and the router, then: axolotlyctl sync"), unseen,
      ]
    case .badCertificate(let text):
      return [
        unreached("\(address): not trusted", "see 'certificate'"),
        Finding(
          .certificate, .error, text, remedy: "check the clock, ca-certificates, and \"extra_ca\" in the settings"),
      ]
    case .captivePortal:
      return [
        unreached("this network asks to sign in first", "sign in with a browser, or use another network"), unseen,
      ]
    case .proxy: return [unreached("the proxy refused", "check \"proxy\" in the settings"), unseen]
    case .late:
      return [unreached("\(address): no answer in time", "check the network, then: axolotlyctl sync"), unseen]
    case .other(let text):
      return [unreached("\(address): \(text)", "axolotlyctl status names what the daemon saw"), unseen]
    }
  }
}
