import Glibc

/// The checked-out project, read from the disk: its directories and its text files.
struct Repository {
  /// The directory that holds `Package.swift`.
  let root: String

  /// The project that this file belongs to.
  static let here = Repository(above: #filePath)

  /// All its text files, read once.
  static let files = here.files(at: "")

  /// Walks up from `path` to the directory that holds `Package.swift`; `/` where there is none.
  init(above path: String) {
    var directory = path[...]
    repeat {
      directory = directory.lastIndex(of: "/").map { directory[..<$0] } ?? ""
    } while unsafe !directory.isEmpty && access("\(directory)/Package.swift", R_OK) != 0
    root = directory.isEmpty ? "/" : String(directory)
  }

  /// The names in a directory, sorted; none where it cannot be read.
  func names(in directory: String = "") -> [String] {
    guard let handle = unsafe opendir("\(root)/\(directory)") else { return [] }
    defer { unsafe closedir(handle) }
    var names: [String] = []
    while let entry = unsafe readdir(handle) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// All text files at or below a path (empty: the root), sorted; what the tools make and what holds a zero byte is left out.
  func files(at path: String) -> [SourceFile] {
    guard isDirectory(path) else { return text(of: path).map { [SourceFile(path: path, text: $0)] } ?? [] }
    return names(in: path)
      .filter { !$0.hasPrefix(".build") && $0 != ".git" && $0 != "Package.resolved" }
      .flatMap { files(at: path.isEmpty ? $0 : "\(path)/\($0)") }
  }

  func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat("\(root)/\(path)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private func text(of path: String) -> String? {
    let descriptor = unsafe open("\(root)/\(path)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return bytes.contains(0) ? nil : String(decoding: bytes, as: UTF8.self)
  }
}
