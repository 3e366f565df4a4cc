import CProcess
import Glibc

/// Starting a program with clean hands: no descriptor but the usual three, default signals, a process group of its own.
enum AppProcess {
  struct NotStarted: Error { let number: Int32 }

  /// What the environment says to the agent's own programs and not to an app.
  private static let ownPrefixes = [
    "LISTEN_", "WATCHDOG_", "NOTIFY_SOCKET", "MAINPID", "MANAGERPID", "INVOCATION_ID", "JOURNAL_STREAM",
    "SYSTEMD_EXEC_PID",
    "AXOLOTLY_", "STATE_DIRECTORY", "RUNTIME_DIRECTORY", "CACHE_DIRECTORY", "CONFIGURATION_DIRECTORY", "REMOTE_",
  ]

  /// Starts the program that the first argument names (looked for in PATH), its standard input empty, its output this process's.
  static func start(_ arguments: [String]) -> Result<pid_t, NotStarted> {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe axolotly_close_from(&actions, 3)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    unsafe sigemptyset(&none)
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
    var settings = unsafe environment().map { unsafe strdup($0) } + [nil]
    defer {
      unsafe words.forEach { unsafe free($0) }
      unsafe settings.forEach { unsafe free($0) }
    }
    var process = pid_t()
    let code = unsafe posix_spawnp(&process, arguments[0], &actions, &attributes, &words, &settings)
    return code == 0 ? .success(process) : .failure(NotStarted(number: code))
  }

  private static func environment() -> [String] {
    var kept: [String] = []
    var next = unsafe environ
    while let entry = unsafe next.pointee {
      let text = unsafe String(cString: entry)
      if !ownPrefixes.contains(where: text.hasPrefix) { kept.append(text) }
      unsafe next += 1
    }
    return kept
  }
}
