import AgentCore
import Glibc

/// What is installed on this box, as far as handlers ask: programs in PATH, desktop entries, Flatpaks.
///
/// It looks each time it is asked and keeps nothing.
package struct InstalledPrograms: Sendable {
  /// Where programs are looked for, absolute.
  package var programDirectories: [String]
  /// Where desktop entries are looked for, absolute.
  package var entryDirectories: [String]
  /// Where Flatpaks are installed, absolute.
  package var flatpakDirectories: [String]

  /// - `searchPath`: as PATH is written; relative entries are passed over.
  package init(
    searchPath: String,
    entryDirectories: [String] = [
      "/usr/local/share/applications", "/usr/share/applications", "/var/lib/flatpak/exports/share/applications",
    ],
    flatpakDirectories: [String] = ["/var/lib/flatpak/app"]
  ) {
    programDirectories = searchPath.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
    self.entryDirectories = entryDirectories
    self.flatpakDirectories = flatpakDirectories
  }

  package func has(_ requirement: Handler.Requirement) -> Bool {
    switch requirement {
    case .binary(let name):
      if name.contains("/") { return name.hasPrefix("/") && isProgram(name) }
      return programDirectories.contains { isProgram("\($0)/\(name)") }
    case .desktopEntry(let name):
      let file = name.hasSuffix(".desktop") ? name : name + ".desktop"
      return entryDirectories.contains { kind(of: "\($0)/\(file)") == S_IFREG }
    case .flatpak(let id):
      return flatpakDirectories.contains { kind(of: "\($0)/\(id)/current") == S_IFDIR }
    }
  }

  private func isProgram(_ path: String) -> Bool {
    guard kind(of: path) == S_IFREG else { return false }
    return unsafe access(path, X_OK) == 0
  }

  /// The type of the file that the path leads to; nil where there is none.
  private func kind(of path: String) -> mode_t? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return status.st_mode & S_IFMT
  }
}
