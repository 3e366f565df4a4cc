import Glibc

/// Users and groups as an installed box has them, for the processes of one test: each sees files of the test's own in the
/// place of `/etc/passwd` and `/etc/group`, in a mount namespace, so that the machine keeps its own.
final class SystemUsers {
  /// Who calls the agent in a test.
  enum Caller: String, CaseIterable {
    case root
    /// Only in group `axolotly-admin`.
    case technician
    /// Only in group `axolotly`.
    case launcher
    case stranger
  }

  private static let daemonGroup = 64_100
  private static let adminGroup = 64_101
  private static let numbers: [Caller: Int] = [.root: 0, .technician: 64_102, .launcher: 64_103, .stranger: 64_104]

  private let directory = TemporaryDirectory()

  init() {
    let users =
      Self.numbers.filter { $0.key != .root }.map { ($0.key.rawValue, $0.value) } + [
        ("axolotly", Self.daemonGroup)
      ]
    let passwd = ["root:x:0:0:root:/:/bin/sh"] + users.map { "\($0.0):x:\($0.1):\($0.1)::/:/bin/sh" }.sorted()
    let groups =
      ["root:x:0:", "axolotly:x:\(Self.daemonGroup):launcher", "axolotly-admin:x:\(Self.adminGroup):technician"]
      + users.filter { $0.0 != "axolotly" }.map { "\($0.0):x:\($0.1):" }.sorted()
    directory.write(passwd.joined(separator: "\n") + "\n", to: "passwd", mode: 0o644)
    directory.write(groups.joined(separator: "\n") + "\n", to: "group", mode: 0o644)
    directory.openToOthers()
  }

  /// Becomes a program that sees these users.
  var wrapper: [String] {
    [
      "/usr/bin/unshare", "--mount", "/bin/sh", "-c",
      #"mount --bind "$1" /etc/passwd && mount --bind "$2" /etc/group && shift 2 && exec "$@""#, "sh",
      directory.file("passwd"), directory.file("group"),
    ]
  }

  /// Becomes a program that one of them runs.
  func wrapper(as caller: Caller) -> [String] {
    let number = Self.numbers[caller] ?? 0
    let groups =
      switch caller {
      case .root, .stranger: "--clear-groups"
      case .technician: "--groups=\(Self.adminGroup)"
      case .launcher: "--groups=\(Self.daemonGroup)"
      }
    return wrapper + ["/usr/bin/setpriv", "--reuid=\(number)", "--regid=\(number)", groups, "--"]
  }

  /// It takes root and a machine that lets it make a mount namespace.
  static let arePossible: Bool = {
    guard geteuid() == 0 else { return false }
    let users = SystemUsers()
    let result = try? CommandResult.of("/bin/sh", ["-c", "id -u axolotly"], through: users.wrapper(as: .stranger))
    return result?.output == "\(daemonGroup)\n"
  }()

  static let reason = "callers of other users take root and a mount namespace (unshare, mount, setpriv)"
}
