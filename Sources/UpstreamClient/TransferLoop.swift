import AgentCore
import CCurl

/// The transport's thread: it takes orders, moves transfers, tells their ends, and sleeps until there is something.
final class TransferLoop {
  private let mailbox: Mailbox
  private let settings: HTTPTransport.Settings
  private let makeHasher: @Sendable () -> StreamHasher
  private let multi: MultiHandle
  private var pool = ConnectionPool()
  private var transfers: [RequestID: Transfer] = [:]

  init(mailbox: Mailbox, settings: HTTPTransport.Settings, makeHasher: @escaping @Sendable () -> StreamHasher) {
    (self.mailbox, self.settings, self.makeHasher) = (mailbox, settings, makeHasher)
    multi = MultiHandle(idleConnections: settings.maxIdleConnections)
  }

  var waker: MultiWaker { multi.waker }

  /// Returns once the mailbox is stopped; every transfer has been ended then.
  func run() {
    while let orders = mailbox.collect() {
      for order in orders { carryOut(order) }
      multi.perform()
      for (easy, code) in multi.ended() { conclude(easy, code) }
      giveUpSlowOnes()
      multi.wait(milliseconds: millisecondsUntilNextLook())
    }
    for transfer in transfers.values { release(transfer) }
  }

  private func carryOut(_ order: Mailbox.Order) {
    switch order {
    case .send(let request, let id):
      do throws(TransportFailure) { try start(request, id) } catch { end(id, .failure(error)) }
    case .cancel(let id):
      if let transfer = transfers[id] { release(transfer) }
    case .closeIdleConnections:
      pool = ConnectionPool()
    }
  }

  private func start(_ request: HTTPRequest, _ id: RequestID) throws(TransportFailure) {
    guard transfers.count < settings.maxTransfers else {
      throw .local("more than \(settings.maxTransfers) requests at once")
    }
    let transfer = Transfer(
      id: id, request: request, deadline: monotonicNanoseconds() + request.timeout.nanoseconds,
      pace: BodyPace(bytesPerSecond: settings.slowBytesPerSecond, window: settings.slowWindow),
      file: try openFile(for: request))
    transfers[id] = transfer
    try exchange(transfer)
  }

  private func openFile(for request: HTTPRequest) throws(TransportFailure) -> BlobFile? {
    guard case .file(let path, let bytes, let sha256) = request.sink else { return nil }
    let isTaken = transfers.values.contains {
      if case .file(path, _, _) = $0.request.sink { true } else { false }
    }
    guard !isTaken else { throw .local("\(path) is being received already") }
    return try BlobFile(path: path, bytes: bytes, sha256: sha256, makeHasher: makeHasher)
  }

  /// Sends the transfer's request to its present address.
  private func exchange(_ transfer: Transfer) throws(TransportFailure) {
    let remaining = transfer.deadline - monotonicNanoseconds()
    guard remaining > 0 else { throw .timedOut }
    multi.add(try transfer.prepare(pool: pool, settings: settings, remaining: .nanoseconds(remaining)))
  }

  private func conclude(_ easy: EasyHandle, _ code: CURLcode) {
    guard let transfer = transfers.values.first(where: { $0.easy === easy }) else { return multi.remove(easy) }
    multi.remove(easy)
    do throws(TransportFailure) {
      switch try transfer.outcome(of: easy, code) {
      case .response(let response): end(transfer.id, .success(response))
      case .again: try exchange(transfer)
      }
    } catch {
      end(transfer.id, .failure(error))
    }
  }

  private func giveUpSlowOnes() {
    let now = monotonicNanoseconds()
    for transfer in transfers.values where transfer.isTooSlow(at: now) { end(transfer.id, .failure(.timedOut)) }
  }

  private func millisecondsUntilNextLook() -> Int? {
    guard let next = transfers.values.compactMap(\.pace.nextLook).min() else { return nil }
    return max(0, Int((next - monotonicNanoseconds() + 999_999) / 1_000_000))
  }

  private func end(_ id: RequestID, _ result: Result<HTTPResponse, TransportFailure>) {
    if let transfer = transfers[id] { release(transfer) }
    mailbox.tell(id, result)
  }

  private func release(_ transfer: Transfer) {
    if let easy = transfer.easy { multi.remove(easy) }
    transfer.easy = nil
    transfers[transfer.id] = nil
  }
}
