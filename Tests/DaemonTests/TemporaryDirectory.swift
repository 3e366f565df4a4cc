import Glibc

/// A directory of one test, removed with its owner.
final class TemporaryDirectory: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/axolotly-test-XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) }.map { unsafe String(cString: $0) }
    }
    guard let made else { preconditionFailure("a test has a temporary directory") }
    path = made
  }

  deinit { Self.remove(path) }

  /// Lets other users through it, to what is open to them.
  func openToOthers() { _ = unsafe chmod(path, 0o755) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Makes a directory in it and returns its path.
  func directory(_ name: String, mode: mode_t = 0o700) -> String {
    let made = unsafe mkdir(file(name), mode)
    precondition(made == 0, "a test can make a directory in its own")
    return file(name)
  }

  /// Writes a file in it and returns its path.
  @discardableResult
  func write(_ text: String, to name: String, mode: mode_t = 0o600) -> String {
    write(Array(text.utf8), to: name, mode: mode)
  }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String, mode: mode_t = 0o600) -> String {
    let descriptor = unsafe open(file(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    precondition(count == bytes.count, "a test can write a file in its directory")
    close(descriptor)
    return file(name)
  }

  /// Removes a file in it; nothing happens where there is none.
  func remove(_ name: String) { _ = unsafe unlink(file(name)) }

  private static func remove(_ path: String) {
    if let directory = unsafe opendir(path) {
      while let entry = unsafe readdir(directory) {
        let name = unsafe withUnsafePointer(to: entry.pointee.d_name) {
          unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name != "." && name != ".." { remove("\(path)/\(name)") }
      }
      unsafe closedir(directory)
    }
    _ = unsafe Glibc.remove(path)
  }
}
