package import AgentCore
import CSystemd
import Glibc
import Synchronization

/// A value that another thread will have; waiting for it ends at a deadline.
package final class Awaited<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)
  private let wakeUp: Descriptor

  package init() throws {
    let number = axolotly_eventfd()
    guard number >= 0 else { throw HostError.failed("eventfd", errno, "nothing can be waited for") }
    wakeUp = Descriptor(adopting: number)
  }

  /// Works a value out on a thread of its own, which may block for as long as it likes.
  package convenience init(from work: @escaping @Sendable () -> Value) throws {
    try self.init()
    try DetachedThread.start { [self] in fulfil(work()) }
  }

  package func fulfil(_ new: Value) {
    value.withLock { $0 = new }
    var one: UInt64 = 1
    _ = unsafe write(wakeUp.number, &one, 8)
  }

  /// The value, nil where it has not come by then.
  package func wait(until deadline: Moment) -> Value? {
    while true {
      if let value = value.withLock({ $0 }) { return value }
      let left = deadline - SystemClocks.boot()
      guard left > .zero else { return nil }
      var entry = pollfd(fd: wakeUp.number, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&entry, 1, Int32(clamping: left.wholeMilliseconds + 1))
    }
  }
}

/// A thread that nobody waits for.
enum DetachedThread {
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  static func start(_ body: @escaping @Sendable () -> Void) throws {
    let work = unsafe Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let result = unsafe pthread_create(
      &thread, nil,
      { pointer in
        if let pointer = unsafe pointer { unsafe Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    guard result == 0 else {
      unsafe work.release()
      throw HostError.failed("pthread_create", result, "no thread can be started")
    }
    _ = pthread_detach(thread)
  }
}
