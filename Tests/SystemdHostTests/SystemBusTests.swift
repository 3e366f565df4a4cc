import AgentCore
import LocalAPI
import SystemdHost
import Testing

/// The agent on the system bus, before a broker that does what the test says.
struct SystemBusTests {
  private static let test = BusInterface(
    name: "com.axolotly.Test1",
    methods: [
      .init("Echo", [.init("text", "s")], returns: [.init("text", "s")]), .init("Hold"),
      .init("Who", returns: [.init("who", "s")]),
    ],
    properties: [.init("Secret", "s")], signals: [.init("Text", [.init("text", "s")])])
  private static let credentials = "GetConnectionCredentials"

  private let directory = TemporaryDirectory()
  private let reports = Box<[SystemBusReport]>([])

  /// The bus, connecting already. User 66 may not read; time stands still.
  private func serve(_ broker: SimulatedBroker) throws -> LoopThread {
    let (path, reports) = (directory.file("broker"), reports)
    return try LoopThread { world in
      let service = BusService(
        objectPath: Agent1.objectPath, interfaces: [Self.test],
        access: .init(unlimitedUsers: [], mayHear: { _ in true }, mayRead: { caller, _ in caller.uid != 66 }),
        log: Log(.lines { _ in }, level: .debug), clock: { Moment(nanoseconds: 1) },
        property: { _, _ in .string("value") },
        handler: { [unowned world] call in
          switch call.member {
          case "Echo": call.reply(call.arguments)
          case "Who": call.reply([.string("\(call.caller.uid) \(call.caller.groups) \(call.caller.pid)")])
          default: world.held.append(call)
          }
        })
      let bus = SystemBus(loop: world.loop, address: "unix:path=\(path)", service: service) { report in
        reports.withLock { $0.append(report) }
      }
      world.systemBus = bus
      world.service = service
      bus.connect()
    }
  }

  private func start() throws -> (SimulatedBroker, LoopThread) {
    let broker = try SimulatedBroker(path: directory.file("broker"))
    let server = try serve(broker)
    return (broker, server)
  }

  /// What has been reported once the loop has done what came before.
  private func reported(_ server: LoopThread, count: Int) -> [SystemBusReport] {
    while reports.withLock({ $0.count }) < count { server.perform() }
    return reports.withLock { $0 }
  }

  // MARK: The name

  @Test func connect_nameGivenThenBrokerGone_isReportedOnceEach() throws {
    let (broker, server) = try start()
    try broker.welcome()
    #expect(reported(server, count: 1) == [.named])
    broker.hangUp()
    let all = reported(server, count: 2)
    guard all.count == 2, case .failed(.unreachable, _) = all[1] else {
      Issue.record("\(all)")
      return
    }
    // The next connection is as good as the first.
    server.post { $0.systemBus?.connect() }
    try broker.welcome()
    #expect(reported(server, count: 3).last == .named)
  }

  @Test func connect_nameRefusedOrTaken_isToldApart() throws {
    let (broker, server) = try start()
    broker.refuse(try broker.greet(), Agent1.ErrorName.accessDenied)
    guard case .failed(.nameRefused, _)? = reported(server, count: 1).last else {
      Issue.record("\(reports.withLock { $0 })")
      return
    }
    server.post { $0.systemBus?.connect() }
    // DBUS_REQUEST_NAME_REPLY_EXISTS
    broker.answer(try broker.greet(), "u") { WireMessage.append(3 as UInt32, to: &$0) }
    guard case .failed(.nameTaken, _)? = reported(server, count: 2).last else {
      Issue.record("\(reports.withLock { $0 })")
      return
    }
  }

  // MARK: Callers

  @Test func calls_ofACallerNotKnownYet_waitForTheBrokerAndKeepTheirOrder() throws {
    let (broker, server) = try start()
    try broker.welcome()
    let serials = ["a", "b", "c"].map { broker.forward(from: ":1.5", Self.test.name, "Echo", [$0]) }
    let question = try broker.next()
    #expect(question.member == Self.credentials && question.text == ":1.5")
    // Another caller does not wait for the first one's credentials.
    let other = broker.forward(from: ":1.6", Self.test.name, "Who")
    let second = try broker.next()
    #expect(second.member == Self.credentials && second.text == ":1.6")
    broker.introduce(second, uid: 1_001, groups: [7, 8])
    let who = try broker.next()
    #expect(who.replySerial == other && who.text == "1001 [7, 8] 0" && who.destination == ":1.6")
    broker.introduce(question, uid: 1_000, groups: [])
    for (serial, text) in zip(serials, ["a", "b", "c"]) {
      let answer = try broker.next()
      #expect(answer.replySerial == serial && answer.text == text && answer.destination == ":1.5")
    }
    // It is known now, and not asked about again.
    let again = broker.forward(from: ":1.5", Self.test.name, "Who")
    #expect(try broker.next().replySerial == again)
    withExtendedLifetime(server) {}
  }

  @Test func call_brokerDoesNotSayWhoCalls_isRefused() throws {
    let (broker, server) = try start()
    try broker.welcome()
    let serial = broker.forward(from: ":1.5", Self.test.name, "Who")
    broker.refuse(try broker.next(), "org.freedesktop.DBus.Error.NameHasNoOwner")
    let answer = try broker.next()
    #expect(answer.replySerial == serial && answer.errorName == Agent1.ErrorName.unavailable)
    // The next call asks anew.
    broker.forward(from: ":1.5", Self.test.name, "Who")
    broker.introduce(try broker.next(), uid: 5, groups: [])
    #expect(try broker.next().text == "5 [] 0")
    withExtendedLifetime(server) {}
  }

  @Test func properties_whoMayNotRead_areRefusedOnceTheCallerIsKnown() throws {
    let (broker, server) = try start()
    try broker.welcome()
    let properties = "org.freedesktop.DBus.Properties"
    for (sender, uid, error) in [(":1.5", 66, Agent1.ErrorName.accessDenied), (":1.6", 1_000, "")] {
      for round in 0..<2 {
        let serial = broker.forward(from: sender, properties, "Get", [Self.test.name, "Secret"])
        if round == 0 { broker.introduce(try broker.next(), uid: UInt32(uid), groups: []) }
        let answer = try broker.next()
        #expect(answer.replySerial == serial && answer.errorName == error, "\(sender)")
      }
    }
    withExtendedLifetime(server) {}
  }

  // MARK: Limits

  @Test func calls_floodOfOneUser_areRefusedAndTheOthersAnswered() throws {
    let (broker, server) = try start()
    try broker.welcome()
    for (sender, uid) in [(":1.5", 5), (":1.6", 6)] as [(String, UInt32)] {
      broker.forward(from: sender, Self.test.name, "Who")
      broker.introduce(try broker.next(), uid: uid, groups: [])
      _ = try broker.next()
    }
    var refused = 0
    for _ in 0..<(Limits.busCallBurst + 9) {
      broker.forward(from: ":1.5", Self.test.name, "Echo", ["x"])
      if try broker.next().errorName == Agent1.ErrorName.limit { refused += 1 }
    }
    #expect(refused == 10, "one was taken before")
    broker.forward(from: ":1.6", Self.test.name, "Echo", ["x"])
    #expect(try broker.next().text == "x")
    withExtendedLifetime(server) {}
  }

  @Test func calls_heldForOneCaller_areRefusedOverTheLimit() throws {
    let (broker, server) = try start()
    try broker.welcome()
    broker.forward(from: ":1.5", Self.test.name, "Echo", ["0"])
    let question = try broker.next()
    for number in 1..<Limits.systemBusHeldMessagesPerCaller {
      broker.forward(from: ":1.5", Self.test.name, "Echo", ["\(number)"])
    }
    let over = broker.forward(from: ":1.5", Self.test.name, "Echo", ["over"])
    let refused = try broker.next()
    #expect(refused.replySerial == over && refused.errorName == Agent1.ErrorName.limit)
    broker.introduce(question, uid: 5, groups: [])
    for number in 0..<Limits.systemBusHeldMessagesPerCaller { #expect(try broker.next().text == "\(number)") }
    withExtendedLifetime(server) {}
  }

  @Test func call_overTheMessageLimit_isPassedOverAlone() throws {
    let (broker, server) = try start()
    try broker.welcome()
    broker.forward(from: ":1.5", Self.test.name, "Echo", [String(repeating: "x", count: Limits.busMessageBytes)])
    let serial = broker.forward(from: ":1.5", Self.test.name, "Echo", ["small"])
    broker.introduce(try broker.next(), uid: 5, groups: [])
    let answer = try broker.next()
    #expect(answer.replySerial == serial && answer.text == "small")
    withExtendedLifetime(server) {}
  }

  // MARK: Signals

  @Test func emit_beforeTheNameIsHeld_isNotSent() throws {
    let (broker, server) = try start()
    let request = try broker.greet()
    func emit(_ text: String) {
      server.perform { world in
        guard let signal = world.service?.signal(interface: Self.test.name, name: "Text", arguments: [.string(text)])
        else { return }
        world.systemBus?.emit(signal)
      }
    }
    emit("early")
    broker.answer(request, "u") { WireMessage.append(1 as UInt32, to: &$0) }
    #expect(reported(server, count: 1) == [.named])
    emit("late")
    let signal = try broker.next()
    #expect(signal.kind == .signal && signal.member == "Text" && signal.text == "late" && signal.destination.isEmpty)
  }
}
