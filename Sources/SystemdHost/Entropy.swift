import CSystemd

/// Randomness of the kernel.
package enum Entropy {
  /// The seed of one run of the agent, by getrandom. It waits, once after boot, until the kernel has gathered enough.
  package static func seed() -> UInt64 {
    var seed: UInt64 = 0
    let result = unsafe withUnsafeMutableBytes(of: &seed) { unsafe axolotly_random($0.baseAddress, $0.count) }
    precondition(result == 0, "getrandom gives 8 bytes on every kernel since 3.17")
    return seed
  }

  /// `count` random bytes, at most 256 (what getrandom gives without interruption).
  package static func bytes(_ count: Int) -> [UInt8] {
    precondition(count >= 0 && count <= 256, "getrandom is atomic up to 256 bytes")
    var bytes = [UInt8](repeating: 0, count: count)
    let result = unsafe bytes.withUnsafeMutableBytes { unsafe axolotly_random($0.baseAddress, $0.count) }
    precondition(result == 0, "getrandom gives up to 256 bytes on every kernel since 3.17")
    return bytes
  }
}
