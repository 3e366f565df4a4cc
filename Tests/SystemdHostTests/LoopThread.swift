import Glibc
import LocalAPI
import SystemdHost

/// A loop with a bus server on a thread of its own, as in the daemon; it ends and is joined with its owner.
final class LoopThread: Sendable {
  /// What lives on the loop's thread.
  final class World {
    let loop: EventLoop
    var server: BusServer?
    var systemBus: SystemBus?
    var service: BusService?
    /// Calls that a test answers later.
    var held: [BusCall] = []
    init(loop: EventLoop) { self.loop = loop }

    /// Sends a signal that is as declared to the server's clients.
    func emit(interface: String, signal: String, arguments: [BusValue]) {
      guard let server,
        let signal = server.service.signal(interface: interface, name: signal, arguments: arguments)
      else { return }
      server.emit(signal)
    }
  }

  /// Hands the world to work that runs on the loop's thread.
  ///
  /// Sendable because `world` is set before the thread reports that it is ready and then used on that thread alone.
  private final class Place: @unchecked Sendable {
    var world: World?
    var mailbox: Mailbox?
    var failure: (any Error)?
    let prepare: (World) throws -> Void
    let ready: Int32
    init(prepare: @escaping (World) throws -> Void, ready: Int32) {
      self.prepare = prepare
      self.ready = ready
    }
  }

  private let place: Place
  private let thread: pthread_t
  private let mailbox: Mailbox

  /// `prepare` runs on the new thread before the loop turns; its error is thrown here.
  init(_ prepare: @escaping @Sendable (World) throws -> Void) throws {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { preconditionFailure("a test can make a pipe") }
    let place = Place(prepare: prepare, ready: ends[1])
    var thread = pthread_t()
    let userdata = unsafe Unmanaged.passRetained(place).toOpaque()
    let created = unsafe pthread_create(
      &thread, nil,
      { userdata in
        guard let userdata = unsafe userdata else { return nil }
        LoopThread.run(unsafe Unmanaged<Place>.fromOpaque(userdata).takeRetainedValue())
        return nil
      }, userdata)
    precondition(created == 0, "a test can start a thread")
    var byte: UInt8 = 0
    _ = unsafe read(ends[0], &byte, 1)
    _ = close(ends[0])
    _ = close(ends[1])
    guard place.failure == nil, let mailbox = place.mailbox else {
      pthread_join(thread, nil)
      throw place.failure ?? HostError(.system, "the loop's thread did not start")
    }
    (self.place, self.thread, self.mailbox) = (place, thread, mailbox)
  }

  deinit {
    let place = place
    mailbox.post { place.world?.loop.exit(0) }
    pthread_join(thread, nil)
  }

  /// Posts work to the loop's thread.
  func post(_ work: @escaping @Sendable (World) -> Void) {
    let place = place
    mailbox.post {
      if let world = place.world { work(world) }
    }
  }

  /// Does work on the loop's thread and waits until it is done, and with it all that was posted before.
  func perform(_ work: @escaping @Sendable (World) -> Void = { _ in }) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { preconditionFailure("a test can make a pipe") }
    let done = ends[1]
    post { world in
      work(world)
      var byte: UInt8 = 1
      _ = unsafe write(done, &byte, 1)
    }
    var byte: UInt8 = 0
    _ = unsafe read(ends[0], &byte, 1)
    _ = close(ends[0])
    _ = close(ends[1])
  }

  private static func run(_ place: Place) {
    do {
      let world = World(loop: try EventLoop())
      place.world = world
      place.mailbox = world.loop.mailbox
      try place.prepare(world)
    } catch {
      place.failure = error
      place.world = nil
      report(place)
      return
    }
    report(place)
    do {
      _ = try place.world?.loop.run()
    } catch {
      preconditionFailure("the loop of a test turns until it is told to end")
    }
    place.world?.server = nil
    place.world?.systemBus = nil
    place.world?.held = []
    place.world = nil
  }

  private static func report(_ place: Place) {
    var byte: UInt8 = 1
    _ = unsafe write(place.ready, &byte, 1)
  }
}

extension BusService.Access {
  /// Everybody may hear and read everything, within no limit but those of a connection.
  static var everybody: Self { Self(unlimitedUsers: [geteuid()], mayHear: { _ in true }, mayRead: { _, _ in true }) }
}
