import AgentCore
import Glibc
import SystemdHost
import Testing

/// The order in which the loop does things, each on a loop of the test's own thread.
struct EventLoopTests {
  @Test func run_exit_returnsItsCode() throws {
    let loop = try EventLoop()
    loop.onDeadline = { loop.exit(7) }
    loop.setDeadline(SystemClocks.boot())
    #expect(try loop.run() == 7)
    loop.onDeadline = nil
  }

  @Test func post_severalThreadsWork_isDoneInTheOrderPosted() throws {
    let loop = try EventLoop()
    let order = Box<[Int]>([])
    for number in 0..<100 { loop.post { order.withLock { $0.append(number) } } }
    let turns = Box(0)
    loop.afterTurn = {
      turns.withLock { $0 += 1 }
      loop.exit(0)
    }
    _ = try loop.run()
    loop.afterTurn = nil
    #expect(order.withLock { $0 } == Array(0..<100))
    #expect(turns.withLock { $0 } >= 1)
  }

  @Test func deadline_due_waitsForWorkThatIsQueued() throws {
    let loop = try EventLoop()
    let order = Box<[String]>([])
    loop.onDeadline = {
      order.withLock { $0.append("deadline") }
      loop.exit(0)
    }
    loop.setDeadline(SystemClocks.boot())
    loop.post { order.withLock { $0.append("work") } }
    _ = try loop.run()
    loop.onDeadline = nil
    #expect(order.withLock { $0 } == ["work", "deadline"])
  }

  @Test func deadline_duringEndlessWork_isReached() throws {
    let loop = try EventLoop()
    let mailbox = loop.mailbox
    @Sendable func again() { mailbox.post { again() } }
    again()
    loop.onDeadline = { loop.exit(3) }
    loop.setDeadline(SystemClocks.boot())
    #expect(try loop.run() == 3)
    loop.onDeadline = nil
  }

  @Test func deadline_reached_isNeverEarly() throws {
    let loop = try EventLoop()
    var early = 0
    var left = 20
    var at = SystemClocks.boot()
    loop.onDeadline = {
      if SystemClocks.boot() < at { early += 1 }
      left -= 1
      at = SystemClocks.boot() + .microseconds(1_500)
      if left > 0 { loop.setDeadline(at) } else { loop.exit(0) }
    }
    loop.setDeadline(at)
    _ = try loop.run()
    loop.onDeadline = nil
    #expect(early == 0)
  }

  @Test func deadline_withdrawn_isNotReached() throws {
    let loop = try EventLoop()
    loop.onDeadline = { loop.exit(1) }
    loop.setDeadline(SystemClocks.boot())
    loop.setDeadline(nil)
    loop.post {}
    loop.afterTurn = { loop.exit(0) }
    #expect(try loop.run() == 0)
    (loop.onDeadline, loop.afterTurn) = (nil, nil)
  }

  @Test func deadline_setInTheHandler_isMetNext() throws {
    let loop = try EventLoop()
    var count = 0
    let at = SystemClocks.boot()
    loop.onDeadline = {
      count += 1
      if count == 3 { loop.exit(0) } else { loop.setDeadline(at) }
    }
    loop.setDeadline(at)
    _ = try loop.run()
    loop.onDeadline = nil
    #expect(count == 3)
  }

  @Test func signals_blockedInTheThread_reachTheHandler() throws {
    let seen = Box<[EventLoop.Signal]>([])
    let thread = try LoopThread { world in
      EventLoop.blockSignals()
      try world.loop.onSignals { signal in seen.withLock { $0.append(signal) } }
      pthread_kill(pthread_self(), SIGHUP)
    }
    while seen.withLock({ $0 }).isEmpty { sched_yield() }
    #expect(seen.withLock { $0 } == [.hangUp])
    withExtendedLifetime(thread) {}
  }

  @Test func watchdog_withoutServiceManager_isOff() throws {
    #expect(try EventLoop().startWatchdog() == false)
  }

  @Test func clocks_readTwice_doNotGoBack() {
    let (first, second) = (SystemClocks.read(), SystemClocks.read())
    #expect(first.boot <= second.boot)
    #expect(first.play <= second.play)
    #expect(second.boot.nanoseconds >= second.play.nanoseconds)
  }

  @Test func entropy_twoSeeds_differ() { #expect(Entropy.seed() != Entropy.seed()) }

  @Test func bootID_readTwice_isTheSameWhereKnown() {
    let (first, second) = (BootID.read(), BootID.read())
    #expect(first.text.count == 32)
    #expect(first.isKnown == second.isKnown)
    #expect(first == second || !first.isKnown)
  }

  static let messages: [(ServiceManager.State?, String?, String)] = [
    (.ready, nil, "READY=1"),
    (.ready, "serving\nall", "READY=1\nSTATUS=serving all"),
    (nil, "paired", "STATUS=paired"),
    (.stopping, nil, "STOPPING=1"),
    (.reloading, nil, "RELOADING=1\nMONOTONIC_USEC=5"),
    (.extendTimeout(.milliseconds(1_500)), nil, "EXTEND_TIMEOUT_USEC=1500000"),
    (nil, nil, ""),
  ]

  @Test(arguments: messages.indices) func notify_state_isTheMessageOfTheManual(_ index: Int) {
    let (state, status, expected) = Self.messages[index]
    #expect(ServiceManager.message(state, status: status, now: PlayTime(nanoseconds: 5_999)) == expected)
  }
}
