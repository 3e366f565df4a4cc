package import AgentCore
import CSystemd
import Glibc

/// The daemon's loop over sd-event: bus, one deadline, signals, the watchdog, and work that other threads post.
///
/// Confined to the thread that makes it, which it checks. A turn handles one event; pending events of all kinds go
/// before a deadline that is due, but never longer than `Limits.deadlinePatienceNanoseconds`, so that no flood of calls
/// can put a deadline off.
@safe
package final class EventLoop {
  /// A signal that asks the daemon for something.
  package enum Signal: Int32, CaseIterable, Sendable {
    case terminate = 15
    case interrupt = 2
    case hangUp = 1
  }

  /// Called on the loop's thread when the deadline is reached; the deadline is then unset.
  package var onDeadline: (() -> Void)?
  /// Called after each event; here the daemon posts its deadline.
  package var afterTurn: (() -> Void)?

  /// Where other threads leave work for this loop.
  package let mailbox: Mailbox

  let handle: OpaquePointer
  private let thread = pthread_self()
  private var sources: [EventSource] = []
  private var timer: EventSource?
  private var watchdog: EventSource?
  private var deadline: Moment?
  private var endOfTurn: [() -> Void] = []

  private static let deadlinePriority: Int64 = 10
  private static let signalPriority: Int64 = -10

  /// - Throws: `HostError` where the kernel gives no descriptors.
  package init() throws {
    var created: OpaquePointer?
    let result = unsafe sd_event_new(&created)
    guard result >= 0, let created = unsafe created else {
      throw HostError.failed("sd_event_new", result, "the event loop cannot be made")
    }
    unsafe handle = unsafe created
    do {
      mailbox = try Mailbox()
    } catch {
      unsafe sd_event_unref(created)
      throw error
    }
    try watchMailbox()
    timer = try makeTimer()
  }

  deinit {
    sources = []
    timer = nil
    watchdog = nil
    unsafe sd_event_unref(handle)
  }

  /// Blocks the signals of `Signal` and ignores SIGPIPE. Call it before the first thread is started.
  package static func blockSignals() {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in Signal.allCases { unsafe sigaddset(&set, signal.rawValue) }
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    _ = signal(SIGPIPE, SIG_IGN)
  }

  /// Turns until `exit` is called; returns its code.
  package func run() throws -> Int32 {
    checkThread()
    while unsafe sd_event_get_state(handle) != Int32(SD_EVENT_FINISHED) {
      let result = unsafe sd_event_run(handle, UInt64.max)
      if result < 0 && result != -EINTR { throw HostError.failed("sd_event_run", result, "the event loop has failed") }
      endTurn()
    }
    var code: Int32 = 0
    _ = unsafe sd_event_get_exit_code(handle, &code)
    return code
  }

  /// Ends `run` after this turn.
  package func exit(_ code: Int32) {
    checkThread()
    _ = unsafe sd_event_exit(handle, code)
  }

  /// Posts work from any thread; the same as through `mailbox`, which can be handed out.
  package nonisolated func post(_ work: @escaping @Sendable () -> Void) { mailbox.post(work) }

  /// Sets the one deadline, or none. It is met at most 1 ms late when the loop is free, and never early.
  package func setDeadline(_ at: Moment?) {
    checkThread()
    guard at != deadline else { return }
    deadline = at
    guard let at else {
      timer?.setEnabled(false)
      return
    }
    timer?.arm(atMicroseconds: UInt64(max(0, at.nanoseconds) + 999) / 1_000)
  }

  /// Calls `handler` on the loop's thread for each signal. They have to be blocked in all threads (`blockSignals`).
  package func onSignals(_ handler: @escaping (Signal) -> Void) throws {
    checkThread()
    for signal in Signal.allCases {
      let callback = EventSource.Callback { _ in handler(signal) }
      var source: OpaquePointer?
      let result = unsafe sd_event_add_signal(
        handle, &source, signal.rawValue,
        { _, _, userdata in
          unsafe EventSource.Callback.fire(userdata, 0)
          return 0
        }, callback.userdata)
      let owned = unsafe try own(source, callback, result, "sd_event_add_signal")
      owned.setPriority(Self.signalPriority)
      sources.append(owned)
    }
  }

  /// Feeds the service manager's watchdog from the loop, which proves that it turns; false where none is set.
  ///
  /// Four times as often as it has to be. sd-event's own way would wait for a manager that does not read.
  @discardableResult
  package func startWatchdog() throws -> Bool {
    checkThread()
    guard let microseconds = ServiceManager.watchdogMicroseconds else { return false }
    let timer = try oneShot { [unowned self] in feedWatchdog(every: microseconds / 4) }
    watchdog = timer
    feedWatchdog(every: microseconds / 4)
    return true
  }

  private func feedWatchdog(every microseconds: UInt64) {
    ServiceManager.feedWatchdog()
    let now = UInt64(max(0, SystemClocks.boot().nanoseconds)) / 1_000
    watchdog?.arm(atMicroseconds: now + microseconds)
  }

  /// Watches a descriptor for EPOLL events as long as the result lives. The descriptor stays the caller's.
  func watch(_ descriptor: Int32, events: UInt32, _ body: @escaping (UInt32) -> Void) throws -> EventSource {
    checkThread()
    let callback = EventSource.Callback(body)
    var source: OpaquePointer?
    let result = unsafe sd_event_add_io(
      handle, &source, descriptor, events,
      { _, _, events, userdata in
        unsafe EventSource.Callback.fire(userdata, events)
        return 0
      }, callback.userdata)
    return unsafe try own(source, callback, result, "sd_event_add_io")
  }

  /// Does `work` when the current event has been handled, for what may not be freed while it is in use.
  func atEndOfTurn(_ work: @escaping () -> Void) {
    checkThread()
    endOfTurn.append(work)
  }

  func checkThread() {
    precondition(pthread_equal(thread, pthread_self()) != 0, "an event loop is used on the thread that made it")
  }

  private func endTurn() {
    meetOverdueDeadline()
    afterTurn?()
    while !endOfTurn.isEmpty {
      let work = endOfTurn
      endOfTurn = []
      for item in work { item() }
    }
  }

  private func meetOverdueDeadline() {
    guard let deadline, SystemClocks.boot().nanoseconds - deadline.nanoseconds > Limits.deadlinePatienceNanoseconds
    else { return }
    timer?.setEnabled(false)
    reachDeadline()
  }

  private func reachDeadline() {
    deadline = nil
    onDeadline?()
  }

  private func watchMailbox() throws {
    let mailbox = mailbox
    sources.append(
      try watch(mailbox.descriptor, events: EPOLLIN.rawValue) { _ in
        for work in mailbox.takeAll() { work() }
      })
  }

  private func makeTimer() throws -> EventSource {
    let timer = try oneShot { [unowned self] in reachDeadline() }
    timer.setPriority(Self.deadlinePriority)
    return timer
  }

  /// A timer of CLOCK_BOOTTIME that rests until it is armed.
  func oneShot(_ body: @escaping () -> Void) throws -> EventSource {
    checkThread()
    let callback = EventSource.Callback { _ in body() }
    var source: OpaquePointer?
    let result = unsafe sd_event_add_time(
      handle, &source, CLOCK_BOOTTIME, UInt64.max, Limits.deadlineAccuracyMicroseconds,
      { _, _, userdata in
        unsafe EventSource.Callback.fire(userdata, 0)
        return 0
      }, callback.userdata)
    let timer = unsafe try own(source, callback, result, "sd_event_add_time")
    timer.setEnabled(false)
    return timer
  }

  private func own(
    _ source: OpaquePointer?, _ callback: EventSource.Callback, _ result: Int32, _ call: String
  ) throws -> EventSource {
    guard result >= 0, let source = unsafe source else {
      throw HostError.failed(call, result, "the event loop cannot watch for an event")
    }
    return unsafe EventSource(adopting: source, callback: callback)
  }
}
