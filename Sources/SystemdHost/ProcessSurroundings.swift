import CSystemd
import Glibc

/// The environment of the process.
package enum Environment {
  /// The value of a variable; nil where it is not set.
  package static func value(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  /// Sets a variable where it is not set, for a library that reads it. Call it before the first thread is started.
  package static func setDefault(_ name: String, _ value: String) { _ = unsafe setenv(name, value, 0) }
}

/// Standard error, one line at a time.
package enum StandardError {
  package static func line(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// The names in a directory.
package enum DirectoryListing {
  /// Names that a listing gives at most.
  package static let names = 1_024

  /// Sorted, without `.` and `..`; empty where the directory is missing.
  package static func names(_ path: String) throws -> [String] {
    guard let directory = unsafe opendir(path) else {
      if errno == ENOENT || errno == ENOTDIR { return [] }
      throw HostError.failed("opendir", errno, "the directory \(path) cannot be looked at")
    }
    defer { unsafe _ = closedir(directory) }
    var result: [String] = []
    while let entry = unsafe readdir(directory), result.count < names {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { result.append(name) }
    }
    return result.sorted()
  }
}

/// What is known of the machine's name.
package enum HostName {
  private static let bytes = 256

  /// The host name; `unknown` where it cannot be told.
  package static func read() -> String {
    var name = [CChar](repeating: 0, count: bytes)
    let result = unsafe name.withUnsafeMutableBufferPointer {
      unsafe $0.baseAddress.map { name in unsafe gethostname(name, bytes - 1) } ?? -1
    }
    guard result == 0 else { return "unknown" }
    let text = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: text, as: UTF8.self)
  }
}

/// The last failed call of this thread.
package enum SystemError {
  /// In words, for example `Permission denied`.
  package static var last: String { text(errno) }

  package static func text(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }
}
