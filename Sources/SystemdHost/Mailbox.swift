import CSystemd
import Glibc
import Synchronization

/// Where any thread leaves work for the loop: a queue and an eventfd that wakes the loop up.
///
/// Work is done on the loop's thread in the order in which it was posted. Posting never blocks and never fails; what is
/// posted after the loop has ended is dropped. Only answers to what the loop itself has asked for are posted, so the
/// queue is bounded by the loop's own requests.
package struct Mailbox: Sendable {
  private let box: Box

  init() throws { box = try Box() }

  package func post(_ work: @escaping @Sendable () -> Void) { box.append(work) }

  /// The eventfd, readable while work waits.
  var descriptor: Int32 { box.wake.number }

  /// Takes all work that waits and resets the eventfd.
  func takeAll() -> [@Sendable () -> Void] { box.takeAll() }

  private final class Box: Sendable {
    private struct State {
      var work: [@Sendable () -> Void] = []
    }
    private let state = Mutex(State())
    let wake: Descriptor

    init() throws {
      let number = axolotly_eventfd()
      guard number >= 0 else { throw HostError.failed("eventfd", errno, "the loop's mailbox cannot be made") }
      wake = Descriptor(adopting: number)
    }

    func append(_ work: @escaping @Sendable () -> Void) {
      let isFirst = state.withLock { state in
        state.work.append(work)
        return state.work.count == 1
      }
      guard isFirst else { return }
      var one: UInt64 = 1
      // It can fail with EAGAIN alone, where the counter is full and the loop is awake anyway.
      _ = retryingInterrupts { unsafe write(wake.number, &one, MemoryLayout<UInt64>.size) }
    }

    func takeAll() -> [@Sendable () -> Void] {
      var count: UInt64 = 0
      _ = retryingInterrupts { unsafe read(wake.number, &count, MemoryLayout<UInt64>.size) }
      return state.withLock { state in
        let work = state.work
        state.work = []
        return work
      }
    }
  }
}
