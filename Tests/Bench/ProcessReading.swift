import SystemdHost

/// What the kernel tells of a process: memory, threads and what they have done so far.
struct ProcessReading {
  var residentMegabytes: Double
  /// Memory that is its own and not backed by a file: what the process costs the machine.
  var privateDirtyMegabytes: Double
  /// The most that was resident at once.
  var peakMegabytes: Double
  var threads: Int
  /// How often its threads went to sleep and were woken.
  var wakeUps: Int
  var processorMilliseconds: Double

  private static let fileBytes = 64 << 10

  init(pid: Int) throws {
    let memory = try Self.lines("/proc/\(pid)/smaps_rollup")
    residentMegabytes = try Self.megabytes("Rss:", in: memory, pid)
    privateDirtyMegabytes = try Self.megabytes("Private_Dirty:", in: memory, pid)
    peakMegabytes = try Self.megabytes("VmHWM:", in: try Self.lines("/proc/\(pid)/status"), pid)
    let tasks = try DirectoryListing.names("/proc/\(pid)/task")
    threads = tasks.count
    (wakeUps, processorMilliseconds) = (0, 0)
    for task in tasks {
      let directory = "/proc/\(pid)/task/\(task)"
      wakeUps += Self.number("voluntary_ctxt_switches:", in: try Self.lines(directory + "/status")) ?? 0
      // Nanoseconds on a processor, nanoseconds in a run queue, time slices (kernel, sched-stats.rst).
      let nanoseconds = try Self.lines(directory + "/schedstat").first?.split(separator: " ").first.flatMap { Int($0) }
      processorMilliseconds += Double(nanoseconds ?? 0) / 1e6
    }
  }

  private static func lines(_ path: String) throws -> [Substring] {
    guard let bytes = try ReadFile.bytes(path, limit: fileBytes) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }

  private static func megabytes(_ name: String, in lines: [Substring], _ pid: Int) throws -> Double {
    guard let kibibytes = number(name, in: lines) else { throw BenchError("process \(pid) shows no \(name)") }
    return Double(kibibytes) * 1_024 / 1e6
  }

  private static func number(_ name: String, in lines: [Substring]) -> Int? {
    let words = lines.first { $0.hasPrefix(name) }?.split { $0 == " " || $0 == "\t" }
    return words.flatMap { $0.count > 1 ? Int($0[1]) : nil }
  }
}
