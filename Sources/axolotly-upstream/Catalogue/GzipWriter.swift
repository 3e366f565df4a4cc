import CZlib

/// Packs bytes as one gzip member without name or time: the same bytes give the same result.
@safe final class GzipWriter {
  private let stream: UnsafeMutablePointer<z_stream>
  private(set) var packed: [UInt8] = []

  init() throws {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let code = unsafe deflateInit2_(
      stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw GzipError(code: code, call: "deflateInit2") }
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  func write(_ bytes: [UInt8]) throws { try pump(bytes, Z_NO_FLUSH) }
  func finish() throws { try pump([], Z_FINISH) }

  private func pump(_ bytes: [UInt8], _ flush: Int32) throws {
    var input = bytes
    var output = [UInt8](repeating: 0, count: 64 << 10)
    try unsafe input.withUnsafeMutableBufferPointer { source in
      unsafe stream.pointee.next_in = source.baseAddress
      unsafe stream.pointee.avail_in = UInt32(source.count)
      while true {
        let (code, made) = unsafe output.withUnsafeMutableBufferPointer { target in
          unsafe stream.pointee.next_out = target.baseAddress
          unsafe stream.pointee.avail_out = UInt32(target.count)
          let code = unsafe deflate(stream, flush)
          return (code, unsafe target.count - Int(stream.pointee.avail_out))
        }
        guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
          throw GzipError(code: code, call: "deflate")
        }
        packed.append(contentsOf: output[..<made])
        if code == Z_STREAM_END || (flush == Z_NO_FLUSH && made < output.count) { return }
      }
    }
  }
}
