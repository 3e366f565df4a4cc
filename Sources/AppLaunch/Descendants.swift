import Glibc

/// The processes below this one, by what `/proc` says of parents (proc(5)).
enum Descendants {
  private static let statBytes = 1_024

  /// All of them, parents before their children. One that comes while it is looked is found the next time.
  static func all() -> [pid_t] {
    var children: [pid_t: [pid_t]] = [:]
    for process in processes() {
      if let parent = parent(of: process) { children[parent, default: []].append(process) }
    }
    var found: [pid_t] = []
    var next = [getpid()]
    while let process = next.popLast() {
      let below = children[process] ?? []
      found += below
      next += below
    }
    return found
  }

  private static func processes() -> [pid_t] {
    guard let directory = unsafe opendir("/proc") else { return [] }
    defer { unsafe closedir(directory) }
    var found: [pid_t] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if let process = pid_t(name) { found.append(process) }
    }
    return found
  }

  /// The fourth field; the second is a name in brackets that may hold anything.
  private static func parent(of process: pid_t) -> pid_t? {
    let file = unsafe open("/proc/\(process)/stat", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { _ = close(file) }
    var bytes = [UInt8](repeating: 0, count: statBytes)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
    guard count > 0, let bracket = bytes[..<count].lastIndex(of: UInt8(ascii: ")")) else { return nil }
    let fields = bytes[(bracket + 1)..<count].split(separator: UInt8(ascii: " "))
    guard fields.count >= 2 else { return nil }
    return pid_t(String(decoding: fields[1], as: UTF8.self))
  }
}
