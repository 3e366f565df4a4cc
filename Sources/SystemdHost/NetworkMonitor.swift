internal import AgentCore
import CSystemd
import Glibc

/// Tells when the box's links, addresses or default routes change (rtnetlink), a burst of changes once.
///
/// At first it asks for all that is there, link by link, address by address, which is no change. Confined to the loop's
/// thread.
package final class NetworkMonitor {
  private let socket: Descriptor
  private let changed: () -> Void
  private var source: EventSource?
  private var timer: EventSource?
  private var isSettling = false
  private var book = NetworkBook()
  /// What the kernel has still to tell of the state at the start; the first is being told.
  private var wanted: [UInt16] = []
  private var buffer = [UInt8](repeating: 0, count: Limits.routeDatagramBytes)

  /// - Throws: `HostError` where the process may not have the socket (AF_NETLINK denied).
  package init(loop: EventLoop, changed: @escaping () -> Void) throws {
    let number = axolotly_route_socket()
    guard number >= 0 else {
      throw HostError.failed("socket", number, "the kernel tells nothing of the network: allow AF_NETLINK")
    }
    socket = Descriptor(adopting: number)
    self.changed = changed
    timer = try loop.oneShot { [unowned self] in settle() }
    source = try loop.watch(number, events: EPOLLIN.rawValue) { [unowned self] _ in receive() }
    readAnew()
  }

  deinit {
    source = nil
    timer = nil
  }

  private func readAnew() {
    book = NetworkBook()
    // RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE: the kernel answers one at a time.
    wanted = [18, 22, 26]
    askNext()
  }

  private func askNext() {
    while let kind = wanted.first, axolotly_route_dump(socket.number, kind) < 0 { wanted.removeFirst() }
  }

  private func receive() {
    for _ in 0..<Limits.routeDatagramsPerTurn {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe axolotly_route_receive(socket.number, $0.baseAddress, $0.count)
      }
      switch count {
      case 1...: take(RouteMessage.parse(Array(buffer[..<count])))
      case 0: break
      case Int(-EINTR): break
      case Int(-ENOBUFS):
        note()
        return readAnew()
      default: return
      }
    }
  }

  private func take(_ messages: [RouteMessage]) {
    for message in messages {
      let isChange = book.take(message)
      if message == .endOfAnswer, !wanted.isEmpty {
        wanted.removeFirst()
        askNext()
      } else if isChange, wanted.isEmpty {
        note()
      }
    }
  }

  private func note() {
    guard !isSettling else { return }
    isSettling = true
    let now = UInt64(max(0, SystemClocks.boot().nanoseconds)) / 1_000
    timer?.arm(atMicroseconds: now + Limits.networkSettleMicroseconds)
  }

  private func settle() {
    isSettling = false
    changed()
  }
}
