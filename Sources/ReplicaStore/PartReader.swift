import AgentCore
import CZlib
import Glibc

/// Reads a downloaded part: gunzips it and cuts it into lines, in a memory that does not depend on its size.
///
/// Refused: a stream that is damaged, cut off or over 64 MiB unpacked; a line over 64 KiB; a last line without line
/// feed.
@safe struct PartReader: ~Copyable {
  private let file: Int32
  /// zlib keeps the stream's address, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var packed = [UInt8](repeating: 0, count: StoreLimits.chunkBytes)
  private var packedRange = 0..<0
  /// Unpacked bytes; those before `filled` count, a line begins at 0.
  private var unpacked = [UInt8](repeating: 0, count: Limits.lineBytes + 1 + StoreLimits.chunkBytes)
  private var filled = 0
  private var total = 0
  private var hasEnded = false

  init(path: String) throws(PartFault) {
    file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    guard file >= 0 else { throw .failed("open: \(PartReader.reason(errno)): \(path)") }
    guard unsafe axolotly_inflate_init_gzip(stream) == Z_OK else { throw .failed("inflateInit2: no memory") }
  }

  deinit {
    // Without effect on a stream that was not begun (zlib.h, inflateEnd).
    _ = unsafe inflateEnd(stream)
    unsafe stream.deallocate()
    if file >= 0 { close(file) }
  }

  /// Hands the lines to the body, without their line feeds.
  mutating func forEachLine(_ body: (Span<UInt8>) throws(PartFault) -> Void) throws(PartFault) {
    while try unpackSome() {
      var start = 0
      while let end = lineFeed(from: start) {
        guard end - start <= Limits.lineBytes else { throw .refused("a line is over \(Limits.lineBytes) bytes") }
        try body(unpacked.span.extracting(start..<end))
        start = end + 1
      }
      try keepRest(from: start)
    }
    guard filled == 0 else { throw .refused("the last line has no line feed") }
  }

  private mutating func keepRest(from start: Int) throws(PartFault) {
    let rest = filled - start
    guard rest <= Limits.lineBytes else { throw .refused("a line is over \(Limits.lineBytes) bytes") }
    if start > 0, rest > 0 {
      unsafe unpacked.withUnsafeMutableBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        unsafe base.copyMemory(from: base + start, byteCount: rest)
      }
    }
    filled = rest
  }

  private func lineFeed(from start: Int) -> Int? {
    guard start < filled else { return nil }
    return unsafe unpacked.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress,
        let found = unsafe memchr(base + start, Int32(UInt8(ascii: "\n")), filled - start)
      else { return nil }
      return unsafe UnsafeRawPointer(found) - base
    }
  }

  /// Unpacks at most a chunk behind what is there; false at the end of the file.
  private mutating func unpackSome() throws(PartFault) -> Bool {
    if packedRange.isEmpty { packedRange = 0..<(try readSome()) }
    if packedRange.isEmpty {
      guard hasEnded else { throw .refused("the part is cut off") }
      return false
    }
    if hasEnded {
      // Another member follows (RFC 1952 §2.2).
      guard unsafe inflateReset(stream) == Z_OK else { throw .failed("inflateReset") }
      hasEnded = false
    }
    let before = filled
    let code = inflateChunk()
    total += filled - before
    guard total <= Limits.blobUnpackedBytes else { throw .refused("the part is over 64 MiB unpacked") }
    switch code {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: hasEnded = true
    case Z_MEM_ERROR: throw .failed("inflate: no memory")
    default: throw .refused("the part is no gzip stream")
    }
    return true
  }

  private mutating func inflateChunk() -> Int32 {
    let room = min(StoreLimits.chunkBytes, unpacked.count - filled)
    let (offset, available) = (packedRange.lowerBound, packedRange.count)
    let start = filled
    return unsafe packed.withUnsafeMutableBufferPointer { source in
      unsafe unpacked.withUnsafeMutableBufferPointer { target in
        unsafe stream.pointee.next_in = source.baseAddress.map { unsafe $0 + offset }
        unsafe stream.pointee.avail_in = UInt32(available)
        unsafe stream.pointee.next_out = target.baseAddress.map { unsafe $0 + start }
        unsafe stream.pointee.avail_out = UInt32(room)
        let code = unsafe inflate(stream, Z_NO_FLUSH)
        let used = available - Int(unsafe stream.pointee.avail_in)
        packedRange = (offset + used)..<(offset + available)
        filled += room - Int(unsafe stream.pointee.avail_out)
        return code
      }
    }
  }

  private mutating func readSome() throws(PartFault) -> Int {
    while true {
      let count = unsafe packed.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
      if count >= 0 { return count }
      guard errno == EINTR else { throw .failed("read: \(PartReader.reason(errno))") }
    }
  }

  private static func reason(_ code: Int32) -> String {
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
  }
}
