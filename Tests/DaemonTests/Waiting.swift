import AgentCore
import Glibc
import SystemdHost

/// Why a test cannot go on: what was awaited or done, and what the processes said.
struct TestFailure: Error, CustomStringConvertible {
  var message: String
  var log: String

  init(_ message: String, log: String = "") { (self.message, self.log) = (message, log) }

  var description: String { log.isEmpty ? message : "\(message)\n\(log)" }
}

extension Moment {
  /// How long any one thing is waited for at most.
  static let patience = Duration.seconds(20)

  static var now: Moment { SystemClocks.boot() }
  static var soon: Moment { now + patience }
}

enum Descriptors {
  /// A socket file that takes connections and never answers; nil where it cannot be made.
  static func listen(at path: String) -> Int32? {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let bound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0, Glibc.listen(descriptor, 8) == 0 else { return nil }
    return descriptor
  }

  /// False when the deadline passes first.
  static func waitUntilReadable(_ descriptor: Int32, until deadline: Moment) -> Bool {
    while true {
      let left = (deadline - .now).nanoseconds
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let result = unsafe poll(&entry, 1, Int32(clamping: max(0, (left + 999_999) / 1_000_000)))
      if result > 0 { return true }
      if result == 0 && left <= 0 { return false }
    }
  }
}

enum Files {
  /// Bytes that are read of a file at most: logs and databases of a test are far smaller.
  private static let limit = 64 << 20

  /// Empty where it is not there.
  static func bytes(_ path: String) -> [UInt8] { (try? ReadFile.bytes(path, limit: limit)).flatMap(\.self) ?? [] }

  static func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// Whether a file holds the bytes of a text anywhere.
  static func holds(_ path: String, _ text: String) -> Bool {
    let (bytes, wanted) = (bytes(path), Array(text.utf8))
    guard let first = wanted.first, bytes.count >= wanted.count else { return false }
    return bytes.indices.dropLast(wanted.count - 1).contains { bytes[$0] == first && bytes[$0...].starts(with: wanted) }
  }
}

/// The repository's root: the nearest directory above this file with a `Package.swift`.
enum Repository {
  static let root: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    while parts.count > 1 {
      parts.removeLast()
      let path = parts.joined(separator: "/")
      if Files.exists(path + "/Package.swift") { return path }
    }
    preconditionFailure("the tests lie in the repository that they test")
  }()

  static func file(_ path: String) -> String { "\(root)/\(path)" }
}
