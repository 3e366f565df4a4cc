import Dispatch
import Foundation
import Synchronization

/// A thread that owns a store: what blocks on the disk runs here, one job after the other.
///
/// The state is made on the thread and never leaves it, so it need not be Sendable.
final class StoreThread<State>: Sendable {
  typealias Job = @Sendable (State) -> Void

  private struct Queue {
    var jobs: [Job] = []
    var isClosed = false
  }

  private let queue = Mutex(Queue())
  private let signal = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  /// Starts the thread and waits until the store is open.
  init(name: String, open: @escaping @Sendable () throws -> State) throws {
    let started = DispatchSemaphore(value: 0)
    let outcome = OpenOutcome()
    let thread = Thread { [self] in
      do {
        let state = try open()
        started.signal()
        run(state)
      } catch {
        outcome.error.withLock { $0 = error }
        started.signal()
      }
      ended.signal()
    }
    thread.name = name
    thread.start()
    started.wait()
    if let error = outcome.error.withLock({ $0 }) { throw error }
  }

  private final class OpenOutcome: Sendable {
    let error = Mutex<(any Error)?>(nil)
  }

  private func run(_ state: State) {
    while true {
      signal.wait()
      let (jobs, isClosed) = queue.withLock { queue in
        let jobs = queue.jobs
        queue.jobs = []
        return (jobs, queue.isClosed)
      }
      for job in jobs { job(state) }
      if isClosed && jobs.isEmpty { return }
    }
  }

  /// Queues a job; it runs later even where the thread is about to close.
  func submit(_ job: @escaping Job) {
    queue.withLock { $0.jobs.append(job) }
    signal.signal()
  }

  /// Runs a job and waits for its result without blocking a thread of the caller's.
  func perform<Result: Sendable>(_ body: @escaping @Sendable (State) throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      submit { state in
        do { continuation.resume(returning: try body(state)) } catch { continuation.resume(throwing: error) }
      }
    }
  }

  /// Runs what is queued, closes the store and waits for it.
  func close() {
    queue.withLock { $0.isClosed = true }
    signal.signal()
    ended.wait()
  }
}
