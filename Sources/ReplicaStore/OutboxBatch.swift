/// Events on their way up: contiguous numbers of one epoch (`spec/wire.md` §5).
package struct OutboxBatch: Sendable, Equatable {
  package var epoch: Int
  package var first: Int
  package var last: Int
  /// NDJSON, the stored bytes each with a line feed.
  package var lines: [UInt8]
  /// The same as it is sent.
  package var gzip: [UInt8]
}
