import AgentCore
import CCurl
import Glibc

/// Sends HTTP requests, many at once, from one thread of its own (libcurl multi).
///
/// - Every request ends in exactly one call of its completion, on the transport's thread, unless it was cancelled or
///   the transport stopped: then the completion is never called, save one that had begun already.
/// - TLS 1.2 at least, certificates and names verified against the system's CAs and the extra file; `http` only to
///   loopback, where no proxy is used.
/// - Up to `Limits.redirects` redirects within the origin: a GET by 301, 302, 307, 308, others by 307 and 308
///   (`spec/wire.md` §0). A redirect to another origin is `captivePortal`.
/// - An idle or parked transport sleeps until a socket, curl's own next timer or a call of ours wakes it.
package final class HTTPTransport: Sendable {
  package typealias Completion = @Sendable (Result<HTTPResponse, TransportFailure>) -> Void

  private let mailbox: Mailbox
  private let thread: pthread_t

  private static let library: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

  /// Starts the thread. `makeHasher` makes a SHA-256 for each file that is received.
  package init(
    settings: Settings, makeHasher: @escaping @Sendable () -> StreamHasher
  ) throws(UpstreamClientError) {
    guard HTTPTransport.library == CURLE_OK else {
      throw .library("curl_global_init", HTTPTransport.library)
    }
    mailbox = Mailbox()
    let start = TransportThread(mailbox: mailbox, settings: settings, makeHasher: makeHasher)
    thread = try start.launch()
  }

  deinit { stop() }

  /// Starts a request, from any thread. `id` is new in this process. After `stop` nothing happens.
  package func send(_ request: HTTPRequest, id: RequestID, completion: @escaping Completion) {
    mailbox.post(.send(request, id), completion: completion)
  }

  /// Ends a request, from any thread, and returns at once; an unknown one is none. See the type for its completion.
  ///
  /// The connection of a request that had not ended is closed; what a file received so far stays for the next try.
  package func cancel(_ id: RequestID) {
    mailbox.post(.cancel(id))
  }

  /// Lets no request that is sent from now on use a connection or a resolved name of before (after a network change).
  ///
  /// Idle connections are closed, those of requests under way when these end.
  package func closeIdleConnections() {
    mailbox.post(.closeIdleConnections)
  }

  /// Ends every request and the thread, and waits for it; it takes milliseconds. Called again it does nothing.
  ///
  /// Called within a completion it does not wait, since it runs on the thread itself.
  package func stop() {
    guard mailbox.stop() else { return }
    if pthread_equal(pthread_self(), thread) != 0 {
      pthread_detach(thread)
    } else {
      pthread_join(thread, nil)
    }
  }
}
