import CZlib
import Database

/// Packs bytes as gzip (RFC 1952).
enum Gzip {
  /// What zlib takes by default; 1,000 events cost 5 ms.
  private static let level: Int32 = 6

  static func pack(_ bytes: [UInt8]) throws(DatabaseError) -> [UInt8] {
    // zlib keeps the stream's address, so it must not move.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    defer { unsafe stream.deallocate() }
    guard unsafe axolotly_deflate_init_gzip(stream, level) == Z_OK else {
      throw .form("no memory for packing", call: "deflateInit2")
    }
    defer { _ = unsafe deflateEnd(stream) }
    var input = bytes
    let bound = Int(unsafe deflateBound(stream, UInt(bytes.count)))
    let packed = unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, initialized in
      unsafe input.withUnsafeMutableBufferPointer { source in
        unsafe stream.pointee.next_in = source.baseAddress
        unsafe stream.pointee.avail_in = UInt32(source.count)
        unsafe stream.pointee.next_out = output.baseAddress
        unsafe stream.pointee.avail_out = UInt32(bound)
        // deflateBound is enough for one call (zlib.h, deflate); what was written is whole only at the stream's end.
        let isWhole = unsafe deflate(stream, Z_FINISH) == Z_STREAM_END
        initialized = isWhole ? bound - Int(unsafe stream.pointee.avail_out) : 0
      }
    }
    guard !packed.isEmpty else { throw .form("packing failed", call: "deflate") }
    return packed
  }
}
