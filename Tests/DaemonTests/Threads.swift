import Glibc

/// Runs the work in a thread of its own, so that it may block without holding up a test.
func runInThread(_ work: @escaping @Sendable () -> Void) throws {
  final class Body: Sendable {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }
  var thread = pthread_t()
  let body = unsafe Unmanaged.passRetained(Body(work)).toOpaque()
  let code = unsafe pthread_create(
    &thread, nil,
    { argument in
      if let argument = unsafe argument { unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().work() }
      return nil
    }, body)
  guard code == 0 else { throw TestFailure("no thread can be made: error \(code)") }
  pthread_detach(thread)
}
