import Glibc

/// What the transport's thread starts with; it makes the loop there, so that curl's handles never leave the thread.
final class TransportThread: Sendable {
  private let mailbox: Mailbox
  private let settings: HTTPTransport.Settings
  private let makeHasher: @Sendable () -> StreamHasher

  init(mailbox: Mailbox, settings: HTTPTransport.Settings, makeHasher: @escaping @Sendable () -> StreamHasher) {
    (self.mailbox, self.settings, self.makeHasher) = (mailbox, settings, makeHasher)
  }

  /// Starts the thread with every signal blocked: signals are the loop's, and OpenSSL writes without MSG_NOSIGNAL.
  func launch() throws(UpstreamClientError) -> pthread_t {
    var (all, before) = (sigset_t(), sigset_t())
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(self)
    let code = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<TransportThread>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      unsafe context.release()
      throw .thread("pthread_create", code)
    }
    return thread
  }

  private func run() {
    let loop = TransferLoop(mailbox: mailbox, settings: settings, makeHasher: makeHasher)
    mailbox.setWaker(loop.waker)
    loop.run()
    mailbox.setWaker(nil)
  }
}
