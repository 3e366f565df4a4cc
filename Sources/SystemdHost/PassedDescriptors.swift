internal import AgentCore
import CSystemd
import Glibc

/// The descriptors that the service manager handed over at the start: listening sockets, and what lay in its store
/// (sd_listen_fds_with_names(3)).
///
/// Taken once, before anything else opens a file; confined to the loop's thread. What nobody takes is closed with it.
package final class PassedDescriptors {
  private var held: [(name: String, number: Int32)]

  /// Takes what was passed to this very process, none where nothing was. The variables that said so are unset, so that no
  /// child believes it was meant, and the descriptors are not inherited.
  /// - Throws: `HostError` where the manager's words cannot be read.
  package init() throws {
    var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    let count = unsafe sd_listen_fds_with_names(1, &names)
    guard count >= 0 else {
      throw HostError.failed("sd_listen_fds", count, "what the service manager passed cannot be taken")
    }
    held = []
    guard let names = unsafe names else { return }
    for index in 0..<Int(count) {
      guard let name = unsafe names[index] else { break }
      held.append((unsafe String(cString: name), SD_LISTEN_FDS_START + Int32(index)))
      unsafe free(name)
    }
    unsafe free(names)
  }

  deinit {
    for (_, number) in held { _ = close(number) }
  }

  /// The names of what nobody has taken yet, in the order in which they were passed; one may stand there several times.
  package var names: [String] { held.map(\.name) }

  /// Takes whoever connects to what nobody took, and lets it go, for so long: for a start that is refused.
  ///
  /// A caller that is left waiting would make the service manager start the service again at once, over and over, until it gives
  /// up on the socket too.
  package func turnAway(for duration: Duration) {
    let deadline = SystemClocks.boot() + duration
    var entries = held.map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }.filter { Self.listens($0.fd) }
    guard !entries.isEmpty else { return }
    while SystemClocks.boot() < deadline {
      let left = (deadline - SystemClocks.boot()).wholeMilliseconds + 1
      guard unsafe poll(&entries, nfds_t(entries.count), Int32(clamping: left)) > 0 else { continue }
      for entry in entries where entry.revents != 0 {
        let client = axolotly_accept(entry.fd)
        if client >= 0 { _ = close(client) }
      }
    }
  }

  private static func listens(_ number: Int32) -> Bool {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return unsafe getsockopt(number, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0
  }

  /// The first descriptor of this name; nil where there is none (any more).
  func take(_ name: String) -> Descriptor? {
    guard let index = held.firstIndex(where: { $0.name == name }) else { return nil }
    return Descriptor(adopting: held.remove(at: index).number)
  }
}
