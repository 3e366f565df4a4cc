import AgentCore
import Glibc
import SystemdHost
import Testing

/// Promise 19: the watchdog is fed by the loop and by nothing else. In a process of its own, whose environment it sets.
@Suite(.timeLimit(.minutes(1)))
struct WatchdogTests {
  @Test func watchdog_isFedWhileTheLoopTurnsAndNotWhileItIsBlocked() async {
    await #expect(processExitsWith: .success) {
      let manager = ServiceManagerSocket(watchdogMicroseconds: 80_000)
      let loop = try EventLoop()
      let isWatched = try loop.startWatchdog()
      #expect(isWatched)
      var fed = 0
      loop.onDeadline = {
        fed += manager.takeAll().filter { $0 == "WATCHDOG=1" }.count
        if fed >= 5 { loop.exit(0) } else { loop.setDeadline(SystemClocks.boot() + .milliseconds(5)) }
      }
      loop.setDeadline(SystemClocks.boot())
      _ = try loop.run()
      // The loop's thread is held up here for four times the watchdog's own time.
      _ = manager.takeAll()
      let isSilent = !manager.isReadable(within: 320)
      #expect(isSilent)
    }
  }

  /// sd_notify would wait until it has room.
  @Test func watchdog_managerReadsNothing_theLoopTurnsOn() async {
    await #expect(processExitsWith: .success) {
      let manager = ServiceManagerSocket(watchdogMicroseconds: 4_000)
      let loop = try EventLoop()
      try loop.startWatchdog()
      // The kernel queues net.unix.max_dgram_qlen messages, usually 10 or 512: more than that are due in so many turns.
      var turns = 0
      loop.onDeadline = {
        turns += 1
        for _ in 0..<4 { ServiceManager.notify(nil, status: "turn \(turns)") }
        if turns == 400 { loop.exit(0) } else { loop.setDeadline(SystemClocks.boot() + .milliseconds(1)) }
      }
      loop.setDeadline(SystemClocks.boot())
      _ = try loop.run()
      withExtendedLifetime(manager) {}
    }
  }
}

/// What a service manager listens with; it tells this process, by its environment, where, and how often it wants to hear of it.
private final class ServiceManagerSocket {
  private let path = "/tmp/axolotly-watchdog-\(getpid())"
  private let descriptor: Int32

  init(watchdogMicroseconds: Int) {
    unsafe setenv("NOTIFY_SOCKET", path, 1)
    unsafe setenv("WATCHDOG_USEC", "\(watchdogMicroseconds)", 1)
    unsafe unsetenv("WATCHDOG_PID")
    unsafe unlink(path)
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let descriptor = descriptor
    let bound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    precondition(bound == 0, "a test can listen at \(path)")
  }

  deinit {
    close(descriptor)
    unsafe unlink(path)
  }

  func takeAll() -> [String] {
    var all: [String] = []
    var bytes = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = unsafe bytes.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
      guard count > 0 else { return all }
      all.append(String(decoding: bytes[..<count], as: UTF8.self))
    }
  }

  func isReadable(within milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&entry, 1, milliseconds) > 0
  }
}
