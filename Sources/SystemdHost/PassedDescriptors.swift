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

  /// The first descriptor of this name; nil where there is none (any more).
  func take(_ name: String) -> Descriptor? {
    guard let index = held.firstIndex(where: { $0.name == name }) else { return nil }
    return Descriptor(adopting: held.remove(at: index).number)
  }
}
