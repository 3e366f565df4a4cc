import CSystemd
import Glibc

/// Starting one of the project's own programs beside the daemon.
enum ChildProgram {
  /// Starts it with this standard input, default signals, and no other descriptor but output and errors.
  static func start(_ program: String, standardInput: Int32) throws {
    // Nobody waits for it: the system takes it in.
    _ = signal(SIGCHLD, SIG_IGN)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, standardInput, 0)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    unsafe sigemptyset(&none)
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    var words = unsafe [strdup(program), nil]
    defer { unsafe free(words[0]) }
    var process = pid_t()
    let code = unsafe posix_spawn(&process, program, &actions, &attributes, &words, environ)
    guard code == 0 else { throw HostError.failed("posix_spawn", code, "\(program) cannot be started") }
  }
}

/// Where the project's programs lie.
package enum OwnPrograms {
  private static let installed = "/usr/libexec/axolotly"

  /// The path of a program that the daemon starts: beside its own binary, as in a build, else where packages put it.
  package static func path(of name: String) -> String {
    let beside = directory + "/" + name
    return unsafe access(beside, X_OK) == 0 ? beside : installed + "/" + name
  }

  private static var directory: String {
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe bytes.withUnsafeMutableBytes { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { chars in
        unsafe chars.baseAddress.map { unsafe readlink("/proc/self/exe", $0, chars.count) } ?? -1
      }
    }
    let path = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }
}
