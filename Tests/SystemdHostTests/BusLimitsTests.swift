import AgentCore
import Glibc
import LocalAPI
import SystemdHost
import Testing

/// What the private bus does with clients that break its limits: they go, the others stay.
struct BusLimitsTests {
  private static let patience = Duration.seconds(30)
  private static let test = BusInterface(
    name: "com.axolotly.Test1",
    methods: [
      .init("Echo", [.init("text", "s")], returns: [.init("text", "s")]), .init("Hold"),
      .init("Large", [.init("bytes", "u")], returns: [.init("text", "s")]),
    ],
    properties: [], signals: [.init("Text", [.init("text", "s")])])

  private let directory = TemporaryDirectory()
  private let lines = Box<[String]>([])
  private var socket: String { directory.file("bus") }

  private func serve(
    access: @escaping @Sendable () -> BusService.Access = { .everybody },
    identify: @escaping @Sendable (Int32) throws -> BusCaller = { try BusCaller.peer(of: $0) }
  ) throws -> LoopThread {
    let (path, lines) = (socket, lines)
    return try LoopThread { world in
      let service = BusService(
        objectPath: Agent1.objectPath, interfaces: [Self.test], access: access(),
        log: Log(.lines { line in lines.withLock { $0.append(line) } }, level: .debug),
        property: { _, _ in .boolean(true) },
        handler: { [unowned world] call in
          switch (call.member, call.arguments.first) {
          case ("Echo", _): call.reply(call.arguments)
          case ("Large", .uint32(let bytes)): call.reply([.string(String(repeating: "x", count: Int(bytes)))])
          default: world.held.append(call)
          }
        })
      world.server = try BusServer(loop: world.loop, path: path, service: service, identify: identify)
    }
  }

  private func client() throws -> BusClient { try BusClient(socketPath: socket) }

  private func echo(_ client: BusClient, bytes: Int) throws -> Bool {
    let text = BusValue.string(String(repeating: "x", count: bytes))
    return try client.call(interface: Self.test.name, member: "Echo", arguments: [text], timeout: Self.patience) == [
      text
    ]
  }

  private func isLogged(_ text: String) -> Bool { lines.withLock { $0.contains { $0.contains(text) } } }

  @Test func emit_clientThatDoesNotRead_isDroppedAndTheOthersGoOn() throws {
    let server = try serve()
    let (deaf, other) = (try client(), try client())
    try deaf.ping(timeout: Self.patience)
    try other.ping(timeout: Self.patience)
    let text = BusValue.string(String(repeating: "x", count: 10_000))
    for _ in 0..<400 {
      server.post { $0.emit(interface: Self.test.name, signal: "Text", arguments: [text]) }
      #expect(try other.nextSignal(until: nil)?.arguments == [text])
    }
    try other.ping(timeout: Self.patience)
    #expect(isLogged("the client does not read"))
    let clients = Box(0)
    server.post { world in clients.withLock { $0 = world.server?.clientCount ?? 0 } }
    try other.ping(timeout: Self.patience)
    #expect(clients.withLock { $0 } == 1)
  }

  @Test func call_messageUnderTheLimit_isAnswered() throws {
    let server = try serve()
    #expect(try echo(client(), bytes: 200_000))
    withExtendedLifetime(server) {}
  }

  @Test func call_messageOverTheLimit_dropsTheClientAlone() throws {
    let server = try serve()
    let (large, other) = (try client(), try client())
    let error = #expect(throws: HostError.self) { try echo(large, bytes: 300_000) }
    #expect(error?.code == .disconnected)
    #expect(try echo(other, bytes: 10))
    #expect(isLogged("a message is too large"))
    withExtendedLifetime(server) {}
  }

  @Test func reply_overTheLimit_becomesAnError() throws {
    let server = try serve()
    let client = try client()
    let error = #expect(throws: BusCallError.self) {
      try client.call(
        interface: Self.test.name, member: "Large", arguments: [.uint32(300_000)], timeout: Self.patience)
    }
    #expect(error?.name == Agent1.ErrorName.limit)
    #expect(try echo(client, bytes: 10))
    withExtendedLifetime(server) {}
  }

  @Test func connect_moreThanOneUserMayHold_isRefusedUntilOneGoes() throws {
    let server = try serve()
    var clients = try (0..<Limits.busClientsPerUser).map { _ in try client() }
    for client in clients { try client.ping(timeout: Self.patience) }
    #expect(throws: HostError.self) { try client().ping(timeout: Self.patience) }
    try clients[0].ping(timeout: Self.patience)
    clients.removeLast()
    // The server sees the end of the last one before the next call of another client, or soon after.
    var isServed = false
    while !isServed { isServed = (try? client().ping(timeout: Self.patience)) != nil }
    withExtendedLifetime(server) {}
  }

  /// Silent connections of several users kept everybody out, root too.
  @Test func connect_crowdOfUsers_leavesPlacesForRootAndFewForStrangers() throws {
    let uid = Box<UInt32>(0)
    let server = try serve(
      access: { .init(unlimitedUsers: [0], mayHear: { $0.uid < 2_000 }, mayRead: { _, _ in true }) },
      identify: { _ in uid.withLock { BusCaller(uid: $0, gid: $0, groups: [], pid: 1) } })
    /// How many of so many connections of users from a number on, two each, are served.
    func served(_ count: Int, from first: UInt32, keeping clients: inout [BusClient]) -> Int {
      var result = 0
      for index in 0..<count {
        uid.withLock { $0 = first + UInt32(index / 2) }
        guard let client = try? client(), (try? client.ping(timeout: Self.patience)) != nil else { continue }
        clients.append(client)
        result += 1
      }
      return result
    }
    var clients: [BusClient] = []
    #expect(served(20, from: 3_000, keeping: &clients) == Limits.busClientsOfStrangers)
    let rest = Limits.busClients - Limits.busClientsKept - Limits.busClientsOfStrangers
    #expect(served(rest + 6, from: 1_000, keeping: &clients) == rest)
    uid.withLock { $0 = 0 }
    #expect(served(1, from: 0, keeping: &clients) == 1)
    #expect(isLogged("too many are connected"))
    withExtendedLifetime(server) {}
  }

  @Test func calls_heldByOneClient_areRefusedOverTheLimit() throws {
    let server = try serve()
    let raw = try RawClient(socket)
    for serial in 1...(Limits.busPendingCalls + 1) {
      raw.send(RawClient.call(serial: UInt32(serial), interface: Self.test.name, member: "Hold"))
    }
    let answer = raw.receive(containing: Agent1.ErrorName.limit)
    #expect(answer, "the call over the limit is answered with an error")
    try client().ping(timeout: Self.patience)
    withExtendedLifetime(server) {}
  }

  @Test func call_clientThatClosesAtOnce_isStillHandled() throws {
    let server = try serve()
    do {
      let raw = try RawClient(socket)
      #expect(raw.receive(containing: "OK"))
      raw.send(RawClient.call(serial: 1, interface: Self.test.name, member: "Hold"))
    }
    let held = Box(0)
    let client = try client()
    while held.withLock({ $0 }) == 0 {
      server.post { world in held.withLock { $0 = world.held.count } }
      try client.ping(timeout: Self.patience)
    }
    // Its answer goes nowhere and harms nobody.
    server.post { world in
      for call in world.held { call.reply([]) }
      world.held = []
    }
    try client.ping(timeout: Self.patience)
  }

  static let garbage: [[UInt8]] = [
    Array("GET / HTTP/1.1\r\n\r\n".utf8), [0], [UInt8](repeating: 0xFF, count: 5_000),
    Array("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n".utf8) + [UInt8](repeating: 0xFF, count: 64),
    Array("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\nl\u{1}\0\u{1}".utf8) + [0, 0, 0, 0x7F, 1, 0, 0, 0, 0, 0, 0, 0],
  ]

  @Test(arguments: garbage.indices) func connect_garbage_harmsNobodyAndHoldsUpNoEnd(_ index: Int) throws {
    let server = try serve()
    let raw = try RawClient(socket, greeting: Self.garbage[index])
    let other = try client()
    #expect(try echo(other, bytes: 10))
    withExtendedLifetime(raw) {}
    withExtendedLifetime(server) {}
  }
}
