import CZlib

/// Why bytes could not be unpacked or packed.
struct GzipError: Error, CustomStringConvertible {
  /// zlib's result code.
  var code: Int32
  var call: String
  var description: String { "\(call) failed (\(code)); the file is cut short or no gzip" }
}

/// Unpacks gzip as it comes, several members after one another too.
@safe final class GzipReader {
  /// zlib keeps a pointer to its stream, so that it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private(set) var isAtEnd = false

  init() throws {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 15 + 16: the largest window, with a gzip header (zlib.h, inflateInit2).
    let code = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw GzipError(code: code, call: "inflateInit2") }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Unpacks some bytes and hands on what comes out, piece by piece; the body's `false` stops.
  func read(_ bytes: [UInt8], _ body: ([UInt8]) throws -> Bool) throws {
    var input = bytes
    var output = [UInt8](repeating: 0, count: 256 << 10)
    var offset = 0
    while offset < input.count {
      if isAtEnd {
        guard unsafe inflateReset(stream) == Z_OK else { throw GzipError(code: Z_STREAM_ERROR, call: "inflateReset") }
        isAtEnd = false
      }
      let (code, used, made) = step(&input, from: offset, &output)
      guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
        throw GzipError(code: code, call: "inflate")
      }
      offset += used
      isAtEnd = code == Z_STREAM_END
      if made > 0, try !body(Array(output[..<made])) { return }
      if used == 0 && made == 0 { return }
    }
  }

  private func step(_ input: inout [UInt8], from offset: Int, _ output: inout [UInt8]) -> (Int32, used: Int, made: Int)
  {
    unsafe input.withUnsafeMutableBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target in
        unsafe stream.pointee.next_in = source.baseAddress?.advanced(by: offset)
        unsafe stream.pointee.avail_in = UInt32(source.count - offset)
        unsafe stream.pointee.next_out = target.baseAddress
        unsafe stream.pointee.avail_out = UInt32(target.count)
        let code = unsafe inflate(stream, Z_NO_FLUSH)
        let used = unsafe source.count - offset - Int(stream.pointee.avail_in)
        return (code, used, unsafe target.count - Int(stream.pointee.avail_out))
      }
    }
  }
}
