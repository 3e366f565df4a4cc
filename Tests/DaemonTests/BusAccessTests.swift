import AgentCore
import LocalAPI
import SystemdHost
import Testing

extension DaemonTests {
  /// Promise 11: every method as root, as member of each group and as stranger, on the private socket and on a real bus
  /// with the policy file as it is installed.
  @Suite(
    .enabled(if: SystemUsers.arePossible, "\(SystemUsers.reason)"),
    .enabled(if: Broker.isInstalled, "\(Broker.reason)"))
  struct Access {
    /// Who may call; `launchers` are the group, administrators and root.
    enum Allowed { case launchers, administrators, launchersWhileUnpaired }

    struct Row {
      var method: String
      var arguments: [String] = []
      var allowed: Allowed
    }

    private static let launcher = "com.axolotly.Launcher1."
    private static let device = "com.axolotly.Device1."
    private static let get = "org.freedesktop.DBus.Properties.Get"

    /// A method that is not here fails `table_methods_areAllThere`.
    private static let table: [Row] = [
      Row(method: launcher + "Profiles", allowed: .launchers),
      Row(method: launcher + "SelectProfile", arguments: ["string:mia", "string:"], allowed: .launchers),
      Row(method: launcher + "Decide", arguments: ["string:", "string:tmdb:movie:1", "string:"], allowed: .launchers),
      Row(method: launcher + "Launch", arguments: ["string:", "string:", "string:no-app"], allowed: .launchers),
      Row(
        method: launcher + "Explain", arguments: ["string:", "string:tmdb:movie:1", "string:", "string:"],
        allowed: .launchers),
      Row(method: launcher + "RequestTitle", arguments: ["string:", "string:tmdb:movie:1"], allowed: .launchers),
      Row(method: launcher + "RequestTime", arguments: ["string:", "uint32:0"], allowed: .launchers),
      Row(method: launcher + "Standby", arguments: ["boolean:false"], allowed: .launchers),
      Row(method: launcher + "Resolve", arguments: ["string:", "string:tmdb:movie:1"], allowed: .launchers),
      Row(
        method: launcher + "Browse", arguments: ["string:", "string:", "string:", "uint32:0", "uint32:5"],
        allowed: .launchers),
      Row(
        method: launcher + "BeginSession", arguments: ["string:", "string:", "string:none", "string:"],
        allowed: .launchers),
      Row(method: launcher + "Playing", arguments: ["string:none"], allowed: .launchers),
      Row(method: launcher + "Paused", arguments: ["string:none"], allowed: .launchers),
      Row(method: launcher + "EndSession", arguments: ["string:none"], allowed: .launchers),
      Row(method: device + "Pair", allowed: .launchersWhileUnpaired),
      Row(method: device + "PairWithCode", arguments: ["string:BBBBBBBB"], allowed: .launchersWhileUnpaired),
      Row(method: device + "CancelPairing", allowed: .launchersWhileUnpaired),
      Row(method: device + "Status", allowed: .administrators),
      Row(method: device + "Sync", allowed: .administrators),
      Row(method: device + "UsageLog", arguments: ["uint32:5"], allowed: .administrators),
      Row(method: device + "Requests", allowed: .administrators),
      Row(method: device + "PolicyDocument", allowed: .administrators),
      Row(method: get, arguments: ["string:com.axolotly.Device1", "string:Paired"], allowed: .administrators),
      Row(method: get, arguments: ["string:com.axolotly.Device1", "string:Online"], allowed: .administrators),
      Row(method: get, arguments: ["string:com.axolotly.Device1", "string:PolicyVersion"], allowed: .administrators),
      Row(
        method: "org.freedesktop.DBus.Properties.GetAll", arguments: ["string:com.axolotly.Device1"],
        allowed: .administrators),
      Row(method: "org.freedesktop.DBus.Properties.GetAll", arguments: ["string:"], allowed: .administrators),
      // With a wrong PIN, so that nothing happens; administrators come after everybody else.
      Row(method: device + "Unpair", arguments: ["string:anna", "string:1357"], allowed: .launchers),
    ]

    private static func isAllowed(_ row: Row, _ caller: SystemUsers.Caller, isPaired: Bool) -> Bool {
      switch (caller, row.allowed) {
      case (.root, _), (.technician, _): true
      case (.launcher, .launchers): true
      case (.launcher, .launchersWhileUnpaired): !isPaired
      case (.launcher, .administrators), (.stranger, _): false
      }
    }

    @Test func table_methods_areAllThere() {
      let methods = [Agent1.launcher, Agent1.device].flatMap { interface in
        interface.methods.map { "\(interface.name).\($0.name)" }
      }
      #expect(Set(Self.table.map(\.method)).isSuperset(of: methods))
      let properties = [Agent1.launcher, Agent1.device].flatMap { interface in
        interface.properties.map { ["string:\(interface.name)", "string:\($0.name)"] }
      }
      let read = Self.table.filter { $0.method == Self.get }.map(\.arguments)
      #expect(Set(read) == Set(properties))
    }

    @Test func everyMethod_unpaired_isForWhoMayCallItAlone() throws {
      let (upstream, users) = (try Upstream(), SystemUsers())
      let (broker, box) = try Self.start(users, upstream)
      let launcher = try box.connect()
      try launcher.wait(for: "the name") { try broker.hasAgent() }
      try Self.check(users, Self.table, broker, box, isPaired: false)
    }

    @Test func everyMethod_paired_isForWhoMayCallItAlone() throws {
      let (upstream, users) = (try Upstream(), SystemUsers())
      try upstream.giveAnnaAPIN()
      let (broker, box) = try Self.start(users, upstream)
      let launcher = try box.connect()
      try launcher.pair(code: upstream.pairingCode())
      try launcher.wait(for: "the policy and the name") {
        let status = try launcher.status()
        return try status.policy?.version == 2 && broker.hasAgent()
      }
      let isUnpair = { (row: Row) in row.method == Self.device + "Unpair" }
      try Self.check(users, Self.table.filter { !isUnpair($0) }, broker, box, isPaired: true)
      for caller in [SystemUsers.Caller.stranger, .launcher] {
        try Self.check(users, Self.table.filter(isUnpair), broker, box, isPaired: true, callers: [caller])
      }
      #expect(try launcher.isPaired(), "nobody had the PIN")
      // An administrator needs none.
      let result = try Self.run(users, .technician, Self.table.filter(isUnpair), Self.systemBus(broker))
      #expect(result.first?.isEmpty == true, "\(result)")
      try launcher.wait(for: "the box to be unpaired") { try !launcher.isPaired() }
    }

    @Test func unpair_launcherWithAnAdultsPIN_erasesTheBox() throws {
      let (upstream, users) = (try Upstream(), SystemUsers())
      try upstream.giveAnnaAPIN()
      let (broker, box) = try Self.start(users, upstream)
      let launcher = try box.connect()
      try launcher.pair(code: upstream.pairingCode())
      try launcher.wait(for: "the policy and the name") {
        let status = try launcher.status()
        return try status.policy?.version == 2 && broker.hasAgent()
      }
      func unpair(_ pin: String, _ bus: BusCommand) throws -> String {
        try Self.run(
          users, .launcher,
          [Row(method: Self.device + "Unpair", arguments: ["string:anna", "string:\(pin)"], allowed: .launchers)], bus
        ).first ?? ""
      }
      let table: [(pin: String, bus: BusCommand, error: String)] = [
        ("1357", Self.privateSocket(box), Agent1.ErrorName.wrongPIN),
        ("1357", Self.systemBus(broker), Agent1.ErrorName.wrongPIN),
        ("", Self.systemBus(broker), Agent1.ErrorName.wrongPIN),
        ("2468", Self.systemBus(broker), ""),
      ]
      for row in table { #expect(try unpair(row.pin, row.bus) == row.error, "\(row)") }
      try launcher.wait(for: "the box to be unpaired") { try !launcher.isPaired() }
    }

    /// Signals tell what a family watches.
    @Test func signals_strangerOnTheSystemBus_hearsNone() throws {
      let (upstream, users) = (try Upstream(), SystemUsers())
      let (broker, box) = try Self.start(users, upstream)
      let launcher = try box.connect()
      try launcher.wait(for: "the name") { try broker.hasAgent() }
      let listeners = try [SystemUsers.Caller.stranger, .launcher, .technician].map { caller in
        let directory = TemporaryDirectory()
        let monitor = try ChildProcess(
          "/usr/bin/dbus-monitor", ["--address", broker.address, "type='signal'"], in: directory,
          through: users.wrapper(as: caller))
        try monitor.says("NameAcquired", until: .soon)
        return (caller, monitor)
      }
      _ = try launcher.device("Pair")
      // The broker keeps the order: who has heard this has heard whatever came before it and is for them.
      let marker = try CommandResult.of(
        "/usr/bin/dbus-send", ["--bus=\(broker.address)", "--type=signal", "/", "com.example.Marker.Here"],
        through: users.wrapper)
      try marker.expect(.code(0), "the marker to be sent")
      for (caller, monitor) in listeners {
        try monitor.says("com.example.Marker", until: .soon)
        let hears = caller != .stranger
        #expect(monitor.text.contains("PairingStateChanged") == hears, "\(caller): \(monitor.text)")
        #expect(monitor.text.contains("com.axolotly") == hears, "\(caller): \(monitor.text)")
      }
    }

    // MARK: What the tests share

    private static func start(_ users: SystemUsers, _ upstream: Upstream) throws -> (Broker, Box) {
      let broker = Broker(through: users.wrapper)
      broker.installPolicy()
      try broker.start()
      let box = try Box(
        upstream: upstream.address, environment: ["AXOLOTLY_SYSTEM_BUS": broker.address], through: users.wrapper)
      // Other users reach the socket through the test's directory.
      box.directory.openToOthers()
      _ = try box.start()
      return (broker, box)
    }

    private static func systemBus(_ broker: Broker) -> BusCommand { BusCommand(bus: "--bus=\(broker.address)") }

    private static func privateSocket(_ box: Box) -> BusCommand { BusCommand(bus: "--peer=unix:path=\(box.socket)") }

    private static func check(
      _ users: SystemUsers, _ rows: [Row], _ broker: Broker, _ box: Box, isPaired: Bool,
      callers: [SystemUsers.Caller] = [.stranger, .launcher, .technician, .root]
    ) throws {
      for (bus, command) in [("system bus", systemBus(broker)), ("private socket", privateSocket(box))] {
        for caller in callers {
          let errors = try run(users, caller, rows, command)
          for (row, error) in zip(rows, errors) {
            let isRefused = error == Agent1.ErrorName.accessDenied
            #expect(
              isRefused != isAllowed(row, caller, isPaired: isPaired),
              "\(caller) calls \(row.method) \(row.arguments) on the \(bus): \(error)")
          }
        }
      }
    }

    /// Makes calls as one user; returns the name of the error that each ends with, empty for success.
    private static func run(
      _ users: SystemUsers, _ caller: SystemUsers.Caller, _ rows: [Row], _ command: BusCommand
    ) throws -> [String] {
      try rows.map { row in
        let result = try CommandResult.of(
          "/usr/bin/dbus-send", command.arguments(row.method, row.arguments), through: users.wrapper(as: caller))
        guard result.status != .code(0) else { return "" }
        let line = result.errors.split(separator: "\n").first { $0.hasPrefix("Error ") } ?? ""
        return String(line.dropFirst("Error ".count).prefix { $0 != ":" })
      }
    }
  }
}
