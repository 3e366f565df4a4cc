import AgentCore
import Glibc
import LocalAPI
import SystemdHost
import Testing

/// Callers of the private bus are kept apart: what one does is no other's burden, and who may not call hears nothing.
struct BusCallerTests {
  private static let patience = Duration.seconds(30)
  private static let test = BusInterface(
    name: "com.axolotly.Test1",
    methods: [.init("Echo", [.init("text", "s")], returns: [.init("text", "s")]), .init("Hold")],
    properties: [.init("Secret", "s")], signals: [.init("Text", [.init("text", "s")])])

  private let directory = TemporaryDirectory()
  private var socket: String { directory.file("bus") }

  /// Users 1, 2, 3, … in the order in which they connect; time stands still. User 1 may neither hear nor read.
  private func serve() throws -> LoopThread {
    let path = socket
    return try LoopThread { world in
      var connected: UInt32 = 0
      let service = BusService(
        objectPath: Agent1.objectPath, interfaces: [Self.test],
        access: .init(unlimitedUsers: [], mayHear: { $0.uid != 1 }, mayRead: { caller, _ in caller.uid != 1 }),
        log: Log(.lines { _ in }, level: .debug), clock: { Moment(nanoseconds: 1) },
        property: { _, _ in .string("value") },
        handler: { [unowned world] call in
          guard call.member == "Hold" else { return call.reply(call.arguments) }
          world.held.append(call)
        })
      world.server = try BusServer(
        loop: world.loop, path: path, service: service,
        identify: { _ in
          connected += 1
          return BusCaller(uid: connected, gid: connected, groups: [], pid: 1)
        })
    }
  }

  private func echo(_ client: BusClient) throws -> [BusValue] {
    try client.call(interface: Self.test.name, member: "Echo", arguments: [.string("x")], timeout: Self.patience)
  }

  private func error(_ body: () throws -> [BusValue]) -> String? {
    do {
      _ = try body()
      return nil
    } catch { return (error as? BusCallError)?.name ?? "\(error)" }
  }

  @Test func calls_floodOfOneUser_areRefusedAndTheOthersAnswered() throws {
    let server = try serve()
    let flood = try RawClient(socket)
    #expect(flood.receive(containing: "OK"))
    let other = try BusClient(socketPath: socket)
    try other.ping(timeout: Self.patience)
    for serial in 1...(Limits.busCallBurst * 2) {
      flood.send(RawClient.call(serial: UInt32(serial), interface: "org.freedesktop.DBus.Peer", member: "Ping"))
      if serial % 100 == 0 { #expect(try echo(other) == [.string("x")]) }
    }
    #expect(flood.receive(containing: Agent1.ErrorName.limit), "the flood is refused")
    #expect(try echo(other) == [.string("x")])
    withExtendedLifetime(server) {}
  }

  @Test func calls_exactlyTheBurst_areAnsweredAndNoMore() throws {
    let server = try serve()
    let client = try BusClient(socketPath: socket)
    // The connection was the first of them.
    for _ in 1..<Limits.busCallBurst { #expect(error { try echo(client) } == nil) }
    for _ in 0..<3 { #expect(error { try echo(client) } == Agent1.ErrorName.limit) }
    // What sd-bus answers by itself counts too.
    #expect(throws: BusCallError.self) { try client.ping(timeout: Self.patience) }
    let other = try BusClient(socketPath: socket)
    #expect(error { try echo(other) } == nil)
    withExtendedLifetime(server) {}
  }

  @Test func connections_floodOfOneUser_areClosedAndTheOthersServed() throws {
    let (path, user) = (socket, Box<UInt32>(1))
    let server = try LoopThread { world in
      let service = BusService(
        objectPath: Agent1.objectPath, interfaces: [Self.test],
        access: .init(unlimitedUsers: [], mayHear: { _ in true }, mayRead: { _, _ in true }),
        log: Log(.lines { _ in }, level: .debug), clock: { Moment(nanoseconds: 1) },
        property: { _, _ in .string("value") }, handler: { $0.reply($0.arguments) })
      world.server = try BusServer(
        loop: world.loop, path: path, service: service,
        identify: { _ in BusCaller(uid: user.withLock { $0 }, gid: 1, groups: [], pid: 1) })
    }
    // Each that is served takes a second one for its call.
    let served = (0..<Limits.busCallBurst).count { _ in
      (try? BusClient(socketPath: path).ping(timeout: Self.patience)) != nil
    }
    #expect(served > 0 && served <= Limits.busCallBurst / 2)
    #expect(throws: HostError.self) { try BusClient(socketPath: path).ping(timeout: Self.patience) }
    user.withLock { $0 = 2 }
    #expect(error { try echo(BusClient(socketPath: path)) } == nil)
    withExtendedLifetime(server) {}
  }

  @Test func properties_whoMayNotCall_areNotRead() throws {
    let server = try serve()
    let (stranger, launcher) = (try BusClient(socketPath: socket), try BusClient(socketPath: socket))
    try stranger.ping(timeout: Self.patience)
    let properties = "org.freedesktop.DBus.Properties"
    let table: [(member: String, arguments: [BusValue], stranger: String?, launcher: String?)] = [
      ("Get", [.string(Self.test.name), .string("Secret")], Agent1.ErrorName.accessDenied, nil),
      ("GetAll", [.string(Self.test.name)], Agent1.ErrorName.accessDenied, nil),
      ("GetAll", [.string("")], Agent1.ErrorName.accessDenied, nil),
      (
        "Get", [.string(Self.test.name), .string("None")], "org.freedesktop.DBus.Error.UnknownProperty",
        "org.freedesktop.DBus.Error.UnknownProperty"
      ),
      (
        "Set", [.string(Self.test.name), .string("Secret"), .variant(.string("x"))],
        "org.freedesktop.DBus.Error.PropertyReadOnly", "org.freedesktop.DBus.Error.PropertyReadOnly"
      ),
    ]
    for row in table {
      for (client, expected) in [(stranger, row.stranger), (launcher, row.launcher)] {
        let got = error {
          try client.call(
            interface: properties, member: row.member, arguments: row.arguments, timeout: Self.patience)
        }
        #expect(got == expected, "\(row)")
      }
    }
    withExtendedLifetime(server) {}
  }

  @Test func emit_whoMayNotCall_hearsNothing() throws {
    let server = try serve()
    let (stranger, launcher) = (try BusClient(socketPath: socket), try BusClient(socketPath: socket))
    try stranger.ping(timeout: Self.patience)
    try launcher.ping(timeout: Self.patience)
    server.post { $0.emit(interface: Self.test.name, signal: "Text", arguments: [.string("secret")]) }
    #expect(try launcher.nextSignal(until: nil)?.arguments == [.string("secret")])
    // Its answer comes after whatever was sent to it before.
    try stranger.ping(timeout: Self.patience)
    #expect(try stranger.nextSignal(until: SystemClocks.boot()) == nil)
  }

  @Test func calls_waitingOfOneUser_areRefusedOverAllItsConnections() throws {
    let path = socket
    let server = try LoopThread { world in
      let service = BusService(
        objectPath: Agent1.objectPath, interfaces: [Self.test],
        access: .init(unlimitedUsers: [], mayHear: { _ in true }, mayRead: { _, _ in true }),
        log: Log(.lines { _ in }, level: .debug), clock: { Moment(nanoseconds: 1) },
        property: { _, _ in .string("value") }, handler: { [unowned world] call in world.held.append(call) })
      world.server = try BusServer(loop: world.loop, path: path, service: service)
    }
    let connections = Limits.busWaitingCallsPerUser / Limits.busPendingCalls + 1
    let clients = try (0..<connections).map { _ in try RawClient(socket) }
    for client in clients.dropLast() {
      for serial in 1...Limits.busPendingCalls {
        client.send(RawClient.call(serial: UInt32(serial), interface: Self.test.name, member: "Hold"))
      }
    }
    let held = Box(0)
    let observer = try BusClient(socketPath: socket)
    while held.withLock({ $0 }) < Limits.busWaitingCallsPerUser {
      server.post { world in held.withLock { $0 = world.held.count } }
      try observer.ping(timeout: Self.patience)
    }
    let last = try #require(clients.last)
    last.send(RawClient.call(serial: 1, interface: Self.test.name, member: "Hold"))
    #expect(last.receive(containing: Agent1.ErrorName.limit))
    // One that is answered makes room.
    server.post { $0.held.removeFirst().reply([]) }
    last.send(RawClient.call(serial: 2, interface: Self.test.name, member: "Hold"))
    while held.withLock({ $0 }) < Limits.busWaitingCallsPerUser {
      server.post { world in held.withLock { $0 = world.held.count } }
      try observer.ping(timeout: Self.patience)
    }
  }
}
