import FoundationEssentials
import Glibc
import Synchronization

/// The C library's time zones, as a second opinion. It knows one zone at a time, so whoever asks holds the lock.
enum GlibcZone {
  private static let lock = Mutex<Void>(())

  /// Runs a body while the C library's zone is the named one.
  static func with<Result>(_ name: String, _ body: () throws -> sending Result) rethrows -> sending Result {
    try lock.withLock { _ in
      unsafe setenv("TZ", ":\(name)", 1)
      tzset()
      return try body()
    }
  }

  /// Seconds east of UTC, by the zone in force.
  static func offset(at instant: Int) -> Int {
    var (time, fields) = (time_t(instant), unsafe tm())
    unsafe localtime_r(&time, &fields)
    return unsafe fields.tm_gmtoff
  }

  /// All zones of the system by name; those with leap seconds (`right/`) and doubles (`posix/`) are none that a policy can name.
  static var names: [String] {
    let folder = "/usr/share/zoneinfo"
    let files = FileManager.default.subpathsOfDirectory(folder)
    return files.filter { name in
      guard !name.hasPrefix("right/"), !name.hasPrefix("posix/") else { return false }
      return fileBytes("\(folder)/\(name)")?.starts(with: Array("TZif".utf8)) == true
    }.sorted()
  }
}

extension FileManager {
  fileprivate func subpathsOfDirectory(_ path: String) -> [String] { (try? subpathsOfDirectory(atPath: path)) ?? [] }
}
