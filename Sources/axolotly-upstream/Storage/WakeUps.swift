import Synchronization

/// Wake-ups within the process: who holds a request is told that its family changed.
///
/// A wake-up may come for nothing; whoever waits is registered before it reads.
final class WakeUps: Sendable {
  private struct Waiters {
    var byFamily: [String: [UInt64: @Sendable () -> Void]] = [:]
    var next: UInt64 = 0
  }

  private let waiters = Mutex(Waiters())

  /// Registers a waiter; what it is called with must not block.
  func register(family: String, _ wake: @escaping @Sendable () -> Void) -> UInt64 {
    waiters.withLock { waiters in
      waiters.next += 1
      waiters.byFamily[family, default: [:]][waiters.next] = wake
      return waiters.next
    }
  }

  func remove(family: String, waiter: UInt64) {
    waiters.withLock { waiters in
      waiters.byFamily[family]?[waiter] = nil
      if waiters.byFamily[family]?.isEmpty == true { waiters.byFamily[family] = nil }
    }
  }

  func announce(_ families: [String]) {
    guard !families.isEmpty else { return }
    let called = waiters.withLock { waiters in families.flatMap { waiters.byFamily[$0].map { Array($0.values) } ?? [] }
    }
    for wake in called { wake() }
  }

  /// What all families share has changed.
  func announceAll() {
    let called = waiters.withLock { $0.byFamily.values.flatMap(\.values) }
    for wake in called { wake() }
  }

  /// Requests that wait now.
  var count: Int { waiters.withLock { $0.byFamily.values.reduce(0) { $0 + $1.count } } }
}
