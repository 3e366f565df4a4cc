import Crypto

/// Compares secrets without telling by its time where they differ.
package enum SecretComparison {
  /// Whether two texts are equal; the time depends on neither's contents (short codes of `spec/wire.md` §1).
  ///
  /// Their hashes are compared, by the library's comparison of constant time, so that lengths do not show either.
  package static func areEqual(_ a: String, _ b: String) -> Bool { areEqual(Array(a.utf8), Array(b.utf8)) }

  /// Whether two secrets are equal; the time depends on neither's contents.
  static func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    SHA256Digest.digest(of: a) == SHA256Digest.digest(of: b)
  }
}
