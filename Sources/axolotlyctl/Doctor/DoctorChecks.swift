import AgentCore
import Diagnosis
import FoundationEssentials
import LocalAPI
import SystemdHost
import UpstreamClient

/// The checks of `doctor`: each on a thread of its own, all of them awaited for the same bounded time.
struct DoctorChecks {
  var state: String
  var socket: String
  var upstream: String?

  /// How long all checks together may take.
  static let patience = Duration.seconds(9)
  /// How long the upstream is given.
  private static let upstreamPatience = Duration.seconds(7)
  private static let daemonPatience = Duration.seconds(5)

  private typealias Check = @Sendable () -> [Finding]

  /// Runs all of them; one that does not come back in time is an error by itself.
  func run() -> [Finding] {
    let parts: [(promised: [Finding.Check], check: Check)] = [
      ([.service], { [Self.service()] }),
      ([.launchSocket], { [Self.launchSocket()] }),
      ([.systemBus], { [Self.systemBus()] }),
      ([.caller], { [Self.caller()] }),
      ([.freeSpace], { [freeSpace()] }),
      ([.stateDirectory], { [stateDirectory()] }),
      ([.privateSocket, .pairing, .policy, .replica, .journal, .health], daemon),
      ([.upstream, .certificate, .clock, .nameResolution], reach),
    ]
    let deadline = SystemClocks.boot() + Self.patience
    let awaited = parts.map { part in
      try? Awaited<[Finding]> {
        let start = SystemClocks.boot()
        var findings = part.check()
        let took = (SystemClocks.boot() - start).wholeMilliseconds
        for position in findings.indices { findings[position].milliseconds = took }
        return findings
      }
    }
    return parts.indices.flatMap { index in
      awaited[index]?.wait(until: deadline)
        ?? parts[index].promised.prefix(1).map {
          Finding(
            $0, .error, "no answer within \(Self.patience.wholeSeconds) s",
            remedy: $0 == .privateSocket
              ? "systemctl restart axolotlyd; its reason: journalctl -u axolotlyd -n 20"
              : "run it again; if it stays so, restart the box")
        }
    }
  }

  // MARK: The service manager and its bus

  private static func unit(_ name: String, _ check: Finding.Check, _ conclude: (Finding.Unit) -> Finding) -> Finding {
    do {
      let unit = try ServiceUnit.read(name)
      let isService = check == .service
      return conclude(
        Finding.Unit(
          loadState: unit.loadState, activeState: unit.activeState, result: unit.result, exitStatus: unit.exitStatus,
          restarts: unit.restarts, statusText: unit.statusText, dropIns: unit.dropIns,
          user: isService ? unit.user : Finding.daemonUser))
    } catch {
      return Finding(check, .skipped, "systemd cannot be asked: \(error)")
    }
  }

  private static func service() -> Finding { unit("axolotlyd.service", .service, Finding.service) }
  private static func launchSocket() -> Finding { unit("axolotly-launch.socket", .launchSocket, Finding.launchSocket) }

  private static func systemBus() -> Finding {
    do {
      let bus = try SystemBusQuestion(patienceMicroseconds: 4_000_000)
      guard bus.isOwned(Agent1.busName) else {
        return Finding(
          .systemBus, .warning, "nobody owns \(Agent1.busName); the private socket may serve all the same",
          remedy: "ls /usr/share/dbus-1/system.d/com.axolotly.Agent1.conf; systemctl reload dbus; axolotlyctl status")
      }
      return Finding(.systemBus, .ok, "\(Agent1.busName) has an owner")
    } catch {
      // Where the bus's own directory is, a box has a bus; one without a broker is served by the private socket alone.
      guard (try? FileFacts.read(busDirectory)) != nil else { return Finding(.systemBus, .skipped, "\(error)") }
      return Finding(
        .systemBus, .warning, "\(error); the private socket serves all the same",
        remedy: "systemctl start dbus.socket dbus; its reason: journalctl -u dbus -n 20")
    }
  }

  private static let busDirectory = "/run/dbus"

  private static func caller() -> Finding {
    Finding.caller(
      isRoot: Groups.ownUser == 0, isLauncher: Groups.contains(BusAccess.launcherGroup),
      isAdmin: Groups.contains(BusAccess.adminGroup), user: Groups.ownUser)
  }

  // MARK: The disk

  private func freeSpace() -> Finding {
    do {
      let (available, total) = try FileFacts.space(state)
      return Finding.freeSpace(available: available, total: total, path: state)
    } catch {
      return Finding(.freeSpace, .skipped, "\(error)")
    }
  }

  private func stateDirectory() -> Finding {
    do {
      let facts = try FileFacts.read(state)
      return Finding.stateDirectory(
        path: state, owner: facts.owner, mode: facts.mode, isDirectory: facts.isDirectory, wanted: Self.daemonsUser)
    } catch let error as HostError where error.code == .permission {
      return Finding(.stateDirectory, .skipped, "this user may not look at \(state)")
    } catch {
      return Finding(
        .stateDirectory, .warning, "\(error)", remedy: "it is made when the daemon starts: systemctl start axolotlyd")
    }
  }

  /// Whom the service runs as, a drop-in included.
  private static var daemonsUser: UInt32 {
    guard let unit = try? ServiceUnit.read("axolotlyd.service"), unit.loadState == "loaded" else {
      return Groups.user(Finding.daemonUser) ?? Groups.ownUser
    }
    return unit.user.isEmpty ? 0 : Groups.user(unit.user) ?? Groups.ownUser
  }

  // MARK: The daemon

  private func daemon() -> [Finding] {
    // A call to the socket that systemd holds would start a stopped daemon; a doctor changes nothing.
    if let unit = try? ServiceUnit.read("axolotlyd.service"), unit.loadState == "loaded",
      ["inactive", "failed"].contains(unit.activeState), socket == Agent1.defaultSocket
    {
      let reason = "the service is \(unit.activeState), and a call would start it"
      return [Finding(.privateSocket, .skipped, reason)] + unseen("the daemon does not run")
    }
    let start = SystemClocks.boot()
    do {
      let connection = try AgentConnection(socketPath: socket)
      let answer = try connection.device("Status", within: Self.daemonPatience)
      let took = (SystemClocks.boot() - start).wholeMilliseconds
      let status = try Document<StatusDocument>(answer).content
      return [Finding.privateSocket(.answered(milliseconds: took))] + Finding.ofStatus(status)
    } catch let failure as CommandFailure where failure.status == .accessDenied {
      return [Finding.privateSocket(.refused(failure.message))]
        + unseen("only root and group axolotly-admin may see it")
    } catch let error as HostError where error.code == .notRunning {
      return [Finding.privateSocket(.notRunning(error.message))] + unseen("the daemon does not answer")
    } catch {
      return [Finding.privateSocket(.silent("\((error as? CommandFailure)?.message ?? "\(error)")"))]
        + unseen("the daemon does not answer")
    }
  }

  private func unseen(_ reason: String) -> [Finding] {
    [Finding.Check.pairing, .policy, .replica, .journal, .health].map { Finding($0, .skipped, reason) }
  }

  // MARK: The upstream

  /// One request: the time, which needs no credentials.
  private func reach() -> [Finding] {
    guard let address = address() else {
      return [
        Finding(
          .upstream, .warning, "no upstream is set",
          remedy: "write {\"upstream\": \"https://…\"} into /etc/axolotly/agent.d/50-upstream.json")
      ]
    }
    let start = SystemClocks.boot()
    let result = request(address + "/c/v1/time")
    let took = (SystemClocks.boot() - start).wholeMilliseconds
    let name = Finding(.nameResolution, .ok, "the upstream's name is known")
    switch result {
    case .success(let response):
      var findings = Finding.upstream(.answered(status: response.status, milliseconds: took), address: address) + [name]
      if let date = response.date {
        findings.append(Finding.clock(offsetSeconds: SystemClocks.read().wallSeconds - date.seconds))
      }
      return findings
    case .failure(let failure):
      let findings = Finding.upstream(Self.reached(failure), address: address)
      guard failure == .nameResolution else { return findings }
      return findings + [
        Finding(
          .nameResolution, .error, "the name in \(address) is not known",
          remedy: "check the network's name server (resolvectl status, or /etc/resolv.conf)")
      ]
    }
  }

  private static func reached(_ failure: TransportFailure) -> Finding.Reached {
    switch failure {
    case .nameResolution: .noName
    case .connect: .noConnection
    case .tls(let text): .badCertificate(text)
    case .captivePortal: .captivePortal
    case .proxy: .proxy
    case .timedOut: .late
    case .interrupted: .other("the connection broke off")
    case .tooLarge, .mismatch, .malformed: .other("it does not speak as an upstream does")
    case .local(let text): .other(text)
    }
  }

  private func request(_ url: String) -> Result<HTTPResponse, TransportFailure> {
    let settings = DoctorSettings.read()
    var transportSettings = HTTPTransport.Settings()
    transportSettings.extraCAFile = settings.extraCA
    if let proxy = settings.proxy { transportSettings.proxy = .address(proxy) }
    let hasher = { @Sendable in StreamHasher(update: { _ in }, finishHex: { "" }) }
    guard let answer = try? Awaited<Result<HTTPResponse, TransportFailure>>(),
      let transport = try? HTTPTransport(settings: transportSettings, makeHasher: hasher)
    else { return .failure(.local("no transport can be made")) }
    defer { transport.stop() }
    let request = HTTPRequest(
      method: .get, url: url, timeout: Self.upstreamPatience, freshConnection: true,
      sink: .memory(limit: Limits.otherBodyBytes))
    transport.send(request, id: RequestID(1)) { answer.fulfil($0) }
    return answer.wait(until: SystemClocks.boot() + Self.upstreamPatience + .seconds(1)) ?? .failure(.timedOut)
  }

  /// The endpoint that the box uses: what it is paired with, else what the settings name.
  private func address() -> String? {
    struct Identity: Decodable {
      struct Paired: Decodable { var endpoints: [String] }
      var identity: Paired?
    }
    let file = try? ReadFile.bytes(state + "/identity.json", limit: 64 << 10)
    let identity = file.flatMap(\.self).flatMap { try? JSONDecoder().decode(Identity.self, from: Data($0)) }
    return identity?.identity?.endpoints.first ?? upstream ?? DoctorSettings.read().upstream ?? daemonsUpstream
  }

  /// What a daemon that was told by an option or its environment asks.
  private var daemonsUpstream: String? {
    let answer = try? AgentConnection(socketPath: socket).device("Status", within: Self.daemonPatience)
    return answer.flatMap { try? Document<StatusDocument>($0).content.upstream }
  }
}
