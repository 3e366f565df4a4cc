/// The agent's only source of randomness: SplitMix64, from one seed that the shell logs.
///
/// Jitter and session ids come from it; keys and assertions do not (they are made by the edge `Trust`).
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform over `0 ... limit`; zero for a limit that is not positive.
  package mutating func duration(upTo limit: Duration) -> Duration {
    guard limit > .zero else { return .zero }
    return .nanoseconds(Int64.random(in: 0...limit.nanoseconds, using: &self))
  }

  /// So many lower-case hex digits.
  package mutating func hex(_ digits: Int) -> String {
    var text = ""
    while text.count < digits {
      let part = String(next(), radix: 16)
      text += String(repeating: "0", count: 16 - part.count) + part
    }
    return String(text.prefix(digits))
  }
}
