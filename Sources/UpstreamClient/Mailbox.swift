import AgentCore
import Synchronization

/// What other threads want of the transport, and whom it has to tell; the only state that is shared with its thread.
final class Mailbox: Sendable {
  enum Order: Sendable {
    case send(HTTPRequest, RequestID)
    case cancel(RequestID)
    case closeIdleConnections
  }

  private struct State {
    var orders: [Order] = []
    /// The requests that have not ended; a cancelled one is gone at once, so that it is never told.
    var completions: [RequestID: HTTPTransport.Completion] = [:]
    var waker: MultiWaker?
    var isStopped = false
  }
  private let state = Mutex(State())

  func post(_ order: Order, completion: HTTPTransport.Completion? = nil) {
    state.withLock { state in
      guard !state.isStopped else { return }
      switch order {
      case .send(_, let id):
        precondition(state.completions[id] == nil, "a request's id is used once")
        state.completions[id] = completion
      case .cancel(let id):
        guard state.completions.removeValue(forKey: id) != nil else { return }
      case .closeIdleConnections:
        break
      }
      state.orders.append(order)
      state.waker?.wake()
    }
  }

  /// False where it was stopped before.
  func stop() -> Bool {
    state.withLock { state in
      guard !state.isStopped else { return false }
      state.isStopped = true
      state.orders = []
      state.completions = [:]
      state.waker?.wake()
      return true
    }
  }

  /// The orders since the last call, in their order; nil once stopped.
  func collect() -> [Order]? {
    state.withLock { state in
      guard !state.isStopped else { return nil }
      defer { state.orders = [] }
      return state.orders
    }
  }

  /// Tells the one who sent the request, if it still wants to know.
  func tell(_ id: RequestID, _ result: Result<HTTPResponse, TransportFailure>) {
    let completion = state.withLock { $0.completions.removeValue(forKey: id) }
    completion?(result)
  }

  /// The transport's thread lends its waker for as long as its multi handle lives.
  func setWaker(_ waker: MultiWaker?) {
    state.withLock { $0.waker = waker }
  }
}
