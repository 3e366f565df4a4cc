import Glibc
import Synchronization

/// Something that happens once, awaited by tasks and by threads; it is raised for good.
final class Flag: Sendable {
  private struct State {
    var isRaised = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }
  private let state = Mutex(State())
  /// A pair of sockets on which nothing is ever written: its end is the event.
  private let readEnd: Int32
  private let writeEnd: Int32

  init() {
    var ends: [Int32] = [0, 0]
    guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      fatalError("socketpair failed: no descriptors left for the test")
    }
    (readEnd, writeEnd) = (ends[0], ends[1])
  }

  deinit {
    raise()
    close(readEnd)
  }

  func raise() {
    let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      guard !state.isRaised else { return [] }
      state.isRaised = true
      close(writeEnd)
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  var isRaised: Bool { state.withLock { $0.isRaised } }

  /// For threads of a peer.
  func waitBlocking() {
    var byte: UInt8 = 0
    while unsafe read(readEnd, &byte, 1) == -1, errno == EINTR {}
  }

  /// For tests.
  func wait() async {
    await withCheckedContinuation { continuation in
      let isRaised = state.withLock { state in
        if !state.isRaised { state.waiting.append(continuation) }
        return state.isRaised
      }
      if isRaised { continuation.resume() }
    }
  }
}
