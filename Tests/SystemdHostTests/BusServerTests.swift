import AgentCore
import Glibc
import LocalAPI
import SystemdHost
import Testing

/// The private bus as a client sees it: server on a loop's thread, client on the test's.
struct BusServerTests {
  private let directory = TemporaryDirectory()
  private var socket: String { directory.file("bus") }
  private static let patience = Duration.seconds(30)

  private func serve(
    _ interfaces: [BusInterface] = [Agent1.launcher, Agent1.device], log: Log = Log(.lines { _ in }, level: .debug),
    property: @escaping @Sendable (String) -> BusValue = { _ in .boolean(true) },
    handler: @escaping @Sendable (BusCall, LoopThread.World) -> Void
  ) throws -> LoopThread {
    let path = socket
    return try LoopThread { world in
      world.server = try BusServer(
        loop: world.loop, path: path,
        service: BusService(
          objectPath: Agent1.objectPath, interfaces: interfaces, access: .everybody, log: log,
          property: { _, name in property(name) }, handler: { [unowned world] call in handler(call, world) }))
    }
  }

  private func client() throws -> BusClient { try BusClient(socketPath: socket) }

  @Test func introspect_agentObject_namesEveryMethodWithItsSignatures() throws {
    let server = try serve { _, _ in }
    let document = try client().introspect(timeout: Self.patience)
    let flat = document.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.joined()
    for interface in [Agent1.launcher, Agent1.device] {
      #expect(document.contains("<interface name=\"\(interface.name)\">"))
      for method in interface.methods {
        let tags =
          method.arguments.map { "<arg type=\"\($0.signature)\" name=\"\($0.name)\" direction=\"in\"/>" }
          + method.results.map { "<arg type=\"\($0.signature)\" name=\"\($0.name)\" direction=\"out\"/>" }
        let expected = "<method name=\"\(method.name)\">" + tags.joined() + "</method>"
        #expect(flat.contains(expected), "\(interface.name).\(method.name)")
      }
      for property in interface.properties {
        #expect(document.contains("<property name=\"\(property.name)\" type=\"\(property.signature)\" access=\"read\""))
      }
      for signal in interface.signals { #expect(document.contains("<signal name=\"\(signal.name)\"")) }
    }
    withExtendedLifetime(server) {}
  }

  private static let everyType: [BusValue] = [
    .boolean(true), .boolean(false), .int32(.min), .uint32(.max), .int64(.min), .uint64(.max), .double(-0.5),
    .string(""), .string("Amélie — 天空"), .objectPath("/com/axolotly/Agent1"),
    .array(element: "s", []), .array(element: "s", [.string("a"), .string("b")]),
    .structure([.string("x"), .int64(-1), .array(element: "u", [.uint32(1)])]),
    .array(element: "{sv}", [.dictionaryEntry(.string("k"), .variant(.array(element: "t", [.uint64(7)])))]),
    .array(element: "(sssb)", [.structure([.string("p"), .string("n"), .string("c"), .boolean(true)])]),
    .variant(.variant(.double(2))),
  ]

  @Test func call_everyType_comesBackEqual() throws {
    let arguments = Self.everyType.enumerated().map { BusInterface.Argument("a\($0.offset)", $0.element.signature) }
    let echo = BusInterface(
      name: "com.axolotly.Test1", methods: [.init("Echo", arguments, returns: arguments)], properties: [], signals: [])
    let server = try serve([echo]) { call, _ in call.reply(call.arguments) }
    let answer = try client().call(
      interface: "com.axolotly.Test1", member: "Echo", arguments: Self.everyType, timeout: Self.patience)
    #expect(answer == Self.everyType)
    withExtendedLifetime(server) {}
  }

  /// A client of libdbus sends the end of its greeting and its first call in one breath; the call was never answered.
  @Test func call_togetherWithTheGreeting_isAnswered() throws {
    let server = try serve { call, _ in call.fail(name: Agent1.ErrorName.notPaired, message: "answered") }
    let call = RawClient.call(serial: 1, interface: Agent1.device.name, member: "Status")
    for cut in [0, 1, 9, call.count] {
      let raw = try RawClient(socket, greeting: RawClient.usualGreeting + call.prefix(cut))
      raw.send(Array(call.dropFirst(cut)))
      #expect(raw.receive(containing: Agent1.ErrorName.notPaired), "cut at \(cut)")
    }
    withExtendedLifetime(server) {}
  }

  @Test func ping_anyTime_isAnsweredWithoutTheHandler() throws {
    let server = try serve { call, _ in call.fail(name: Agent1.ErrorName.denied, message: "not asked") }
    try client().ping(timeout: Self.patience)
    withExtendedLifetime(server) {}
  }

  @Test func call_answeredLater_getsItsAnswerAfterAnotherCall() throws {
    let server = try serve { call, world in
      if call.member == "Playing" {
        world.held.append(call)
      } else {
        call.reply([])
        for held in world.held { held.reply([.int64(5)]) }
        world.held = []
      }
    }
    let slow = Box<[BusValue]?>(nil)
    try slowly(socket) { client in
      slow.withLock {
        $0 = try? client.call(
          interface: Agent1.launcher.name, member: "Playing", arguments: [.string("s")], timeout: Self.patience)
      }
    } while: {
      // The held call is there when the world says so; then another one lets it go.
      let client = try client()
      while try count(of: server, \.held.count) == 0 { try client.ping(timeout: Self.patience) }
      _ = try client.call(
        interface: Agent1.launcher.name, member: "Paused", arguments: [.string("s")], timeout: Self.patience)
    }
    #expect(slow.withLock { $0 } == [.int64(5)])
  }

  @Test func call_failed_carriesNameAndMessage() throws {
    let server = try serve { call, _ in call.fail(name: Agent1.ErrorName.notPaired, message: "pair it first") }
    #expect(throws: BusCallError(name: Agent1.ErrorName.notPaired, message: "pair it first")) {
      try client().call(interface: Agent1.device.name, member: "Status", arguments: [], timeout: Self.patience)
    }
    withExtendedLifetime(server) {}
  }

  @Test func call_droppedUnanswered_endsWithAnError() throws {
    let server = try serve { _, _ in }
    let error = #expect(throws: BusCallError.self) {
      try client().call(interface: Agent1.device.name, member: "Status", arguments: [], timeout: Self.patience)
    }
    #expect(error?.name == Agent1.ErrorName.unavailable)
    withExtendedLifetime(server) {}
  }

  @Test func call_wrongArgumentsOrMember_isRefusedBeforeTheHandler() throws {
    let server = try serve { call, _ in call.fail(name: Agent1.ErrorName.denied, message: "reached the handler") }
    let client = try client()
    let refused: [(String, [BusValue], String)] = [
      ("Status", [.string("x")], "org.freedesktop.DBus.Error.InvalidArgs"),
      ("Nothing", [], "org.freedesktop.DBus.Error.UnknownMethod"),
    ]
    for (member, arguments, name) in refused {
      let error = #expect(throws: BusCallError.self) {
        try client.call(interface: Agent1.device.name, member: member, arguments: arguments, timeout: Self.patience)
      }
      #expect(error?.name == name)
    }
    withExtendedLifetime(server) {}
  }

  @Test func reply_notAsDeclared_becomesAnError() throws {
    let server = try serve { call, _ in call.reply([.int64(1)]) }
    let error = #expect(throws: BusCallError.self) {
      try client().call(interface: Agent1.device.name, member: "Status", arguments: [], timeout: Self.patience)
    }
    #expect(error?.name == Agent1.ErrorName.unavailable)
    withExtendedLifetime(server) {}
  }

  @Test func property_declared_isReadByGetAndGetAll() throws {
    let server = try serve(property: { $0 == "PolicyVersion" ? .uint64(7) : .boolean($0 == "Paired") }) { _, _ in }
    let client = try client()
    let device = Agent1.device.name
    #expect(try client.property(interface: device, name: "PolicyVersion", timeout: Self.patience) == .uint64(7))
    let all = try client.call(
      interface: "org.freedesktop.DBus.Properties", member: "GetAll", arguments: [.string(device)],
      timeout: Self.patience)
    #expect(
      all == [
        .array(
          element: "{sv}",
          [
            .dictionaryEntry(.string("Paired"), .variant(.boolean(true))),
            .dictionaryEntry(.string("Online"), .variant(.boolean(false))),
            .dictionaryEntry(.string("PolicyVersion"), .variant(.uint64(7))),
          ])
      ])
    withExtendedLifetime(server) {}
  }

  @Test func emit_declaredSignal_reachesEveryClient() throws {
    let server = try serve { _, _ in }
    let clients = try (0..<3).map { _ in try client() }
    for client in clients { try client.ping(timeout: Self.patience) }
    server.post { world in
      world.emit(interface: Agent1.launcher.name, signal: "PolicyChanged", arguments: [.uint64(8)])
      if let service = world.server?.service {
        world.server?.emit(service.propertiesChanged(interface: Agent1.device.name, ["Paired"]))
      }
    }
    for client in clients {
      let policy = try client.nextSignal(until: nil)
      #expect(policy == BusSignal(interface: Agent1.launcher.name, name: "PolicyChanged", arguments: [.uint64(8)]))
      let properties = try client.nextSignal(until: nil)
      #expect(properties?.name == "PropertiesChanged")
      let changed = BusValue.dictionaryEntry(.string("Paired"), .variant(.boolean(true)))
      #expect(properties?.arguments.dropFirst().first == .array(element: "{sv}", [changed]))
    }
  }

  @Test func emit_notAsDeclared_isLoggedAndNotSent() throws {
    let lines = Box<[String]>([])
    let server = try serve(log: Log(.lines { line in lines.withLock { $0.append(line) } }, level: .debug)) { _, _ in }
    let client = try client()
    try client.ping(timeout: Self.patience)
    server.post { world in
      world.emit(interface: Agent1.launcher.name, signal: "PolicyChanged", arguments: [.string("8")])
      world.emit(interface: Agent1.device.name, signal: "StatusChanged", arguments: [])
    }
    #expect(try client.nextSignal(until: nil)?.name == "StatusChanged")
    #expect(lines.withLock { $0 }.contains { $0.contains("A signal is not as declared") })
  }

  @Test func nextSignal_deadlinePassed_isNil() throws {
    let server = try serve { _, _ in }
    let client = try client()
    try client.ping(timeout: Self.patience)
    #expect(try client.nextSignal(until: SystemClocks.boot()) == nil)
    withExtendedLifetime(server) {}
  }

  @Test func caller_ofACall_isThisProcess() throws {
    let seen = Box<BusCaller?>(nil)
    let server = try serve { call, _ in
      seen.withLock { $0 = call.caller }
      call.reply([])
    }
    _ = try client().call(interface: Agent1.device.name, member: "Sync", arguments: [], timeout: Self.patience)
    let caller = seen.withLock { $0 }
    #expect(caller?.uid == geteuid())
    #expect(caller?.gid == getegid())
    #expect(caller?.pid == getpid())
    #expect(caller?.belongs(toGroup: getegid()) == true)
    withExtendedLifetime(server) {}
  }

  @Test func connect_noSocket_saysThatTheDaemonIsNotRunning() throws {
    let error = #expect(throws: HostError.self) { try client() }
    #expect(error?.code == .notRunning)
    #expect(error?.description.contains("not running") == true)
  }

  @Test func serve_socketOfALivingServer_isRefused() throws {
    let server = try serve { _, _ in }
    let error = #expect(throws: HostError.self) { _ = try serve { _, _ in } }
    #expect(error?.code == .inUse)
    try client().ping(timeout: Self.patience)
    withExtendedLifetime(server) {}
  }

  @Test func serve_socketOfADeadServer_isReplaced() throws {
    leaveStaleSocket(at: socket)
    let server = try serve { _, _ in }
    try client().ping(timeout: Self.patience)
    withExtendedLifetime(server) {}
  }

  @Test func serve_pathOfAnotherFile_isRefusedAndLeft() throws {
    try PrivateFile.replace(socket, with: Array("mine".utf8))
    let error = #expect(throws: HostError.self) { _ = try serve { _, _ in } }
    #expect(error?.code == .unsuitable)
    #expect(try PrivateFile.read(socket, limit: 10) == Array("mine".utf8))
  }

  @Test func end_ofTheServer_reachesAWaitingClient() throws {
    var server: LoopThread? = try serve { _, _ in }
    let client = try client()
    try client.ping(timeout: Self.patience)
    withExtendedLifetime(server) {}
    server = nil
    let error = #expect(throws: HostError.self) { try client.nextSignal(until: nil) }
    #expect(error?.code == .disconnected)
  }

  /// What `work` gives on the loop's thread.
  private func count(of server: LoopThread, _ path: @escaping @Sendable (LoopThread.World) -> Int) throws -> Int {
    let box = Box<Int?>(nil)
    server.post { world in box.withLock { $0 = path(world) } }
    let client = try client()
    while true {
      if let value = box.withLock({ $0 }) { return value }
      try client.ping(timeout: Self.patience)
    }
  }
}
