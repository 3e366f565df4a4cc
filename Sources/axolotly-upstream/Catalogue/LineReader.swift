import Foundation
import SystemdHost

/// Reads a file line by line, plain or gzip, in bounded memory.
struct LineReader {
  private let handle: FileHandle
  private let name: String

  static let chunkBytes = 1 << 20

  /// - Parameter name: what the file is called where something is said of it.
  init(path: String, name: String) throws {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw Failure(.noInput, "\(name) cannot be opened (\(SystemError.last))")
    }
    (self.handle, self.name) = (handle, name)
  }

  /// Calls the body for each line with its number from 1, without line feed; an over-long one comes as nil.
  func forEachLine(_ body: (Int, [UInt8]?) throws -> Void) throws {
    var splitter = LineSplitter()
    var unpacker: GzipReader?
    var isFirst = true
    do {
      while let chunk = try handle.read(upToCount: LineReader.chunkBytes), !chunk.isEmpty {
        let bytes = Array(chunk)
        if isFirst, bytes.starts(with: [0x1f, 0x8b]) { unpacker = try GzipReader() }
        isFirst = false
        guard let unpacker else {
          try splitter.take(bytes, body)
          continue
        }
        try unpacker.read(bytes) { piece in
          try splitter.take(piece, body)
          return true
        }
      }
    } catch let error as GzipError { throw Failure(.data, "\(name): \(error); nothing was imported") }
    if let unpacker, !unpacker.isAtEnd {
      throw Failure(.data, "\(name) is cut short; fetch it again; nothing was imported")
    }
    try splitter.finish(body)
  }
}
