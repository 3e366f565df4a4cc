import Glibc
import Synchronization

/// A thread with a name and a queue: it makes a state of its own, runs jobs on it one after the other, and ends when it
/// is stopped.
///
/// The state never leaves its thread, so it need not be Sendable; what leaves is what a job hands to a completion.
package final class WorkerThread<State>: Sendable {
  package typealias Job = @Sendable (inout State) -> Void

  private let queue: JobQueue<State>
  private let thread: Mutex<pthread_t?>

  /// Starts the thread. The state is made on it, before the first job.
  ///
  /// A name has at most 15 bytes; the kernel cuts longer ones (proc_pid_comm(5)). A thread that cannot be made at start
  /// is no state to go on in: it traps.
  package init(name: String, makeState: @escaping @Sendable () -> State) {
    let queue = JobQueue<State>()
    self.queue = queue
    thread = Mutex(
      startThread(name: name) {
        var state = makeState()
        while let jobs = queue.next() { for job in jobs { job(&state) } }
      })
  }

  deinit { stop() }

  /// Queues a job. After `stop` it is dropped and false is returned.
  @discardableResult
  package func submit(_ job: @escaping Job) -> Bool { queue.append(job) }

  /// Runs what is queued, ends the thread and waits for its end. Called again, or on the thread itself, it does not
  /// wait.
  package func stop() {
    queue.close()
    let joined = thread.withLock { (thread: inout pthread_t?) -> pthread_t? in
      defer { thread = nil }
      return thread
    }
    guard let joined else { return }
    if pthread_equal(joined, pthread_self()) != 0 {
      pthread_detach(joined)
    } else {
      pthread_join(joined, nil)
    }
  }
}

/// The jobs of a worker and what wakes it.
private final class JobQueue<State>: Sendable {
  private struct Waiting {
    var jobs: [WorkerThread<State>.Job] = []
    var isClosed = false
  }

  private let waiting = Mutex(Waiting())
  private let signal = Semaphore()

  func append(_ job: @escaping WorkerThread<State>.Job) -> Bool {
    let wasTaken = waiting.withLock {
      guard !$0.isClosed else { return false }
      $0.jobs.append(job)
      return true
    }
    if wasTaken { signal.post() }
    return wasTaken
  }

  func close() {
    waiting.withLock { $0.isClosed = true }
    signal.post()
  }

  /// Waits for jobs and takes all; nil once the queue is closed and empty.
  func next() -> [WorkerThread<State>.Job]? {
    while true {
      signal.wait()
      let (jobs, isClosed) = waiting.withLock { waiting in
        defer { waiting.jobs.removeAll(keepingCapacity: false) }
        return (waiting.jobs, waiting.isClosed)
      }
      if !jobs.isEmpty {
        // Taking all leaves signals of theirs behind; each only makes one empty turn. The closing one must remain.
        if isClosed { signal.post() }
        return jobs
      }
      if isClosed { return nil }
    }
  }
}

/// A counting semaphore of the C library (sem_overview(7)).
@safe private final class Semaphore: @unchecked Sendable {
  // Sendable: sem_post and sem_wait are the functions of sem_t that may be called from any thread; nothing else touches
  // it.
  private let storage: UnsafeMutablePointer<sem_t>

  init() {
    unsafe storage = .allocate(capacity: 1)
    guard unsafe sem_init(storage, 0, 0) == 0 else { fatalError("sem_init refused the value 0") }
  }

  deinit {
    _ = unsafe sem_destroy(storage)
    unsafe storage.deallocate()
  }

  func post() { _ = unsafe sem_post(storage) }

  func wait() {
    while unsafe sem_wait(storage) != 0, errno == EINTR {}
  }
}

/// The stack of a worker, bytes: SQLite and the JSON of a line (at most 64 KiB) stay far below.
private let workerStackBytes = 1 << 20

private final class ThreadBody: Sendable {
  let name: String
  let run: @Sendable () -> Void
  init(name: String, run: @escaping @Sendable () -> Void) { (self.name, self.run) = (name, run) }
}

/// `pthread_setname_np` is not in the module of the C library, and `prctl` is variadic; both end in this file. Where it
/// cannot be written the thread goes without its name.
private func nameThisThread(_ name: String) {
  let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard file >= 0 else { return }
  var text = name
  _ = text.withUTF8 { unsafe write(file, $0.baseAddress, $0.count) }
  close(file)
}

private func startThread(name: String, _ run: @escaping @Sendable () -> Void) -> pthread_t {
  var attributes = pthread_attr_t()
  unsafe pthread_attr_init(&attributes)
  defer { _ = unsafe pthread_attr_destroy(&attributes) }
  unsafe pthread_attr_setstacksize(&attributes, workerStackBytes)
  var thread = pthread_t()
  let body = unsafe Unmanaged.passRetained(ThreadBody(name: name, run: run)).toOpaque()
  let code = unsafe pthread_create(
    &thread, &attributes,
    { argument in
      guard let argument = unsafe argument else { return nil }
      let body = unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
      nameThisThread(body.name)
      body.run()
      return nil
    }, body)
  guard code == 0 else { fatalError("no thread could be made for \(name): error \(code)") }
  return thread
}
