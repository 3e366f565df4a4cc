import AgentCore
import Database
import Glibc

/// Where downloaded parts of shelves lie until they are applied, each named by its hash.
package struct PartsDirectory: Sendable {
  package let path: String

  /// Makes the directory (mode 0700) where it is missing.
  package init(path: String) throws(DatabaseError) {
    self.path = path
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw PartsDirectory.failure("mkdir", path) }
  }

  /// The file of a part; nil where the name is no SHA-256 in lower-case hex.
  package func path(of sha256: String) -> String? {
    PartsDirectory.isHash(sha256) ? "\(path)/\(sha256)" : nil
  }

  /// Deletes a part; an absent one is no error.
  package func remove(_ sha256: String) {
    if let file = path(of: sha256) { _ = unsafe unlink(file) }
  }

  /// The hashes of the parts that lie there, sorted: what an earlier life left behind.
  package func leftovers() throws(DatabaseError) -> [String] {
    guard let directory = unsafe opendir(path) else { throw PartsDirectory.failure("opendir", path) }
    defer { unsafe _ = closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { unsafe String(cString: $0) }
      }
      if PartsDirectory.isHash(name) { names.append(name) }
    }
    return names.sorted()
  }

  private static func isHash(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }

  private static func failure(_ call: String, _ path: String) -> DatabaseError { .file(call, path, errno) }
}
