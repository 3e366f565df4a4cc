/// A SHA-256 under way, lent to this edge by the composition, since edges do not import one another.
///
/// It is used by one thread. After `finishHex` neither closure is called again.
package struct StreamHasher {
  package var update: ([UInt8]) -> Void
  /// The hash of all that was handed to `update`, 64 digits of lower-case hex.
  package var finishHex: () -> String

  package init(update: @escaping ([UInt8]) -> Void, finishHex: @escaping () -> String) {
    (self.update, self.finishHex) = (update, finishHex)
  }
}
