internal import AgentCore
import CSystemd
import Glibc

/// Carries one peer's bytes from its socket into the pipe that sd-bus reads, within the limits of `BusFraming`.
///
/// It holds at most `Limits.busReadBytes` and a header: while the pipe is full the peer waits. File descriptors that it
/// sends along are closed by the kernel, since nothing receives them. Confined to the loop's thread.
final class BusInput {
  private let source: Descriptor
  private var sink: Descriptor?
  private var framing: BusFraming
  private var waiting: ArraySlice<UInt8> = []
  /// The authentication has been handed on and nothing after it: sd-bus keeps what it reads together with it, and looks
  /// at that only when more comes. Clients of libdbus send both in one breath.
  private var isDraining = false
  private let dropped: (String) -> Void
  private let passedOver: () -> Void
  private var readable: EventSource?
  private var writable: EventSource?

  /// `dropped` is called with the reason when the peer breaks a limit, `passedOver` when a message was too large and is
  /// left out. A peer that closes ends the pipe, so that
  /// sd-bus handles what came before and then knows.
  init(
    source: consuming Descriptor, sink: consuming Descriptor, framing: BusFraming, loop: EventLoop,
    dropped: @escaping (String) -> Void, passedOver: @escaping () -> Void = {}
  ) throws {
    self.source = source
    self.framing = framing
    let sinkNumber = sink.number
    self.sink = consume sink
    self.dropped = dropped
    self.passedOver = passedOver
    readable = try loop.watch(self.source.number, events: EPOLLIN.rawValue) { [unowned self] _ in take() }
    writable = try loop.watch(sinkNumber, events: EPOLLOUT.rawValue) { [unowned self] _ in pass() }
    writable?.setEnabled(false)
  }

  /// The watches go before their descriptors: sd-bus holds the same socket open, and the kernel would go on reporting it
  /// to a watch that is no longer there.
  deinit { (readable, writable) = (nil, nil) }

  private func take() {
    var buffer = [UInt8](repeating: 0, count: Limits.busReadBytes)
    let count = retryingInterrupts {
      unsafe buffer.withUnsafeMutableBytes { unsafe read(source.number, $0.baseAddress, $0.count) }
    }
    if count == -Int(EAGAIN) { return }
    guard count > 0 else { return end() }
    var accepted: [UInt8] = []
    accepted.reserveCapacity(count + Self.heldBytes)
    let before = framing.passedOver
    if case .refused(let reason) = framing.take(buffer.prefix(count), into: &accepted) {
      end()
      return dropped(reason)
    }
    if framing.passedOver > before { passedOver() }
    if let end = framing.handshakeEnd {
      // It fits the empty pipe: `Limits.busHandshakeBytes`.
      waiting = accepted[..<end]
      pass()
      isDraining = true
    }
    waiting += accepted.dropFirst(framing.handshakeEnd ?? 0)
    if !waiting.isEmpty { pass() }
  }

  /// What the framing may have held back of the bytes before.
  private static let heldBytes = 16

  private func pass() {
    guard let number = sink?.number else { return }
    if isDraining {
      guard axolotly_pipe_unread(number) == 0 else { return wait() }
      isDraining = false
    }
    let count = retryingInterrupts {
      unsafe waiting.withUnsafeBytes { unsafe write(number, $0.baseAddress, $0.count) }
    }
    if count > 0 { waiting = waiting.dropFirst(count) }
    guard count > 0 || count == -Int(EAGAIN) else { return end() }
    wait()
  }

  private func wait() {
    readable?.setEnabled(waiting.isEmpty)
    writable?.setEnabled(!waiting.isEmpty)
  }

  private func end() {
    readable = nil
    writable = nil
    sink = nil
  }
}
